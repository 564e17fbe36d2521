package bench

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/bench/internal/lasting"
	"github.com/tasktwin/tasktwin/bench/internal/peers/gomemdb"
	"github.com/tasktwin/tasktwin/bench/internal/peers/sqlitedb"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/pgdb"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// loadMemdb returns a memdb with a data set.
func loadMemdb(t testing.TB, size Size) *memdb.DB {
	t.Helper()
	db := memdb.New(memdb.Options{})
	require.NoError(t, db.Load(t.Context(), World(size)))
	return db
}

// loadPgdb returns a PostgreSQL with a data set and statistics.
func loadPgdb(t testing.TB, size Size) *pgdb.DB {
	t.Helper()
	db := pgtest.Open(t)
	require.NoError(t, db.Load(t.Context(), World(size)))
	_, err := db.Pool().Exec(t.Context(), "VACUUM ANALYZE")
	require.NoError(t, err)
	return db
}

// loadSQLite returns an in-memory SQLite with a data set and statistics.
func loadSQLite(t testing.TB, size Size) *sqlitedb.DB {
	t.Helper()
	db := newSQLite(t)
	require.NoError(t, db.Load(t.Context(), World(size)))
	require.NoError(t, db.Analyze(t.Context()))
	return db
}

func newSQLite(t testing.TB) *sqlitedb.DB {
	t.Helper()
	db, err := sqlitedb.Open(t.Context(), sqlitedb.Modernc, "")
	require.NoError(t, err)
	return db
}

// loadGoMemdb returns a go-memdb with the tasks and statuses of a data set.
func loadGoMemdb(t testing.TB, size Size) *gomemdb.DB {
	t.Helper()
	db, err := gomemdb.New()
	require.NoError(t, err)
	require.NoError(t, db.Load(World(size)))
	return db
}

// The loaded stores, which all benchmarks share.
var (
	memdbs = shared[*memdb.DB]{load: loadMemdb, close: func(db *memdb.DB) { _ = db.Close() }}
	pgdbs  = shared[*pgdb.DB]{
		// The server drops the databases when it ends.
		load:  func(t testing.TB, size Size) *pgdb.DB { return loadPgdb(&lasting.TB{TB: t}, size) },
		close: func(db *pgdb.DB) { _ = db.Close() },
	}
	sqlites  = shared[*sqlitedb.DB]{load: loadSQLite, close: func(db *sqlitedb.DB) { _ = db.Close() }}
	goMemdbs = shared[*gomemdb.DB]{load: loadGoMemdb, close: func(*gomemdb.DB) {}}
)

// engine is a store under test. A benchmark asserts the methods that it needs.
type engine struct {
	name string
	// open returns a store with a data set, for reading.
	open func(testing.TB, Size) any
	// writable returns a function whose calls return a store with only the data set:
	// earlier writes are discarded.
	writable func(testing.TB, Size) func() any
}

var (
	onMemdb = engine{
		"memdb",
		func(t testing.TB, size Size) any { return memdbs.get(t, size) },
		func(t testing.TB, size Size) func() any {
			db := memdbs.get(t, size)
			return func() any { return db.Fork() }
		},
	}
	onPgdb = engine{
		"pgdb",
		func(t testing.TB, size Size) any { return pgdbs.get(t, size) },
		func(t testing.TB, size Size) func() any {
			db := pgdbs.get(t, size)
			return func() any {
				_, err := db.Pool().Exec(t.Context(), "DELETE FROM tasks WHERE workspace_id IS NULL")
				require.NoError(t, err)
				_, err = db.Pool().Exec(t.Context(), "DELETE FROM workspace_app_statuses WHERE created_at >= $1", Now)
				require.NoError(t, err)
				return db
			}
		},
	}
	onSQLite = engine{
		"sqlite",
		func(t testing.TB, size Size) any { return sqlites.get(t, size) },
		func(t testing.TB, size Size) func() any {
			db := sqlites.get(t, size)
			return func() any {
				require.NoError(t, db.Exec(t.Context(), "DELETE FROM tasks WHERE workspace_id IS NULL"))
				require.NoError(t, db.Exec(t.Context(), "DELETE FROM workspace_app_statuses WHERE created_at >= ?", sqlitedb.Micros(Now)))
				return db
			}
		},
	}
	onGoMemdb = engine{
		"go-memdb",
		func(t testing.TB, size Size) any { return goMemdbs.get(t, size) },
		func(t testing.TB, size Size) func() any {
			db := goMemdbs.get(t, size)
			return func() any { return db.Fork() }
		},
	}
)

// where selects an engine for a benchmark, with the numbers of tasks of a usual
// and of a long run.
type where struct {
	engine      engine
	usual, long []int
}

// The engines of several benchmarks.
var (
	onBoth = []where{
		{onMemdb, []int{1000, 100_000}, nil},
		{onPgdb, []int{1000}, nil},
	}
	onAll = append(slices.Clone(onBoth),
		where{onSQLite, []int{1000}, []int{100_000}},
		where{onGoMemdb, []int{1000}, []int{100_000}})
)

// long selects only the slow sizes.
var long = os.Getenv("TASKTWIN_BENCH_LONG") != ""

// shortTasks is the number of tasks with -short, for smoke tests.
const shortTasks = 20

// pick returns the sizes to run: the usual ones, the long ones or the short one.
func pick(usual, inLong []int, short int) []int {
	switch {
	case testing.Short() && len(usual)+len(inLong) > 0:
		return []int{short}
	case long:
		return inLong
	default:
		return usual
	}
}

// sizes returns all numbers of tasks that a benchmark runs with.
func sizes(on []where) []int {
	var all []int
	for _, w := range on {
		all = append(all, pick(w.usual, w.long, shortTasks)...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// bySize is the data set of the benchmarks: every tenth task has recent builds.
func bySize(tasks int) Size {
	size := ByTasks(tasks)
	size.RecentEvery = recentEvery
	return size
}

const recentEvery = 10

// reads runs a benchmark on loaded stores. It must not change them.
func reads[Q any](b *testing.B, on []where, run func(b *testing.B, size Size, store Q)) {
	each(b, on, func(b *testing.B, e engine, size Size) {
		run(b, size, e.open(b, size).(Q))
	})
}

// writes runs a benchmark on loaded stores. Each call of fresh returns a store
// with only the data set.
func writes[Q any](b *testing.B, on []where, run func(b *testing.B, size Size, fresh func() Q)) {
	each(b, on, func(b *testing.B, e engine, size Size) {
		fresh := e.writable(b, size)
		run(b, size, func() Q { return fresh().(Q) })
	})
}

func each(b *testing.B, on []where, run func(b *testing.B, e engine, size Size)) {
	for _, tasks := range sizes(on) {
		b.Run(fmt.Sprintf("tasks=%d", tasks), func(b *testing.B) {
			for _, w := range on {
				if slices.Contains(pick(w.usual, w.long, shortTasks), tasks) {
					b.Run("store="+w.engine.name, func(b *testing.B) { run(b, w.engine, bySize(tasks)) })
				}
			}
		})
	}
}

// skipLong skips a benchmark that belongs to the usual run.
func skipLong(b *testing.B) {
	b.Helper()
	if long && !testing.Short() {
		b.Skip("in the usual run")
	}
}

// Both engines have the same rows, however they were loaded.
func TestEnginesHoldTheSame(t *testing.T) {
	t.Parallel()
	size := Size{Tasks: 20, Builds: 5, Statuses: 13, RecentEvery: 3}
	pg := loadPgdb(t, size)
	want, err := pg.Dump(t.Context())
	require.NoError(t, err)
	got, err := loadMemdb(t, size).Dump(t.Context())
	require.NoError(t, err)
	require.Empty(t, parity.Compare(want, got))
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
