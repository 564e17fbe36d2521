package conformance

import (
	"context"

	"github.com/tasktwin/tasktwin"
)

// hook is called in place of a method of [tasktwin.Querier]. What call returns,
// for the store and the argument that it is given, is of the method's type.
type hook func(ctx context.Context, name string, arg any, call func(tasktwin.Store, any) (any, error)) (any, error)

// intercept is a [tasktwin.Querier] whose methods all go through one function: see
// intercept_methods.go.
type intercept struct{ hook hook }

func through[A, T any](ctx context.Context, i intercept, name string, method func(tasktwin.Store, context.Context, A) (T, error), arg A) (T, error) {
	out, err := i.hook(ctx, name, arg, func(s tasktwin.Store, arg any) (any, error) { return method(s, ctx, arg.(A)) })
	value, _ := out.(T)
	return value, err
}

// throughExec is through for a method that returns no value.
func throughExec[A any](ctx context.Context, i intercept, name string, method func(tasktwin.Store, context.Context, A) error, arg A) error {
	_, err := i.hook(ctx, name, arg, func(s tasktwin.Store, arg any) (any, error) { return struct{}{}, method(s, ctx, arg.(A)) })
	return err
}
