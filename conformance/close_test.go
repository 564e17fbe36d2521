package conformance

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/pgdb"
)

// Sessions that wait for another when the store is closed get ErrClosed while that one
// still has its locks, and have done nothing. Those that are open get it at their next
// statement.
func TestCloseWhileSessionsWait(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, db overlapping) {
		arg, before := newUser("contended"), newUser("before the wait")
		waiters := map[string]func(context.Context) error{
			"a statement": func(ctx context.Context) error { return insertUser(ctx, db, arg) },
			"a transaction": func(ctx context.Context) error {
				return db.InTx(ctx, func(tx tasktwin.Store) error {
					if err := insertUser(ctx, tx, before); err != nil {
						return err
					}
					err := insertUser(ctx, tx, arg)
					assert.ErrorIs(t, tx.Ping(ctx), tasktwin.ErrClosed)
					return err
				}, nil)
			},
			"a savepoint": func(ctx context.Context) error {
				return db.InTx(ctx, func(tx tasktwin.Store) error {
					return tx.InTx(ctx, func(sp tasktwin.Store) error { return insertUser(ctx, sp, arg) }, nil)
				}, nil)
			},
		}
		ended := map[string]chan error{}
		err := db.InTx(tasktwin.WithSession(t.Context(), "holder"), func(tx tasktwin.Store) error {
			require.NoError(t, insertUser(t.Context(), tx, arg))
			for name, wait := range waiters {
				ctx, result := limited(t, name), make(chan error, 1)
				ended[name] = result
				go func() { result <- wait(ctx) }()
			}
			for name := range waiters {
				db.awaitWait(t, name, "holder")
			}
			require.NoError(t, db.Close())
			for name := range waiters {
				require.ErrorIs(t, <-ended[name], tasktwin.ErrClosed, name)
			}
			require.ErrorIs(t, db.Ping(t.Context()), tasktwin.ErrClosed)
			require.ErrorIs(t, tx.Ping(t.Context()), tasktwin.ErrClosed)
			return nil
		}, nil)
		require.ErrorIs(t, err, tasktwin.ErrClosed)
		if other := db.reopened(t); other != nil {
			require.NoError(t, insertUser(t.Context(), other, arg), "nothing was committed")
			require.NoError(t, insertUser(t.Context(), other, before), "nothing was committed")
		}
	})
}

// A function that ignores that its statement was ended by Close commits nothing.
func TestCommitAfterAWaitEndedByClose(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, db overlapping) {
		arg := newUser("contended")
		ended := make(chan error, 1)
		err := db.InTx(tasktwin.WithSession(t.Context(), "holder"), func(tx tasktwin.Store) error {
			require.NoError(t, insertUser(t.Context(), tx, arg))
			ctx := limited(t, "waiter")
			go func() {
				ended <- db.InTx(ctx, func(tx tasktwin.Store) error {
					_ = insertUser(ctx, tx, arg)
					return nil
				}, nil)
			}()
			db.awaitWait(t, "waiter", "holder")
			require.NoError(t, db.Close())
			require.ErrorIs(t, <-ended, tasktwin.ErrCommitAborted)
			return nil
		}, nil)
		require.ErrorIs(t, err, tasktwin.ErrClosed)
	})
}

// acquireTracer tells of calls that want a connection.
type acquireTracer struct {
	hookTracer
	started chan struct{}
}

func (a *acquireTracer) TraceAcquireStart(ctx context.Context, _ *pgxpool.Pool, _ pgxpool.TraceAcquireStartData) context.Context {
	a.started <- struct{}{}
	return ctx
}

func (*acquireTracer) TraceAcquireEnd(context.Context, *pgxpool.Pool, pgxpool.TraceAcquireEndData) {}

// Calls that wait for a connection get ErrClosed while the pool is still exhausted.
func TestCloseWhileCallsWaitForAConnection(t *testing.T) {
	t.Parallel()
	tracer := &acquireTracer{started: make(chan struct{}, 10)}
	db := openAt(t, pgtest.URL(t), pgdb.Options{MaxConns: 1, Tracer: tracer})
	err := db.InTx(t.Context(), func(tasktwin.Store) error {
		for len(tracer.started) > 0 {
			<-tracer.started
		}
		ctx := limited(t, "waiter")
		ended := make(chan error, 2)
		go func() { ended <- db.Ping(ctx) }()
		go func() { ended <- db.InTx(ctx, func(tasktwin.Store) error { return nil }, nil) }()
		for range cap(ended) {
			<-tracer.started
		}
		require.NoError(t, db.Close())
		for range cap(ended) {
			require.ErrorIs(t, <-ended, tasktwin.ErrClosed)
		}
		return nil
	}, nil)
	require.ErrorIs(t, err, tasktwin.ErrClosed)
}

// A pool of the caller's stays open, and has all connections back as they were, also
// those of statements that were cancelled.
func TestCloseOnAPoolOfTheCallers(t *testing.T) {
	t.Parallel()
	config, err := pgdb.ParseConfig(pgtest.URL(t))
	require.NoError(t, err)
	config.MaxConns = 3
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	db, arg := pgdb.New(pool), newUser("contended")
	err = db.InTx(t.Context(), func(tx tasktwin.Store) error {
		require.NoError(t, insertUser(t.Context(), tx, arg))
		ctx := limited(t, "waiter")
		ended := make(chan error, 1)
		go func() { ended <- insertUser(ctx, db, arg) }()
		awaitWaiter(t, db, "waiter")
		require.NoError(t, db.Close())
		require.ErrorIs(t, <-ended, tasktwin.ErrClosed)
		return nil
	}, nil)
	require.ErrorIs(t, err, tasktwin.ErrClosed)
	stat := pool.Stat()
	require.Equal(t, [3]int64{0, 2, 2}, [3]int64{int64(stat.AcquiredConns()), int64(stat.TotalConns()), stat.NewConnsCount()})
	require.NoError(t, insertUser(t.Context(), pgdb.New(pool), arg))
}

// A request to cancel a statement that does not reach the server is made again. The
// connection is closed then: such a request could come late, and hit another statement.
func TestCloseAsksAgain(t *testing.T) {
	t.Parallel()
	config, err := pgdb.ParseConfig(pgtest.URL(t))
	require.NoError(t, err)
	config.MaxConns = 2
	dial := config.ConnConfig.DialFunc
	var failures atomic.Int32
	config.ConnConfig.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		if failures.Add(-1) >= 0 {
			return nil, errors.New("as told")
		}
		return dial(ctx, network, address)
	}
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	db, arg := pgdb.New(pool), newUser("contended")
	err = db.InTx(tasktwin.WithSession(t.Context(), "holder"), func(tx tasktwin.Store) error {
		require.NoError(t, insertUser(t.Context(), tx, arg))
		ctx, ended := limited(t, "waiter"), make(chan error, 1)
		go func() { ended <- insertUser(ctx, db, arg) }()
		awaitWaiter(t, db, "waiter")
		failures.Store(2) // a socket's address may be tried twice
		require.NoError(t, db.Close())
		require.ErrorIs(t, <-ended, tasktwin.ErrClosed)
		require.Negative(t, failures.Load())
		return nil
	}, nil)
	require.ErrorIs(t, err, tasktwin.ErrClosed)
	for range config.MaxConns {
		conn, err := pool.Acquire(t.Context())
		require.NoError(t, err)
		defer conn.Release()
	}
	require.Equal(t, int64(3), pool.Stat().NewConnsCount())
}
