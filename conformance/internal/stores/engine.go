package stores

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/internal/intercept"
)

// Methods are the methods that operations call.
var Methods = program.InterfaceOf[tasktwin.Querier, tasktwin.TxOptions]()

// ProbeID is the id of the row that a probe asks for. No row has it.
var ProbeID = uuid.Max

// Fork returns an independent copy of a store: neither sees what the other one
// writes later. It returns nil if the store cannot be copied.
type Fork func(tasktwin.Store) tasktwin.Store

// callClose is the call of Close. The other calls that are not of Querier have the names of
// package intercept.
const callClose = "Close"

// Engine returns an engine that runs operations on a store. fork may be nil.
func Engine(s tasktwin.Store, fork Fork) program.Engine {
	e := engineWithoutFork(s)
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

// engineWithoutFork returns an engine that runs operations on a store, which may
// be a transaction.
func engineWithoutFork(s tasktwin.Store) program.Engine {
	e := program.Engine{
		Call: func(ctx context.Context, op program.Op) (any, error) { return Call(ctx, s, op) },
		InTx: func(ctx context.Context, fn func(program.Engine) error, opts any) error {
			txOptions, _ := opts.(*tasktwin.TxOptions)
			return s.InTx(ctx, func(tx tasktwin.Store) error { return fn(engineWithoutFork(tx)) }, txOptions)
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

// Call runs an operation that is a call on a store.
func Call(ctx context.Context, s tasktwin.Store, op program.Op) (any, error) {
	if call := calls[op.Name]; call != nil {
		return call(ctx, s, op.Arg)
	}
	switch op.Name {
	case intercept.Load:
		loader, ok := s.(tasktwin.Loader)
		if !ok {
			return nil, fmt.Errorf("conformance: %T is not a tasktwin.Loader", s)
		}
		rows, _ := op.Arg.(*tasktwin.Dump)
		return nil, loader.Load(ctx, rows)
	case intercept.AllTasks:
		iterator, ok := s.(tasktwin.TaskIterator)
		if !ok {
			return nil, fmt.Errorf("conformance: %T is not a tasktwin.TaskIterator", s)
		}
		arg, _ := op.Arg.(tasktwin.ListTasksParams)
		rows := []tasktwin.TaskWithStatus{}
		for row, err := range iterator.AllTasks(ctx, arg) {
			if err != nil {
				return rows, err
			}
			rows = append(rows, row)
		}
		return rows, nil
	case intercept.InsertWorkspaceAppStatuses:
		inserter, ok := s.(tasktwin.BatchInserter)
		if !ok {
			return nil, fmt.Errorf("conformance: %T is not a tasktwin.BatchInserter", s)
		}
		args, _ := op.Arg.([]tasktwin.InsertWorkspaceAppStatusParams)
		return inserter.InsertWorkspaceAppStatuses(ctx, args)
	case intercept.Ping:
		return nil, s.Ping(ctx)
	case callClose:
		// The result is only whether it fails, because each engine words the error
		// differently.
		return s.Close() == nil, nil
	}
	return nil, fmt.Errorf("conformance: there is no method %s", op.Name)
}

// Run runs a program on a store, and calls after, if not nil, after each operation
// with its error. It returns an error only if the context ends: the context's.
func Run(ctx context.Context, s tasktwin.Store, p program.Program, after func(program.Op, error)) error {
	return p.Run(ctx, Engine(s, nil), func(step program.Step) {
		if after != nil {
			after(step.Op, step.Err)
		}
	})
}

// calling wraps a method for calls, by which it is called by name.
func calling[A, T any](
	method func(tasktwin.Store, context.Context, A) (T, error),
) func(context.Context, tasktwin.Store, any) (any, error) {
	return func(ctx context.Context, s tasktwin.Store, arg any) (any, error) {
		a, ok := arg.(A)
		if !ok {
			return nil, fmt.Errorf("conformance: the argument is a %T: it must be a %T", arg, a)
		}
		return method(s, ctx, a)
	}
}

// callingExec is like calling, for a method that returns no value.
func callingExec[A any](
	method func(tasktwin.Store, context.Context, A) error,
) func(context.Context, tasktwin.Store, any) (any, error) {
	return calling(func(s tasktwin.Store, ctx context.Context, arg A) (struct{}, error) {
		return struct{}{}, method(s, ctx, arg)
	})
}
