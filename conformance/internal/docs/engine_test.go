package docs

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
)

// myengine stands for the package of a reader's engine.
var myengine opener

type opener struct{}

// Open returns pgdb with one difference: the errors of DeleteUserByID have no details.
func (opener) Open(t testing.TB) *engine {
	t.Helper()
	if testing.Short() {
		t.Skip("these are whole runs of the suite")
	}
	return &engine{pgtest.Open(t)}
}

// store is what pgdb's stores and transactions are.
type store interface {
	tasktwin.Store
	tasktwin.Dumper
	tasktwin.Loader
}

type engine struct{ store }

func (e *engine) DeleteUserByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	deleted, err := e.store.DeleteUserByID(ctx, id)
	if refused, ok := errors.AsType[*tasktwin.Error](err); ok {
		without := *refused
		without.Detail = ""
		err = &without
	}
	return deleted, err
}

func (e *engine) InTx(ctx context.Context, fn func(tasktwin.Store) error, opts *tasktwin.TxOptions) error {
	return e.store.InTx(ctx, func(tx tasktwin.Store) error { return fn(&engine{tx.(store)}) }, opts)
}
