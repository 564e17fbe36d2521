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
			db,
			func(context.Context) ([]tasktwin.Wait, error) { return db.Waits(), nil },
			func(*testing.T) tasktwin.Store { return nil },
		})
	})
	t.Run("pgdb", func(t *testing.T) {
		t.Parallel()
		url := pgtest.URL(t)
		db := openAt(t, url, pgdb.Options{MaxConns: 8})
		test(t, overlapping{
			db,
			func(ctx context.Context) ([]tasktwin.Wait, error) { return pgtest.Waits(ctx, db) },
			func(t *testing.T) tasktwin.Store { return openAt(t, url, pgdb.Options{MaxConns: 1}) },
		})
	})
}

// awaitWait returns when a statement of a session waits for another session.
func (o overlapping) awaitWait(t *testing.T, session, other string) {
	t.Helper()
	for {
		waits, err := o.waits(t.Context())
		require.NoError(t, err)
		if slices.ContainsFunc(waits, func(w tasktwin.Wait) bool { return w.Session == session && slices.Contains(w.For, other) }) {
			return
		}
		runtime.Gosched()
	}
}

// limited returns the context of a session whose waits are bounded, so that a test fails
// in which they do not end as they should.
func limited(t *testing.T, session string) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(tasktwin.WithSession(t.Context(), session), waitLimit)
	t.Cleanup(cancel)
	return ctx
}
