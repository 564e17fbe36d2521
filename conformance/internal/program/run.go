package program

import (
	"context"
	"errors"
)

// ErrRollback is the error of a transaction's function that wants a rollback.
var ErrRollback = errors.New("conformance: roll back")

// ErrPanic is what a program panics with.
var ErrPanic = errors.New("conformance: panic on purpose")

// Step is an operation of a program after it has run.
type Step struct {
	// Engine is the engine that ran the operation or, after a fork, the fork.
	Engine Engine
	// Depth is the number of transactions and savepoints around the operation.
	Depth int
	// Done is the number of the program's operations up to the end of this one,
	// including those inside of it.
	Done int
	Op   Op
	Err  error
}

// Run runs a program on an engine, and calls after, if not nil, after each
// operation. It returns an error only if the context ends: the context's, or if the
// program has several sessions.
func (p Program) Run(ctx context.Context, e Engine, after func(Step)) error {
	if p.Sessions() != nil {
		return errors.New("conformance: the program has several sessions")
	}
	r := &runner{ops: p, after: after}
	return r.run(ctx, e, 0)
}

// runner runs a program.
type runner struct {
	ops   Program
	at    int // index of the next operation
	after func(Step)
}

// endError carries the operation that ends a transaction or a savepoint out of its
// function.
type endError struct{ op Op }

func (e *endError) Error() string { return "conformance: " + e.op.Name }

// run runs operations up to the one that ends the transaction or savepoint around
// them, which it returns as an *endError.
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
				e = r.step(done, e, depth, op)
			}
		default:
			e = r.step(ctx, e, depth, op)
		}
	}
	return ctx.Err()
}

// step runs an operation, with everything inside of it, and returns the engine for
// the next operation.
func (r *runner) step(ctx context.Context, e Engine, depth int, op Op) Engine {
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

// transaction runs a transaction or a savepoint. If it fails to begin, the
// operations inside of it are skipped.
func (r *runner) transaction(ctx context.Context, e Engine, depth int, op Op) (err error) {
	end := r.at + matching(r.ops[r.at:], op.Session)
	defer func() {
		if p := recover(); p != nil {
			if p != ErrPanic { //nolint:errorlint // exactly this value, and nothing that wraps it
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

// matching returns the number of operations up to and including the one that ends
// the transaction or savepoint of a session in which ops begins.
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
