package program

import (
	"fmt"
	"slices"
	"strings"
)

// The operations that are no methods.
const (
	// OpBegin starts a transaction, which the operations up to OpCommit or
	// OpRollback are in. Its argument is a pointer to options, or nil.
	OpBegin    = "begin"
	OpCommit   = "commit"
	OpRollback = "rollback"
	// OpSavepoint starts a savepoint, which ends with OpRelease or OpRollback.
	OpSavepoint = "savepoint"
	OpRelease   = "release"
	// OpPanic ends a transaction or a savepoint by a panic of its function.
	OpPanic = "panic"
	// OpCutOff ends a transaction or a savepoint whose function returns nil after
	// the context has been canceled.
	OpCutOff = "cutoff"
	// OpCancel makes the context of the next operation be done before it starts.
	OpCancel = "cancel"
	// OpFork replaces a store that can by its fork, outside of transactions.
	OpFork = "fork"
)

// Op is one operation of a program: a call of a method with its argument, or a
// step of control.
type Op struct {
	// Session names the session that makes the operation, in a program of several.
	// In a program of one it is empty.
	Session string
	Name    string
	// Arg is the method's argument, of its own type, the options of begin, such as a
	// *tasktwin.TxOptions, or nil.
	Arg any
}

// Program is a list of operations. What begins in it ends in it.
type Program []Op

// Sessions returns the names of the sessions, in the order in which they first
// occur. A program of one session has none.
func (p Program) Sessions() []string {
	var names []string
	for _, op := range p {
		if op.Session != "" && !slices.Contains(names, op.Session) {
			names = append(names, op.Session)
		}
	}
	return names
}

// String returns the program's text, one operation a line, as [Interface.Parse]
// reads it. Operations of several sessions are not indented.
func (p Program) String() string {
	var b strings.Builder
	depth := 0
	for _, op := range p {
		if op.Session != "" {
			fmt.Fprintln(&b, op)
			continue
		}
		if op.Ends() {
			depth--
		}
		fmt.Fprintf(&b, "%*s%s\n", 2*max(depth, 0), "", op)
		if op.Begins() {
			depth++
		}
	}
	return b.String()
}

// Begins reports whether the operation begins a transaction or a savepoint.
func (o Op) Begins() bool { return o.Name == OpBegin || o.Name == OpSavepoint }

// Ends reports whether the operation ends a transaction or a savepoint.
func (o Op) Ends() bool {
	switch o.Name {
	case OpCommit, OpRollback, OpRelease, OpPanic, OpCutOff:
		return true
	}
	return false
}

// closing returns the operation that ends what op begins, without a failure.
func (o Op) closing() Op {
	if o.Name == OpBegin {
		return Op{Session: o.Session, Name: OpCommit}
	}
	return Op{Session: o.Session, Name: OpRelease}
}

// Balanced returns the program with ends that lack a beginning left out, and
// beginnings that lack an end ended, so that parts of programs are programs. Each
// session is balanced by itself. Forks are left out in transactions and in programs
// of several sessions.
func (p Program) Balanced() Program {
	out := make(Program, 0, len(p))
	open := map[string][]Op{} // what has begun and not ended, by session
	for _, op := range p {
		inside := open[op.Session]
		switch {
		case op.Name == OpBegin && len(inside) > 0:
			op = Op{Session: op.Session, Name: OpSavepoint}
		case op.Name == OpSavepoint && len(inside) == 0:
			op = Op{Session: op.Session, Name: OpBegin}
		case op.Name == OpFork && (len(inside) > 0 || op.Session != ""):
			continue
		case op.Ends() && len(inside) == 0:
			continue
		}
		switch {
		case op.Begins():
			open[op.Session] = append(inside, op)
		case op.Ends():
			last := inside[len(inside)-1]
			open[op.Session] = inside[:len(inside)-1]
			if op.Name == OpCommit || op.Name == OpRelease {
				op = last.closing()
			}
		}
		out = append(out, op)
	}
	for _, session := range append([]string{""}, p.Sessions()...) {
		for _, op := range slices.Backward(open[session]) {
			out = append(out, op.closing())
		}
	}
	return out
}
