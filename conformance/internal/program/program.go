package program

import (
	"fmt"
	"slices"
	"strings"
)

// The operations that are not methods.
const (
	// OpBegin starts a transaction, which ends with OpCommit, OpRollback, OpPanic
	// or OpCutOff. Its argument is a pointer to options, or nil.
	OpBegin    = "begin"
	OpCommit   = "commit"
	OpRollback = "rollback"
	// OpSavepoint starts a savepoint, which ends with OpRelease, OpRollback,
	// OpPanic or OpCutOff.
	OpSavepoint = "savepoint"
	OpRelease   = "release"
	// OpPanic ends a transaction or a savepoint by a panic in its function.
	OpPanic = "panic"
	// OpCutOff ends a transaction or a savepoint: its context is canceled, then its
	// function returns nil.
	OpCutOff = "cutoff"
	// OpCancel cancels the context of the next operation before it starts.
	OpCancel = "cancel"
	// OpFork replaces the engine by its fork, if it has one and is not in a
	// transaction.
	OpFork = "fork"
)

// Op is one operation of a program: a call of a method with its argument, or one
// of the operations above.
type Op struct {
	// Session names the session that makes the operation, in a program of several.
	// In a program of one it is empty.
	Session string
	Name    string
	// Arg is the method's argument, of its own type, or the options of begin, such
	// as a *tasktwin.TxOptions, or nil.
	Arg any
}

// Program is a list of operations. Each transaction and savepoint that begins in
// it ends in it.
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

// String returns the program's text, one operation per line, in the format of
// [Interface.Parse]. Operations of several sessions are not indented.
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

// closing returns the operation that commits the transaction, or releases the
// savepoint, that o begins.
func (o Op) closing() Op {
	if o.Name == OpBegin {
		return Op{Session: o.Session, Name: OpCommit}
	}
	return Op{Session: o.Session, Name: OpRelease}
}

// Balanced turns any list of operations, such as a part of a program, into a
// program. It drops ends without a beginning, adds missing ends, and uses begin
// outside of transactions and savepoint inside. Each session is balanced by itself.
// Forks are dropped in transactions and in programs of several sessions.
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
