package conformance

import (
	"context"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/pgdb"
)

// waitLimit bounds waits that only end if something else fails.
const waitLimit = time.Minute

// overlapping is a store for sessions that overlap.
type overlapping struct {
	tasktwin.Store
	// waits returns who waits for whom.
	waits func(context.Context) ([]tasktwin.Wait, error)
	// looked returns when the engine has looked once more whether a call waits for the
	// transaction of its goroutine. It is nil where that is known when the wait begins.
	looked func(context.Context) error
	// reopened returns another store on the same rows, or nil if there can be none after
	// Close.
	reopened func(*testing.T) tasktwin.Store
}

// onEachEngine runs a test of sessions that overlap.
func onEachEngine(t *testing.T, test func(*testing.T, overlapping)) {
	t.Helper()
	t.Run("memdb", func(t *testing.T) {
		t.Parallel()
		db := memdb.New(memdb.Options{})
		test(t, overlapping{
			Store:    db,
			waits:    func(context.Context) ([]tasktwin.Wait, error) { return db.Waits(), nil },
			reopened: func(*testing.T) tasktwin.Store { return nil },
		})
	})
	t.Run("pgdb", func(t *testing.T) {
		t.Parallel()
		url := pgtest.URL(t)
		db := openAt(t, url, pgdb.Options{MaxConns: 8})
		test(t, overlapping{
			Store:    db,
			waits:    func(ctx context.Context) ([]tasktwin.Wait, error) { return pgtest.Waits(ctx, db) },
			looked:   func(ctx context.Context) error { return untilConnectionsAreTaken(ctx, db, 2) },
			reopened: func(t *testing.T) tasktwin.Store { return openAt(t, url, pgdb.Options{MaxConns: 1}) },
		})
	})
}

// awaitWait returns when a statement of a session waits for another session.
func (o overlapping) awaitWait(t *testing.T, session, other string) {
	t.Helper()
	require.NoError(t, o.untilWaits(t.Context(), session, other))
}

// untilWaits is awaitWait for any goroutine.
func (o overlapping) untilWaits(ctx context.Context, session, other string) error {
	for {
		waits, err := o.waits(ctx)
		if err != nil || slices.ContainsFunc(waits, func(w tasktwin.Wait) bool { return w.Session == session && slices.Contains(w.For, other) }) {
			return err
		}
		runtime.Gosched()
	}
}

// untilConnectionsAreTaken returns when n connections have been taken from the pool since
// the call, although no call of the store begins.
func untilConnectionsAreTaken(ctx context.Context, db *pgdb.DB, n int64) error {
	for want := db.Pool().Stat().AcquireCount() + n; db.Pool().Stat().AcquireCount() < want; runtime.Gosched() {
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// limited returns the context of a session whose waits are bounded, so that a test fails
// in which they do not end as they should.
func limited(t *testing.T, session string) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(tasktwin.WithSession(t.Context(), session), waitLimit)
	t.Cleanup(cancel)
	return ctx
}
