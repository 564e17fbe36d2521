package conformance

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
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

// Functions on one goroutine that have all connections of a larger pool leave none for a
// call inside them.
func TestAllConnectionsInUseByTheCaller(t *testing.T) {
	t.Parallel()
	db := openAt(t, pgtest.URL(t), pgdb.Options{MaxConns: 3})
	ctx := limited(t, "outer")
	var nest func(depth int) error
	nest = func(depth int) error {
		return db.InTx(t.Context(), func(tx tasktwin.Store) error {
			require.NoError(t, insertUser(t.Context(), tx, newUser(fmt.Sprint("depth ", depth))))
			if depth < 3 {
				require.NoError(t, db.Ping(ctx))
				return nest(depth + 1)
			}
			for name, call := range cases.Calls {
				require.ErrorIs(t, call(ctx, db), tasktwin.ErrStoreInTx, name)
			}
			return tx.Ping(t.Context())
		}, nil)
	}
	require.NoError(t, nest(1))
	dump, err := db.Dump(t.Context())
	require.NoError(t, err)
	require.Len(t, dump.Users, 3)
}

// Where functions of several goroutines have the connections, a call waits: the others
// may end in time.
func TestConnectionsInUseByOthers(t *testing.T) {
	t.Parallel()
	db := openAt(t, pgtest.URL(t), pgdb.Options{MaxConns: 2})
	opened, release, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- db.InTx(t.Context(), func(tasktwin.Store) error {
			close(opened)
			<-release
			return nil
		}, nil)
	}()
	<-opened
	err := db.InTx(t.Context(), func(tasktwin.Store) error {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		require.ErrorIs(t, db.Ping(ctx), context.DeadlineExceeded)
		close(release)
		require.NoError(t, db.Ping(limited(t, "patient")))
		return nil
	}, nil)
	require.NoError(t, err)
	require.NoError(t, <-ended)
}

// The connection of a statement that was cancelled can be used again, and a pool without
// one that is left to look for waits does not look.
func TestConnectionsOfCallsThatWait(t *testing.T) {
	t.Parallel()
	config, err := pgdb.ParseConfig(pgtest.URL(t))
	require.NoError(t, err)
	for _, conns := range []int32{2, 3} {
		config.MaxConns = conns
		pool, err := pgxpool.NewWithConfig(t.Context(), config)
		require.NoError(t, err)
		t.Cleanup(pool.Close)
		db := pgdb.New(pool)
		agent := newAgent(t, db)
		err = db.InTx(t.Context(), func(tx tasktwin.Store) error {
			require.NoError(t, setAgent(t.Context(), tx, agent, ready))
			ctx, cancel := context.WithCancel(limited(t, "outer"))
			defer cancel()
			if conns == 3 {
				require.ErrorIs(t, setAgent(ctx, db, agent, off), tasktwin.ErrStoreInTx)
				require.NoError(t, db.Ping(ctx))
				return nil
			}
			waits := overlapping{waits: func(ctx context.Context) ([]tasktwin.Wait, error) { return pgtest.Waits(ctx, db) }}
			waited := make(chan error, 1)
			go func() {
				waited <- waits.untilWaits(ctx, "outer", "")
				cancel()
			}()
			require.ErrorIs(t, setAgent(ctx, db, agent, off), context.Canceled)
			return <-waited
		}, nil)
		require.NoError(t, err)
		if conns == 3 {
			requireAgent(t, db, agent, ready)
			require.Equal(t, int64(3), pool.Stat().NewConnsCount(), "no connection was closed")
		}
	}
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
