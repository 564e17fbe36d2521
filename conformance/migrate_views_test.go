package conformance

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/pgdb"
)

// onePending returns a migrated database that lacks the last migration.
func onePending(t *testing.T) (url string, conn *pgx.Conn) {
	t.Helper()
	url = pgtest.URL(t)
	conn = connect(t, url)
	execute(t, conn, "DROP INDEX workspace_builds_created_at_idx", "DELETE FROM tasktwin_db_version WHERE version = 3")
	return url, conn
}

const viewColumns = "SELECT attname::text FROM pg_attribute WHERE attrelid = 'tasks_with_status'::regclass AND attnum > 0 ORDER BY attnum"

// A migration applies the view as it is now: one that differs is replaced.
func TestMigrateAppliesTheView(t *testing.T) {
	t.Parallel()
	for name, old := range map[string]string{
		"of other rows": "DO $$ BEGIN EXECUTE format('CREATE OR REPLACE VIEW tasks_with_status AS SELECT * FROM (%s) AS v WHERE false', " +
			"rtrim(pg_get_viewdef('tasks_with_status'::regclass), ';')); END $$",
		"of fewer columns":     "DROP VIEW tasks_with_status; CREATE VIEW tasks_with_status AS SELECT id, organization_id FROM tasks",
		"of columns elsewhere": "DROP VIEW tasks_with_status; CREATE VIEW tasks_with_status AS SELECT name, id FROM tasks",
		"of another type":      "DROP VIEW tasks_with_status; CREATE VIEW tasks_with_status AS SELECT id::text FROM tasks",
		"that is not there":    "DROP VIEW tasks_with_status",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url, conn := onePending(t)
			want := column(t, conn, viewColumns)
			definition := column(t, conn, "SELECT pg_get_viewdef('tasks_with_status'::regclass)")
			execute(t, conn, old)
			require.NoError(t, pgdb.Migrate(t.Context(), url))
			require.Equal(t, want, column(t, conn, viewColumns))
			require.Equal(t, definition, column(t, conn, "SELECT pg_get_viewdef('tasks_with_status'::regclass)"))
		})
	}
}

// What others have granted on the view and built on it stays, where the columns do.
func TestMigrateKeepsWhatDependsOnTheView(t *testing.T) {
	t.Parallel()
	url, conn := onePending(t)
	execute(t, conn, "GRANT SELECT ON tasks_with_status TO PUBLIC", "CREATE VIEW dashboard AS SELECT name FROM tasks_with_status")
	const grants = "SELECT relacl::text FROM pg_class WHERE relname = 'tasks_with_status'"
	before := column(t, conn, grants)
	require.NoError(t, pgdb.Migrate(t.Context(), url))
	require.Equal(t, before, column(t, conn, grants))
	require.Empty(t, column(t, conn, "SELECT name FROM dashboard"))
}

// Where the columns move and another view is built on it, nothing changes.
func TestMigrateRefusesToDropADependentView(t *testing.T) {
	t.Parallel()
	url, conn := onePending(t)
	execute(t, conn, "DROP VIEW tasks_with_status", "CREATE VIEW tasks_with_status AS SELECT name, id FROM tasks",
		"CREATE VIEW dashboard AS SELECT name FROM tasks_with_status")
	before := catalogue(t, conn)
	err := pgdb.Migrate(t.Context(), url)
	require.ErrorContains(t, err, "views/tasks_with_status.sql")
	require.ErrorContains(t, err, "2BP01")
	require.Equal(t, before, catalogue(t, conn))
	require.Equal(t, []string{"1", "2"}, migrated(t, conn))
}
