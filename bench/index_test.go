package bench

import (
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/pgdb"
)

// A platform's schema has no index on the time of a build. The one that docs/adopt.md offers
// is what telemetry starts with.
func TestTelemetryUsesTheDocumentedIndex(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/adopt.md")
	require.NoError(t, err)
	create := regexp.MustCompile("CREATE INDEX CONCURRENTLY[^;]+").FindString(string(text))
	require.NotEmpty(t, create)
	size := ByTasks(1000)
	size.Statuses, size.RecentEvery = 6, 50
	pool, seen := tracedPool(t, World(size), true, map[string]string{"jit": "off"})
	exec := func(sql string) {
		_, err := pool.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
	exec("DROP INDEX workspace_builds_created_at_idx")
	_, err = pgdb.New(pool).GetTelemetryTaskEvents(t.Context(), tasktwin.GetTelemetryTaskEventsParams{CreatedAfter: Recent, Now: Now})
	require.NoError(t, err)
	telemetry := seen.take()
	require.Len(t, telemetry, 1)
	without := explain(t, pool, telemetry[0], "")
	assert.Contains(t, without.sequential(), "workspace_builds")
	exec(create)
	exec(create) // there may be one already
	with := explain(t, pool, telemetry[0], "")
	assert.NotContains(t, with.sequential(), "workspace_builds")
	assert.Contains(t, with.indexes(), "workspace_builds_created_at_idx")
}
