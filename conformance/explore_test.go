package conformance_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/explore"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/tasktest"
)

// updating returns a handler of one transaction that updates two tasks.
func updating(first, second uuid.UUID) explore.Handler {
	return explore.Handler{Run: func(ctx context.Context, s tasktwin.Store) error {
		return s.InTx(ctx, func(tx tasktwin.Store) error {
			for _, id := range []uuid.UUID{first, second} {
				if _, err := tx.UpdateTaskPrompt(ctx, tasktwin.UpdateTaskPromptParams{ID: id}); err != nil {
					return err
				}
			}
			return nil
		}, nil)
	}}
}

// Schedules that end, that fail, that are given up, and that are stuck leave no goroutine on
// either engine, for which TestMain looks.
func TestExploringLeavesNoGoroutine(t *testing.T) {
	t.Parallel()
	db := memdb.New(memdb.Options{})
	w := tasktest.New(t, db)
	a, b := w.Pending().ID, w.Pending().ID
	rows, err := db.Dump(t.Context())
	require.NoError(t, err)
	open := pgtest.FromRows(rows).Schedules(t)
	stuck := explore.Handler{Run: func(ctx context.Context, _ tasktwin.Store) error { <-ctx.Done(); return ctx.Err() }}

	explored := func(c explore.Config) *explore.Failure {
		result, err := explore.Explore(t.Context(), c)
		require.NoError(t, err)
		return result.Failure
	}
	require.Nil(t, explored(explore.Config{Store: db, Handlers: []explore.Handler{updating(a, b), updating(a, b)}}))
	deadlock := []explore.Handler{updating(a, b), updating(b, a)}
	f := explored(explore.Config{Store: db, Handlers: deadlock})
	require.ErrorIs(t, f, explore.ErrNotRetried)
	again := explored(explore.Config{Open: open, Handlers: deadlock, Schedule: f.Schedule})
	require.ErrorIs(t, again, explore.ErrNotRetried)
	require.Equal(t, f.Schedule, again.Schedule)
	for _, c := range []explore.Config{{Store: db}, {Open: open}} {
		c.Handlers, c.Patience = []explore.Handler{updating(a, b), stuck}, 100*time.Millisecond
		require.ErrorIs(t, explored(c), explore.ErrStuck)
	}
}
