package stores

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
)

// Methods are those that operations call.
var Methods = program.InterfaceOf[tasktwin.Querier, tasktwin.TxOptions]()

// ProbeID is asked for to see whether a transaction goes on. No row has it.
var ProbeID = uuid.Max

// Fork returns a copy of a store, of which nobody sees what the store writes later,
// nor the other way round, or nil if the store cannot have one.
type Fork func(tasktwin.Store) tasktwin.Store

// The calls of a store that are not in its Querier.
const (
	callLoad  = "Load"
	callPing  = "Ping"
	callClose = "Close"
)

// Engine returns an engine that is a store. fork may be nil.
func Engine(s tasktwin.Store, fork Fork) program.Engine {
	e := transaction(s)
	if fork == nil {
		return e
	}
	e.Fork = func() (program.Engine, bool) {
		copied := fork(s)
		if copied == nil {
			return program.Engine{}, false
		}
		return Engine(copied, fork), true
	}
	return e
}

// transaction returns an engine that is a transaction, which has no fork.
func transaction(s tasktwin.Store) program.Engine {
	e := program.Engine{
		Call: func(ctx context.Context, op program.Op) (any, error) { return Call(ctx, s, op) },
		InTx: func(ctx context.Context, fn func(program.Engine) error, opts any) error {
			txOptions, _ := opts.(*tasktwin.TxOptions)
			return s.InTx(ctx, func(tx tasktwin.Store) error { return fn(transaction(tx)) }, txOptions)
		},
		Probe: func(ctx context.Context) error {
			_, err := s.GetTaskSnapshot(ctx, ProbeID)
			return err
		},
	}
	if d, ok := s.(tasktwin.Dumper); ok {
		e.Dump = func(ctx context.Context) (any, error) { return d.Dump(ctx) }
	}
	return e
}

// Call makes an operation that is a call on a store.
func Call(ctx context.Context, s tasktwin.Store, op program.Op) (any, error) {
	if call := calls[op.Name]; call != nil {
		return call(ctx, s, op.Arg)
	}
	switch op.Name {
	case callLoad:
		loader, ok := s.(tasktwin.Loader)
		if !ok {
			return nil, fmt.Errorf("conformance: %T is not a tasktwin.Loader", s)
		}
		rows, _ := op.Arg.(*tasktwin.Dump)
		return nil, loader.Load(ctx, rows)
	case callPing:
		return nil, s.Ping(ctx)
	case callClose:
		// The wording of a refusal is each engine's own.
		return s.Close() == nil, nil
	}
	return nil, fmt.Errorf("conformance: there is no method %s", op.Name)
}

// Run makes a program's operations on a store. It returns early, with the
// context's error, only when the context ends. after, if set, sees each operation
// and the error that it returned.
func Run(ctx context.Context, s tasktwin.Store, p program.Program, after func(program.Op, error)) error {
	return p.Run(ctx, Engine(s, nil), func(step program.Step) {
		if after != nil {
			after(step.Op, step.Err)
		}
	})
}

// calling makes an entry of calls.
func calling[A, T any](method func(tasktwin.Store, context.Context, A) (T, error)) func(context.Context, tasktwin.Store, any) (any, error) {
	return func(ctx context.Context, s tasktwin.Store, arg any) (any, error) {
		a, ok := arg.(A)
		if !ok {
			return nil, fmt.Errorf("conformance: the argument is a %T: it must be a %T", arg, a)
		}
		return method(s, ctx, a)
	}
}

// callingExec is calling for a method that returns no value.
func callingExec[A any](method func(tasktwin.Store, context.Context, A) error) func(context.Context, tasktwin.Store, any) (any, error) {
	return calling(func(s tasktwin.Store, ctx context.Context, arg A) (struct{}, error) {
		return struct{}{}, method(s, ctx, arg)
	})
}
