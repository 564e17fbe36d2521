package conformance

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/tasktwin/tasktwin"
)

// errPanic is what a program panics with.
var errPanic = errors.New("conformance: panic on purpose")

// forker is a store that has copies of itself.
type forker interface{ fork() tasktwin.Store }

// step sees each operation of a program after it has been made, with the store
// or transaction that made it and the error that it returned.
type step func(s tasktwin.Store, op Op, err error)

// run makes a program's operations on a store. It returns early, with the
// context's error, only when the context ends.
func (p Program) run(ctx context.Context, s tasktwin.Store, after step) error {
	r := &runner{ops: p, after: after}
	return r.run(ctx, s, false)
}

// runner is on its way through a program.
type runner struct {
	ops   Program
	at    int // of the next operation
	after step
}

// endError ends a transaction's function in the way that a program says.
type endError struct{ op Op }

func (e *endError) Error() string { return "conformance: " + e.op.Name }

// run makes operations up to the end of what began, which it returns as an
// *endError.
func (r *runner) run(ctx context.Context, s tasktwin.Store, inside bool) error {
	for r.at < len(r.ops) {
		if err := ctx.Err(); err != nil {
			return err
		}
		op := r.ops[r.at]
		r.at++
		switch {
		case op.ends():
			if inside {
				return &endError{op}
			}
		case op.Name == opCancel:
			if r.at < len(r.ops) && !r.ops[r.at].ends() {
				done, cancel := context.WithCancel(ctx)
				cancel()
				op = r.ops[r.at]
				r.at++
				r.one(done, &s, op)
			}
		default:
			r.one(ctx, &s, op)
		}
	}
	return ctx.Err()
}

// one makes an operation, with all that is inside of it.
func (r *runner) one(ctx context.Context, s *tasktwin.Store, op Op) {
	var err error
	switch {
	case op.begins():
		err = r.transaction(ctx, *s, op)
	case op.Name == opFork:
		if f, ok := (*s).(forker); ok {
			*s = f.fork()
		}
	default:
		err = callMethod(ctx, *s, op)
	}
	if r.after != nil {
		r.after(*s, op, err)
	}
}

// transaction makes a transaction or a savepoint. Operations that its function
// did not get to, because it did not even begin, are passed over.
func (r *runner) transaction(ctx context.Context, s tasktwin.Store, op Op) (err error) {
	opts, _ := op.Arg.(*tasktwin.TxOptions)
	end := r.at + matching(r.ops[r.at:])
	defer func() {
		if p := recover(); p != nil {
			if p != errPanic { //nolint:errorlint // the very same value, and nothing that wraps it
				panic(p)
			}
			err = errPanic
		}
		r.at = end
	}()
	own, cancel := context.WithCancel(ctx)
	defer cancel()
	return s.InTx(own, func(tx tasktwin.Store) error {
		err := r.run(ctx, tx, true)
		end, ok := errors.AsType[*endError](err)
		switch {
		case !ok:
			return err
		case end.op.Name == opPanic:
			panic(errPanic)
		case end.op.Name == opRollback:
			return errRollback
		case end.op.Name == opCutOff:
			cancel()
		}
		return nil
	}, opts)
}

// matching returns how many operations there are up to the end of what has begun
// before them, that end included.
func matching(ops Program) int {
	depth := 1
	for i, op := range ops {
		switch {
		case op.begins():
			depth++
		case op.ends():
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(ops)
}

// callMethod calls a method of the store by its name.
func callMethod(ctx context.Context, s tasktwin.Store, op Op) error {
	method := reflect.ValueOf(s).MethodByName(op.Name)
	if !method.IsValid() {
		return fmt.Errorf("conformance: there is no method %s", op.Name)
	}
	out := method.Call([]reflect.Value{reflect.ValueOf(ctx), reflect.ValueOf(op.Arg)})
	err, _ := reflect.TypeAssert[error](out[len(out)-1])
	return err
}
