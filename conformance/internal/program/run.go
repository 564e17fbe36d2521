package program

import (
	"context"
	"errors"
)

// ErrRollback is what a transaction's function returns to have it rolled back.
var ErrRollback = errors.New("conformance: roll back")

// ErrPanic is what a program panics with.
var ErrPanic = errors.New("conformance: panic on purpose")

// Step sees each operation of a program after it has been made.
type Step struct {
	// Engine made it, and after a fork is the fork.
	Engine Engine
	// Depth is how many transactions and savepoints are around it.
	Depth int
	// Done is how many operations of the program there are up to its end.
	Done int
	Op   Op
	Err  error
}

// Run makes a program's operations on an engine. It returns early, with the
// context's error, only when the context ends. It refuses a program of several
// sessions.
func (p Program) Run(ctx context.Context, e Engine, after func(Step)) error {
	if p.Sessions() != nil {
		return errors.New("conformance: the program has several sessions")
	}
	r := &runner{ops: p, after: after}
	return r.run(ctx, e, 0)
}

// runner is on its way through a program.
type runner struct {
	ops   Program
	at    int // of the next operation
	after func(Step)
}

// endError ends a transaction's function in the way that a program says.
type endError struct{ op Op }

func (e *endError) Error() string { return "conformance: " + e.op.Name }

// run makes operations up to the end of what began, which it returns as an
// *endError.
func (r *runner) run(ctx context.Context, e Engine, depth int) error {
	for r.at < len(r.ops) {
		if err := ctx.Err(); err != nil {
			return err
		}
		op := r.ops[r.at]
		r.at++
		switch {
		case op.Ends():
			if depth > 0 {
				return &endError{op}
			}
		case op.Name == OpCancel:
			if r.at < len(r.ops) && !r.ops[r.at].Ends() {
				done, cancel := context.WithCancel(ctx)
				cancel()
				op = r.ops[r.at]
				r.at++
				e = r.one(done, e, depth, op)
			}
		default:
			e = r.one(ctx, e, depth, op)
		}
	}
	return ctx.Err()
}

// one makes an operation, with all that is inside of it, and returns the engine
// on which the program goes on.
func (r *runner) one(ctx context.Context, e Engine, depth int, op Op) Engine {
	var err error
	switch {
	case op.Begins():
		err = r.transaction(ctx, e, depth, op)
	case op.Name == OpFork:
		if depth == 0 && e.Fork != nil {
			if fork, ok := e.Fork(); ok {
				e = fork
			}
		}
	default:
		_, err = e.Call(ctx, op)
	}
	if r.after != nil {
		r.after(Step{Engine: e, Depth: depth, Done: r.at, Op: op, Err: err})
	}
	return e
}

// transaction makes a transaction or a savepoint. Operations that its function
// did not get to, because it did not even begin, are passed over.
func (r *runner) transaction(ctx context.Context, e Engine, depth int, op Op) (err error) {
	end := r.at + matching(r.ops[r.at:], op.Session)
	defer func() {
		if p := recover(); p != nil {
			if p != ErrPanic { //nolint:errorlint // the very same value, and nothing that wraps it
				panic(p)
			}
			err = ErrPanic
		}
		r.at = end
	}()
	own, cancel := context.WithCancel(ctx)
	defer cancel()
	return e.InTx(own, func(tx Engine) error {
		err := r.run(ctx, tx, depth+1)
		end, ok := errors.AsType[*endError](err)
		switch {
		case !ok:
			return err
		case end.op.Name == OpPanic:
			panic(ErrPanic)
		case end.op.Name == OpRollback:
			return ErrRollback
		case end.op.Name == OpCutOff:
			cancel()
		}
		return nil
	}, op.Arg)
}

// matching returns how many operations there are up to the end of what a session
// has begun before them, that end included.
func matching(ops Program, session string) int {
	depth := 1
	for i, op := range ops {
		switch {
		case op.Session != session:
		case op.Begins():
			depth++
		case op.Ends():
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(ops)
}
