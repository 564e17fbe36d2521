package program

import (
	"fmt"
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
	Name string
	// Arg is the method's argument, of its own type, or the options of begin, such
	// as a *tasktwin.TxOptions, or nil.
	Arg any
}

// Program is a list of operations. Each transaction and savepoint that begins in
// it ends in it.
type Program []Op

// String returns the program's text, one operation per line, in the format of
// [Interface.Parse].
func (p Program) String() string {
	var b strings.Builder
	depth := 0
	for _, op := range p {
		if op.ends() {
			depth--
		}
		fmt.Fprintf(&b, "%*s%s\n", 2*max(depth, 0), "", op)
		if op.begins() {
			depth++
		}
	}
	return b.String()
}

func (o Op) begins() bool { return o.Name == OpBegin || o.Name == OpSavepoint }

func (o Op) ends() bool {
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
		return Op{Name: OpCommit}
	}
	return Op{Name: OpRelease}
}

// Balanced turns any list of operations, such as a part of a program, into a
// program. It drops ends without a beginning, adds missing ends, and uses begin
// outside of transactions and savepoint inside.
func (p Program) Balanced() Program {
	out := make(Program, 0, len(p))
	var open []Op
	for _, op := range p {
		switch {
		case op.Name == OpBegin && len(open) > 0:
			op = Op{Name: OpSavepoint}
		case op.Name == OpSavepoint && len(open) == 0:
			op = Op{Name: OpBegin}
		case op.Name == OpFork && len(open) > 0:
			continue
		case op.ends() && len(open) == 0:
			continue
		}
		switch {
		case op.begins():
			open = append(open, op)
		case op.ends():
			last := open[len(open)-1]
			open = open[:len(open)-1]
			if op.Name == OpCommit || op.Name == OpRelease {
				op = last.closing()
			}
		}
		out = append(out, op)
	}
	for len(open) > 0 {
		out = append(out, open[len(open)-1].closing())
		open = open[:len(open)-1]
	}
	return out
}
