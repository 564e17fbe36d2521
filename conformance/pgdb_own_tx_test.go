package conformance

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/cases"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/pgdb"
)

// A call that would wait for the connection of its own transaction fails, and the
// transaction goes on.
func TestStoreInsideItsOwnTransaction(t *testing.T) {
	t.Parallel()
	db := openAt(t, pgtest.URL(t), pgdb.Options{MaxConns: 1})
	arg := newUser("inside")
	err := db.InTx(t.Context(), func(tx tasktwin.Store) error {
		for name, call := range cases.Calls {
			require.ErrorIs(t, call(t.Context(), db), tasktwin.ErrStoreInTx, name)
		}
		err := tx.InTx(t.Context(), func(sp tasktwin.Store) error {
			require.ErrorIs(t, db.Ping(t.Context()), tasktwin.ErrStoreInTx, "in a savepoint")
			return insertUser(t.Context(), sp, arg)
		}, nil)
		require.NoError(t, err)
		return nil
	}, nil)
	require.NoError(t, err)
	require.True(t, tasktwin.IsUniqueViolation(insertUser(t.Context(), db, arg), tasktwin.UniqueUsersPKey))
}

// A call on another goroutine waits for its turn, as long as its context lasts. After a
// function that panicked the store can be used.
func TestOnlyConnectionInUse(t *testing.T) {
	t.Parallel()
	db := openAt(t, pgtest.URL(t), pgdb.Options{MaxConns: 1})
	require.Panics(t, func() {
		_ = db.InTx(t.Context(), func(tasktwin.Store) error {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
			defer cancel()
			ended := make(chan error)
			go func() { ended <- db.Ping(ctx) }()
			require.ErrorIs(t, <-ended, context.DeadlineExceeded)
			panic("as told")
		}, nil)
	})
	requireConnection(t, db, "after a panic")
}

// With another connection the call is another session.
func TestStoreBesideItsOwnTransaction(t *testing.T) {
	t.Parallel()
	db := openAt(t, pgtest.URL(t), pgdb.Options{MaxConns: 2})
	failed := errors.New("as told")
	outside := newUser("outside")
	err := db.InTx(t.Context(), func(tx tasktwin.Store) error {
		require.NoError(t, insertUser(t.Context(), tx, newUser("inside")))
		require.NoError(t, insertUser(t.Context(), db, outside))
		return failed
	}, nil)
	require.ErrorIs(t, err, failed)
	require.True(t, tasktwin.IsUniqueViolation(insertUser(t.Context(), db, outside), tasktwin.UniqueUsersPKey), "it survives the rollback")
}
