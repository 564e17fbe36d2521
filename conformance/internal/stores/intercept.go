package stores

import (
	"context"

	"github.com/tasktwin/tasktwin"
)

// Hook is called in place of a method of [tasktwin.Querier]. What call returns,
// for the store and the argument that it is given, is of the method's type.
type Hook func(ctx context.Context, name string, arg any, call func(tasktwin.Store, any) (any, error)) (any, error)

// Intercept is a [tasktwin.Querier] whose methods all go through one function: see
// intercept_methods.go.
type Intercept struct{ Hook Hook }

func through[A, T any](ctx context.Context, i Intercept, name string, method func(tasktwin.Store, context.Context, A) (T, error), arg A) (T, error) {
	out, err := i.Hook(ctx, name, arg, func(s tasktwin.Store, arg any) (any, error) { return method(s, ctx, arg.(A)) })
	value, _ := out.(T)
	return value, err
}

// throughExec is through for a method that returns no value.
func throughExec[A any](ctx context.Context, i Intercept, name string, method func(tasktwin.Store, context.Context, A) error, arg A) error {
	_, err := i.Hook(ctx, name, arg, func(s tasktwin.Store, arg any) (any, error) { return struct{}{}, method(s, ctx, arg.(A)) })
	return err
}
