package intercept

import (
	"context"

	"github.com/tasktwin/tasktwin"
)

// Hook is called in place of a method of [tasktwin.Querier], with the method's
// name and argument. call calls the method on any store, with any argument of its
// type. The result has to be of the method's type.
type Hook func(ctx context.Context, name string, arg any, call func(tasktwin.Store, any) (any, error)) (any, error)

// Querier is a [tasktwin.Querier] whose methods all call a hook. They are in
// querier_methods.go.
type Querier struct{ hook Hook }

// NewQuerier returns a Querier.
func NewQuerier(hook Hook) Querier { return Querier{hook} }

// Writes reports whether a call may change rows: a method of [tasktwin.Querier], Load or
// InsertWorkspaceAppStatuses.
func Writes(call string) bool {
	return methods[call] || call == Load || call == InsertWorkspaceAppStatuses
}

// callHook calls the hook of q in place of a method.
func callHook[A, T any](
	ctx context.Context, q Querier, name string, method func(tasktwin.Store, context.Context, A) (T, error), arg A,
) (T, error) {
	out, err := q.hook(ctx, name, arg, func(s tasktwin.Store, arg any) (any, error) {
		ctx, s := contextOf(ctx, s)
		return method(s, ctx, arg.(A))
	})
	value, _ := out.(T)
	return value, err
}

// callHookExec is like callHook, for a method that returns no value.
func callHookExec[A any](
	ctx context.Context, q Querier, name string, method func(tasktwin.Store, context.Context, A) error, arg A,
) error {
	_, err := q.hook(ctx, name, arg, func(s tasktwin.Store, arg any) (any, error) {
		ctx, s := contextOf(ctx, s)
		return struct{}{}, method(s, ctx, arg.(A))
	})
	return err
}
