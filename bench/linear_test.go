package bench

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/pgdb"
)

// The number of rows processed by all nodes of the telemetry query's plan is
// linear in the number of tasks in the window, and independent of other tasks.
// This holds with and without statistics, and with and without jit.
func TestTelemetryIsLinear(t *testing.T) {
	t.Parallel()
	compiled := map[string]string{"jit": "on", "jit_above_cost": "0", "jit_inline_above_cost": "0", "jit_optimize_above_cost": "0"}
	for _, c := range []struct {
		name     string
		analyze  bool
		settings map[string]string
	}{
		{"analyzed", true, map[string]string{"jit": "off"}},
		{"analyzed, compiled", true, compiled},
		{"never analyzed", false, map[string]string{"jit": "off"}},
		{"never analyzed, compiled", false, compiled},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			const few, many, every = 100, 800, 8
			small := telemetryPlan(t, ByTasks(few), c.analyze, c.settings)
			large := telemetryPlan(t, ByTasks(many), c.analyze, c.settings)
			t.Logf("%d tasks: %.0f rows, %d tasks: %.0f rows", few, small.work(), many, large.work())
			require.Greater(t, small.work(), few*60.)
			require.Less(t, large.work()/small.work(), 10.)

			size := ByTasks(many)
			size.RecentEvery = every
			some := telemetryPlan(t, size, c.analyze, c.settings)
			t.Logf("%d tasks of %d: %.0f rows", many/every, many, some.work())
			require.Less(t, some.work()/small.work(), 1.25)

			for _, plan := range []planNode{large, some} {
				require.Empty(t, plan.sequential())
				require.Contains(t, plan.indexes(), "workspace_builds_created_at_idx")
			}
		})
	}
}

// telemetryPlan returns the executed plan of the query for the recent tasks of a data
// set.
func telemetryPlan(t *testing.T, size Size, analyze bool, settings map[string]string) planNode {
	t.Helper()
	pool, seen := tracedPool(t, World(size), analyze, settings)
	rows, err := pgdb.New(pool).GetTelemetryTaskEvents(t.Context(), tasktwin.GetTelemetryTaskEventsParams{CreatedAfter: Recent, Now: Now})
	require.NoError(t, err)
	require.Len(t, rows, size.Tasks/max(1, size.RecentEvery))
	statements := seen.take()
	require.Len(t, statements, 1)
	return explain(t, pool, statements[0], "ANALYZE, TIMING OFF,")
}
