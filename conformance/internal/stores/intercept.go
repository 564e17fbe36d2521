package stores

import (
	"context"

	"github.com/tasktwin/tasktwin"
)

// Hook is called in place of a method of [tasktwin.Querier], with the method's
// name and argument. call calls the method on any store, with any argument of its
// type. The result has to be of the method's type.
type Hook func(ctx context.Context, name string, arg any, call func(tasktwin.Store, any) (any, error)) (any, error)

// Intercept is a [tasktwin.Querier] whose methods all call Hook. They are in
// intercept_methods.go.
type Intercept struct{ Hook Hook }

// callHook calls the hook of i in place of a method.
func callHook[A, T any](
	ctx context.Context, i Intercept, name string, method func(tasktwin.Store, context.Context, A) (T, error), arg A,
) (T, error) {
	out, err := i.Hook(ctx, name, arg, func(s tasktwin.Store, arg any) (any, error) { return method(s, ctx, arg.(A)) })
	value, _ := out.(T)
	return value, err
}

// callHookExec is like callHook, for a method that returns no value.
func callHookExec[A any](
	ctx context.Context, i Intercept, name string, method func(tasktwin.Store, context.Context, A) error, arg A,
) error {
	_, err := i.Hook(ctx, name, arg, func(s tasktwin.Store, arg any) (any, error) {
		return struct{}{}, method(s, ctx, arg.(A))
	})
	return err
}
