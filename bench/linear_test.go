package bench

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/pgdb"
)

// The rows that the telemetry query handles, in all of its plan, grow with the
// tasks and not with their square, with and without statistics.
func TestTelemetryIsLinear(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		analyze bool
	}{{"analyzed", true}, {"never analyzed", false}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			small := telemetryWork(t, ByTasks(100), c.analyze)
			large := telemetryWork(t, ByTasks(800), c.analyze)
			t.Logf("100 tasks: %.0f rows, 800 tasks: %.0f rows", small, large)
			require.Greater(t, small, 100.*60)
			require.Less(t, large/small, 10.)
		})
	}
}

// telemetryWork returns the number of rows that the nodes of the query's plan
// produced or threw away.
func telemetryWork(t *testing.T, size Size, analyze bool) float64 {
	t.Helper()
	var seen lastQuery
	config, err := pgxpool.ParseConfig(pgtest.URL(t))
	require.NoError(t, err)
	config.ConnConfig.Tracer = &seen
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	_, err = pool.Exec(t.Context(), "ALTER TABLE workspace_app_statuses SET (autovacuum_enabled = false)")
	require.NoError(t, err)
	require.NoError(t, Copy(t.Context(), pool, World(size)))
	if analyze {
		_, err := pool.Exec(t.Context(), "VACUUM ANALYZE")
		require.NoError(t, err)
	}
	rows, err := pgdb.New(pool).GetTelemetryTaskEvents(t.Context(), tasktwin.GetTelemetryTaskEventsParams{Now: Now})
	require.NoError(t, err)
	require.Len(t, rows, size.Tasks)

	sql, args := seen.sql, seen.args
	require.Contains(t, sql, "GetTelemetryTaskEvents")
	var plan []byte
	// The name that sqlc gives a query is a comment on its first line.
	_, body, _ := strings.Cut(sql, "\n")
	require.NoError(t, pool.QueryRow(t.Context(), "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) "+body, args...).Scan(&plan))
	var explained []struct {
		Plan planNode `json:"Plan"`
	}
	require.NoError(t, json.Unmarshal(plan, &explained))
	return explained[0].Plan.work()
}

// lastQuery is a tracer that keeps what was sent last.
type lastQuery struct {
	sql  string
	args []any
}

func (q *lastQuery) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	q.sql, q.args = data.SQL, data.Args
	return ctx
}

func (*lastQuery) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// planNode is a node of a plan, as EXPLAIN tells of it.
type planNode struct {
	Rows          float64    `json:"Actual Rows"`
	Loops         float64    `json:"Actual Loops"`
	Filtered      float64    `json:"Rows Removed by Filter"`
	JoinFiltered  float64    `json:"Rows Removed by Join Filter"`
	IndexRechecks float64    `json:"Rows Removed by Index Recheck"`
	Plans         []planNode `json:"Plans"`
}

func (n planNode) work() float64 {
	work := (n.Rows + n.Filtered + n.JoinFiltered + n.IndexRechecks) * n.Loops
	for _, child := range n.Plans {
		work += child.work()
	}
	return work
}
