package lockstep

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/tasktwin/tasktwin"
)

// errPanic is what a program panics with.
var errPanic = errors.New("conformance: panic on purpose")

// forker is a store with which a program can go on after a fork of it.
type forker interface{ OnFork() tasktwin.Store }

// Step sees each operation of a program after it has been made, with the store
// or transaction that made it and the error that it returned.
type Step func(s tasktwin.Store, op Op, err error)

// Run makes a program's operations on a store. It returns early, with the
// context's error, only when the context ends.
func (p Program) Run(ctx context.Context, s tasktwin.Store, after Step) error {
	r := &Runner{Ops: p, After: after}
	return r.Run(ctx, s, false)
}

// Runner is on its way through a program.
type Runner struct {
	Ops   Program
	at    int // of the next operation
	After Step
}

// endError ends a transaction's function in the way that a program says.
type endError struct{ op Op }

func (e *endError) Error() string { return "conformance: " + e.op.Name }

// Run makes operations up to the end of what began, which it returns as an
// *endError.
func (r *Runner) Run(ctx context.Context, s tasktwin.Store, inside bool) error {
	for r.at < len(r.Ops) {
		if err := ctx.Err(); err != nil {
			return err
		}
		op := r.Ops[r.at]
		r.at++
		switch {
		case op.ends():
			if inside {
				return &endError{op}
			}
		case op.Name == OpCancel:
			if r.at < len(r.Ops) && !r.Ops[r.at].ends() {
				done, cancel := context.WithCancel(ctx)
				cancel()
				op = r.Ops[r.at]
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
func (r *Runner) one(ctx context.Context, s *tasktwin.Store, op Op) {
	var err error
	switch {
	case op.begins():
		err = r.transaction(ctx, *s, op)
	case op.Name == OpFork:
		if f, ok := (*s).(forker); ok {
			*s = f.OnFork()
		}
	default:
		err = CallMethod(ctx, *s, op)
	}
	if r.After != nil {
		r.After(*s, op, err)
	}
}

// transaction makes a transaction or a savepoint. Operations that its function
// did not get to, because it did not even begin, are passed over.
func (r *Runner) transaction(ctx context.Context, s tasktwin.Store, op Op) (err error) {
	opts, _ := op.Arg.(*tasktwin.TxOptions)
	end := r.at + matching(r.Ops[r.at:])
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
		err := r.Run(ctx, tx, true)
		end, ok := errors.AsType[*endError](err)
		switch {
		case !ok:
			return err
		case end.op.Name == OpPanic:
			panic(errPanic)
		case end.op.Name == OpRollback:
			return ErrRollback
		case end.op.Name == OpCutOff:
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

// CallMethod calls a method of the store by its name.
func CallMethod(ctx context.Context, s tasktwin.Store, op Op) error {
	method := reflect.ValueOf(s).MethodByName(op.Name)
	if !method.IsValid() {
		return fmt.Errorf("conformance: there is no method %s", op.Name)
	}
	out := method.Call([]reflect.Value{reflect.ValueOf(ctx), reflect.ValueOf(op.Arg)})
	err, _ := reflect.TypeAssert[error](out[len(out)-1])
	return err
}
