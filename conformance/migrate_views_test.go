package conformance

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/pgdb"
)

// onePending returns a database without the last migration and without the view.
func onePending(t *testing.T) (url string, conn *pgx.Conn) {
	t.Helper()
	url = pgtest.URL(t)
	conn = connect(t, url)
	revert(t, conn, len(migrations(t))-1)
	execute(t, conn, "DROP VIEW IF EXISTS tasks_with_status")
	return url, conn
}

const (
	viewColumns    = "SELECT attname::text FROM pg_attribute WHERE attrelid = 'tasks_with_status'::regclass AND attnum > 0 ORDER BY attnum"
	viewDefinition = "SELECT pg_get_viewdef('tasks_with_status'::regclass)"
	// noRows creates a view of the same columns without rows. Unlike the real view,
	// it depends on no table, so a migration may still change the tables.
	noRows = `SELECT 'CREATE VIEW tasks_with_status AS SELECT ' ||
			string_agg(format('NULL::%s AS %I', format_type(atttypid, atttypmod), attname), ', ' ORDER BY attnum) || ' WHERE false'
		FROM pg_attribute WHERE attrelid = 'tasks_with_status'::regclass AND attnum > 0`
)

// A migration replaces a view that differs from the current one.
func TestMigrateAppliesTheView(t *testing.T) {
	t.Parallel()
	migrated := connect(t, pgtest.URL(t))
	want := column(t, migrated, viewColumns)
	definition := column(t, migrated, viewDefinition)
	for name, old := range map[string]string{
		"of other rows":        column(t, migrated, noRows)[0],
		"of fewer columns":     "CREATE VIEW tasks_with_status AS SELECT id, organization_id FROM tasks",
		"of columns elsewhere": "CREATE VIEW tasks_with_status AS SELECT name, id FROM tasks",
		"of another type":      "CREATE VIEW tasks_with_status AS SELECT id::text FROM tasks",
		"that is not there":    "SELECT",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url, conn := onePending(t)
			execute(t, conn, old)
			require.NoError(t, pgdb.Migrate(t.Context(), url))
			require.Equal(t, want, column(t, conn, viewColumns))
			require.Equal(t, definition, column(t, conn, viewDefinition))
		})
	}
}

// Grants and views on the view survive if its columns stay the same.
func TestMigrateKeepsWhatDependsOnTheView(t *testing.T) {
	t.Parallel()
	url, conn := onePending(t)
	same := column(t, connect(t, pgtest.URL(t)), noRows)[0]
	execute(t, conn, same, "GRANT SELECT ON tasks_with_status TO PUBLIC", "CREATE VIEW dashboard AS SELECT name FROM tasks_with_status")
	const grants = "SELECT relacl::text FROM pg_class WHERE relname = 'tasks_with_status'"
	before := column(t, conn, grants)
	require.NoError(t, pgdb.Migrate(t.Context(), url))
	require.Equal(t, before, column(t, conn, grants))
	require.Empty(t, column(t, conn, "SELECT name FROM dashboard"))
}

// If the columns change and another view depends on the view, Migrate changes
// nothing.
func TestMigrateRefusesToDropADependentView(t *testing.T) {
	t.Parallel()
	url, conn := onePending(t)
	execute(t, conn, "CREATE VIEW tasks_with_status AS SELECT name, id FROM tasks",
		"CREATE VIEW dashboard AS SELECT name FROM tasks_with_status")
	before := catalogue(t, conn)
	err := pgdb.Migrate(t.Context(), url)
	require.ErrorContains(t, err, "views/tasks_with_status.sql")
	require.ErrorContains(t, err, "2BP01")
	require.Equal(t, before, catalogue(t, conn))
	all := versions(t)
	require.Equal(t, all[:len(all)-1], migrated(t, conn))
}
