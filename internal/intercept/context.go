package intercept

import (
	"context"

	"github.com/tasktwin/tasktwin"
)

// inContext is a store and the context of the only call on it.
type inContext struct {
	tasktwin.Store
	ctx context.Context //nolint:containedctx // it is an argument of one call
}

// WithContext returns a store for the function that a hook is given: it calls a method of
// s with this context instead of the caller's. It is for calls that outlive the caller's.
func WithContext(ctx context.Context, s tasktwin.Store) tasktwin.Store { return inContext{s, ctx} }

// contextOf returns the context and the store of a call.
func contextOf(ctx context.Context, s tasktwin.Store) (context.Context, tasktwin.Store) {
	if in, ok := s.(inContext); ok {
		return in.ctx, in.Store
	}
	return ctx, s
}
