package bench

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/pgdb"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// loadMemdb returns a memdb that holds a data set.
func loadMemdb(t testing.TB, size Size) *memdb.DB {
	t.Helper()
	db := memdb.New(memdb.Options{})
	require.NoError(t, Load(t.Context(), db, World(size)))
	return db
}

// loadPgdb returns a PostgreSQL that holds a data set, with statistics.
func loadPgdb(t testing.TB, size Size) *pgdb.DB {
	t.Helper()
	db := pgtest.Open(t)
	require.NoError(t, db.Load(t.Context(), World(size)))
	_, err := db.Pool().Exec(t.Context(), "VACUUM ANALYZE")
	require.NoError(t, err)
	return db
}

// engines are the loaded stores that a benchmark runs on, by name.
func engines(b *testing.B, size Size, run func(b *testing.B, s tasktwin.Store)) {
	b.Run("memdb", func(b *testing.B) { run(b, loadMemdb(b, size)) })
	b.Run("pgdb", func(b *testing.B) { run(b, loadPgdb(b, size)) })
}

// What the benchmarks run on is the same in both engines, whichever way it was
// loaded.
func TestEnginesHoldTheSame(t *testing.T) {
	t.Parallel()
	size := Size{Tasks: 20, Builds: 5, Statuses: 13, RecentEvery: 3}
	pg := loadPgdb(t, size)
	want, err := pg.Dump(t.Context())
	require.NoError(t, err)
	got, err := loadMemdb(t, size).Dump(t.Context())
	require.NoError(t, err)
	require.Empty(t, conformance.Compare(want, got))
	require.Len(t, got.Tasks, 20)
	require.Len(t, got.WorkspaceBuilds, 100)
	require.Len(t, got.WorkspaceAppStatuses, 260)

	all := tasktwin.GetTelemetryTaskEventsParams{Now: Now}
	events, err := pg.GetTelemetryTaskEvents(t.Context(), all)
	require.NoError(t, err)
	require.Len(t, events, 20)
	recent := tasktwin.GetTelemetryTaskEventsParams{CreatedAfter: Recent, Now: Now}
	events, err = pg.GetTelemetryTaskEvents(t.Context(), recent)
	require.NoError(t, err)
	require.Len(t, events, 7)
}
