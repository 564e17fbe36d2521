package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/pgdb"
)

// planNode is a node of a plan in EXPLAIN's output.
type planNode struct {
	Type          string     `json:"Node Type"`
	Relation      string     `json:"Relation Name"`
	Index         string     `json:"Index Name"`
	Rows          float64    `json:"Actual Rows"`
	Loops         float64    `json:"Actual Loops"`
	Filtered      float64    `json:"Rows Removed by Filter"`
	JoinFiltered  float64    `json:"Rows Removed by Join Filter"`
	IndexRechecks float64    `json:"Rows Removed by Index Recheck"`
	Plans         []planNode `json:"Plans"`
}

// work returns the number of rows that the nodes returned or removed.
func (n planNode) work() float64 {
	work := (n.Rows + n.Filtered + n.JoinFiltered + n.IndexRechecks) * n.Loops
	for _, child := range n.Plans {
		work += child.work()
	}
	return work
}

// indexes returns the indexes that are used, and sequential the tables that are
// read by a sequential scan.
func (n planNode) indexes() []string { return n.collect(func(n planNode) string { return n.Index }) }

func (n planNode) sequential() []string {
	return n.collect(func(n planNode) string {
		if n.Type == "Seq Scan" {
			return n.Relation
		}
		return ""
	})
}

func (n planNode) collect(name func(planNode) string) []string {
	var names []string
	if s := name(n); s != "" {
		names = append(names, s)
	}
	for _, child := range n.Plans {
		names = append(names, child.collect(name)...)
	}
	return names
}

// statement is a statement that was sent: its SQL, without sqlc's line with the name,
// and its arguments.
type statement struct {
	name, sql string
	args      []any
}

// explain returns the plan of a statement for its arguments.
func explain(t *testing.T, pool *pgxpool.Pool, s statement, options string) planNode {
	t.Helper()
	var text []byte
	require.NoError(t, pool.QueryRow(t.Context(), fmt.Sprintf("EXPLAIN (%s FORMAT JSON) %s", options, s.sql), s.args...).Scan(&text), s.name)
	return parsePlan(t, text)
}

func parsePlan(t *testing.T, text []byte) planNode {
	t.Helper()
	var explained []struct {
		Plan planNode `json:"Plan"`
	}
	require.NoError(t, json.Unmarshal(text, &explained))
	return explained[0].Plan
}

// sent is a tracer that records the statements.
type sent struct {
	mu         sync.Mutex
	statements []statement
}

// TraceQueryStart records a statement.
func (s *sent) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	if body, name, ok := strings.Cut(data.SQL, "\n-- name: "); ok {
		name, _, _ = strings.Cut(name, " ")
		s.mu.Lock()
		defer s.mu.Unlock()
		s.statements = append(s.statements, statement{name, body, data.Args})
	}
	return ctx
}

// TraceQueryEnd does nothing.
func (*sent) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// take returns the statements since its last call.
func (s *sent) take() []statement {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.statements
	s.statements = nil
	return out
}

// tracedPool returns a pool on a database with rows and server settings, and a
// tracer of its statements. autovacuum is disabled, so that it does not collect
// statistics.
func tracedPool(t *testing.T, rows *tasktwin.Dump, analyze bool, settings map[string]string) (*pgxpool.Pool, *sent) {
	t.Helper()
	url := pgtest.URL(t)
	fill(t, url, rows, analyze)
	var seen sent
	config, err := pgxpool.ParseConfig(url)
	require.NoError(t, err)
	config.ConnConfig.Tracer = &seen
	maps.Copy(config.ConnConfig.RuntimeParams, settings)
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	return pool, &seen
}

func fill(t *testing.T, url string, data *tasktwin.Dump, analyze bool) {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), url)
	require.NoError(t, err)
	defer pool.Close()
	rows, err := pool.Query(t.Context(),
		"SELECT format('ALTER TABLE %I SET (autovacuum_enabled = false)', tablename) FROM pg_tables WHERE schemaname = 'public'")
	require.NoError(t, err)
	off, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	for _, sql := range off {
		_, err := pool.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
	require.NoError(t, pgdb.New(pool).Load(t.Context(), data))
	if analyze {
		_, err := pool.Exec(t.Context(), "VACUUM ANALYZE")
		require.NoError(t, err)
	}
}
