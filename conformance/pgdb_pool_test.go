package conformance

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/cases"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/pgdb"
)

// hookTracer calls hook before the statement number left, and never if left is 0.
type hookTracer struct {
	left int
	hook func()
}

func (h *hookTracer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	if h.left--; h.left == 0 {
		h.hook()
	}
	return ctx
}

func (*hookTracer) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// A panic in the driver's call stack does not leak a connection, wherever it
// happens: here, in the tracer at the n-th statement.
func TestPanicsKeepNoConnection(t *testing.T) {
	t.Parallel()
	for _, end := range []struct {
		name string
		hook func()
	}{{"panic", func() { panic("the tracer failed") }}, {"exit", runtime.Goexit}} {
		for _, place := range []string{"store", "transaction", "savepoint"} {
			t.Run(end.name+"/"+place, func(t *testing.T) {
				t.Parallel()
				tracer := &hookTracer{hook: end.hook}
				db := openAt(t, pgtest.URL(t), pgdb.Options{MaxConns: 1, Tracer: tracer})
				for name, call := range cases.Calls {
					reached := true
					for n := 1; reached; n++ {
						tracer.left = n
						inGoroutine(func() { _ = callIn(t.Context(), place, db, call) })
						reached = tracer.left <= 0
						tracer.left = 0
						requireConnection(t, db, fmt.Sprintf("%s, statement %d", name, n))
					}
				}
			})
		}
	}
}

// inGoroutine runs fn to its end, which may be a panic or runtime.Goexit.
func inGoroutine(fn func()) {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer func() { _ = recover() }()
		fn()
	}()
	<-ended
}

// callIn makes a call on a store, in a transaction of it, or in a savepoint.
func callIn(ctx context.Context, place string, s tasktwin.Store, call func(context.Context, tasktwin.Store) error) error {
	switch place {
	case "transaction":
		return s.InTx(ctx, func(tx tasktwin.Store) error { return call(ctx, tx) }, nil)
	case "savepoint":
		return s.InTx(ctx, func(tx tasktwin.Store) error { return callIn(ctx, "transaction", tx, call) }, nil)
	default:
		return call(ctx, s)
	}
}

// requireConnection requires that the pool has a free connection.
func requireConnection(t *testing.T, db *pgdb.DB, after string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	require.NoError(t, db.Ping(ctx), after)
	err := db.InTx(ctx, func(tx tasktwin.Store) error { return tx.Ping(ctx) }, nil)
	require.NoError(t, err, after)
}

// terminateVictim ends the sessions on the killer's database whose application_name is
// victim.
func terminateVictim(t *testing.T, killer *pgx.Conn) {
	t.Helper()
	execute(t, killer, "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity "+
		"WHERE application_name = 'victim' AND datname = current_database()")
}

// A connection may be lost at a savepoint as well as at another statement.
func TestSavepointOnALostConnection(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	killer := connect(t, url)
	db := openAt(t, addParameter(url, "application_name=victim"), pgdb.Options{MaxConns: 1})
	failure := errors.New("as told")
	// lose ends the session of a transaction and returns the error of a statement, the
	// first thing that is sent afterwards.
	for name, lose := range map[string]func(tasktwin.Store) error{
		"SAVEPOINT": func(tx tasktwin.Store) error {
			terminateVictim(t, killer)
			return tx.InTx(t.Context(), func(tasktwin.Store) error { return nil }, nil)
		},
		"RELEASE": func(tx tasktwin.Store) error {
			return tx.InTx(t.Context(), func(tasktwin.Store) error {
				terminateVictim(t, killer)
				return nil
			}, nil)
		},
		"ROLLBACK TO": func(tx tasktwin.Store) error {
			err := tx.InTx(t.Context(), func(tasktwin.Store) error {
				terminateVictim(t, killer)
				return failure
			}, nil)
			require.ErrorIs(t, err, failure)
			return err
		},
		"statement": func(tx tasktwin.Store) error {
			terminateVictim(t, killer)
			return tx.Ping(t.Context())
		},
	} {
		err := db.InTx(t.Context(), func(tx tasktwin.Store) error {
			require.NoError(t, insertUser(t.Context(), tx, newUser("lost")))
			require.Error(t, lose(tx), name)
			err := tx.InTx(t.Context(), func(tasktwin.Store) error { return nil }, nil)
			require.ErrorAs(t, err, new(*tasktwin.Error), "a savepoint after a %s", name)
			_, err = tx.GetTaskByID(t.Context(), uuid.New())
			refused, ok := errors.AsType[*tasktwin.Error](err)
			require.True(t, ok, "after a %s: %v", name, err)
			require.Equal(t, tasktwin.InFailedSQLTransaction, refused.Code, name)
			return nil
		}, nil)
		require.ErrorIs(t, err, tasktwin.ErrCommitAborted, name)
		require.NotErrorIs(t, err, tasktwin.ErrCommitUnknown, name)
		requireConnection(t, db, name)
	}
}
