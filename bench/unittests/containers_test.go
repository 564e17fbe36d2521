package unittests

import (
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/modules/postgres"

	"github.com/tasktwin/tasktwin/bench/internal/lasting"
	"github.com/tasktwin/tasktwin/pgdb"
	"github.com/tasktwin/tasktwin/tasktest"
)

const (
	// envImage names the image of the containers. conformance/pgdocker uses it, too.
	envImage = "TASKTWIN_POSTGRES_IMAGE"
	// envLabel is the value of the containers' label. A script removes the containers that
	// have it, in case that the process was killed.
	envLabel = "TASKTWIN_BENCH_RUN"
)

// startContainer starts a container as the documentation of testcontainers-go does: with
// the settings of its module for PostgreSQL, and a database that is migrated once. It
// ends with the test.
func startContainer(t testing.TB) (*postgres.PostgresContainer, string) {
	t.Helper()
	image := os.Getenv(envImage)
	if image == "" {
		t.Skipf("%s names no image of PostgreSQL: scripts/bench-unittests.sh finds one", envImage)
	}
	c, err := postgres.Run(t.Context(), image,
		postgres.BasicWaitStrategies(),
		postgres.WithDatabase("app"),
		postgres.WithSQLDriver("pgx"),
		testcontainers.WithLabels(map[string]string{"tasktwin.bench": os.Getenv(envLabel)}),
	)
	t.Cleanup(func() {
		if err := testcontainers.TerminateContainer(c); err != nil {
			t.Error(err)
		}
	})
	require.NoError(t, err)
	url, err := c.ConnectionString(t.Context(), "sslmode=disable")
	require.NoError(t, err)
	require.NoError(t, pgdb.Migrate(t.Context(), url))
	return c, url
}

// All tests share the database of a container. Each one begins with empty tables.
func containerTruncate(t testing.TB) runner {
	_, url := startContainer(t)
	db, err := pgdb.Open(t.Context(), url, pgdb.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	truncate := truncateAll(t, db)
	return func(t testing.TB, test testFunc) {
		_, err := db.Pool().Exec(t.Context(), truncate)
		require.NoError(t, err)
		require.NoError(t, tasktest.Insert(t.Context(), db, fixture))
		test(t, db)
	}
}

// truncateAll returns the statement that empties all tables.
func truncateAll(t testing.TB, db *pgdb.DB) string {
	t.Helper()
	rows, err := db.Pool().Query(t.Context(),
		"SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'tasktwin_db_version'")
	require.NoError(t, err)
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	return "TRUNCATE " + strings.Join(tables, ", ")
}

// Each test begins with the snapshot of the migrated database of a container.
func containerRestore(t testing.TB) runner {
	c, url := startContainer(t)
	require.NoError(t, c.Snapshot(t.Context()))
	return func(t testing.TB, test testFunc) {
		require.NoError(t, c.Restore(t.Context()))
		onPostgres(t, url, test)
	}
}

// Time to start a container and migrate its database, once per test package.
func BenchmarkContainerStart(b *testing.B) {
	for b.Loop() {
		life := &lasting.TB{TB: b}
		startContainer(life)
		b.StopTimer()
		life.End()
		b.StartTimer()
	}
}
