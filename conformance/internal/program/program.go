package program

import (
	"fmt"
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
	Name string
	// Arg is the method's argument, of its own type, the options of begin, such as a
	// *tasktwin.TxOptions, or nil.
	Arg any
}

// Program is a list of operations. What begins in it ends in it.
type Program []Op

// String returns the program's text, one operation a line, as [Interface.Parse]
// reads it.
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

// closing returns the operation that ends what op begins, without a failure.
func (o Op) closing() Op {
	if o.Name == OpBegin {
		return Op{Name: OpCommit}
	}
	return Op{Name: OpRelease}
}

// Balanced returns the program with ends that lack a beginning left out, and
// beginnings that lack an end ended, so that parts of programs are programs.
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
