package certify_test

import (
	"context"
	"regexp"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/certify"
	"github.com/tasktwin/tasktwin/conformance/internal/cases"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// execute runs statements in a database.
func execute(t *testing.T, url string, statements ...string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	defer conn.Close(t.Context())
	for _, sql := range statements {
		_, err := conn.Exec(t.Context(), sql)
		require.NoError(t, err, sql)
	}
}

// requireNoSchema fails if a run has left its schema.
func requireNoSchema(t *testing.T, url string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	defer conn.Close(t.Context())
	var left int
	require.NoError(t, conn.QueryRow(t.Context(),
		"SELECT count(*) FROM pg_namespace WHERE starts_with(nspname::text, $1)", certify.SchemaPrefix).Scan(&left))
	require.Zero(t, left)
}

// plant makes each of a database's new tables of a name different, once it has been created.
func plant(t *testing.T, url, table, change string) {
	t.Helper()
	execute(t, url, `CREATE FUNCTION public.plant() RETURNS event_trigger LANGUAGE plpgsql AS $plant$
		DECLARE made record;
		BEGIN
			FOR made IN SELECT * FROM pg_event_trigger_ddl_commands() WHERE command_tag = 'CREATE TABLE' LOOP
				IF made.object_identity LIKE '`+certify.SchemaPrefix+`%.`+table+`' THEN
					EXECUTE format('`+change+`', made.object_identity);
				END IF;
			END LOOP;
		END $plant$`,
		`CREATE EVENT TRIGGER plant ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION public.plant()`)
}

// PostgreSQL answers as PostgreSQL, and nothing is left in the database.
func TestPostgresDoesNotDiffer(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	var done []int
	all := 0
	report, err := certify.Run(t.Context(), url, certify.Options{Ops: 500, Seed: 1, Progress: func(n, of int) {
		done, all = append(done, n), of
	}})
	require.NoError(t, err)
	require.Empty(t, report.Differences)
	require.Empty(t, report.Note)
	require.Contains(t, report.Server, "PostgreSQL ")
	require.Equal(t, len(cases.All())+2, report.Cases)
	require.Zero(t, report.Skipped)
	require.GreaterOrEqual(t, report.Ops, 500) // a transaction has several
	require.Len(t, done, report.Cases)
	require.Equal(t, report.Cases, all)
	require.Equal(t, all, done[all-1])
	requireNoSchema(t, url)
}

// A server without a foreign key is told by the cases that violate it.
func TestMissingConstraintIsFound(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it runs all cases")
	}
	url := pgtest.URL(t)
	plant(t, url, "tasks", "ALTER TABLE %s DROP CONSTRAINT tasks_owner_id_fkey")
	report, err := certify.Run(t.Context(), url, certify.Options{Ops: 2000, Seed: 1})
	require.NoError(t, err)
	byCase := map[string][]certify.Difference{}
	for _, d := range report.Differences {
		byCase[d.Case] = append(byCase[d.Case], d)
	}
	require.Len(t, byCase, report.DifferingCases())
	first := byCase["transaction/aborted by a failed statement"][0]
	require.Equal(t, "InsertTask", first.Call)
	require.Equal(t, "23503 tasks_owner_id_fkey", first.PostgreSQL)
	require.Equal(t, "23503", first.PostgreSQLState)
	require.Equal(t, "ok", first.Server)
	require.Empty(t, first.ServerState)
	require.Contains(t, first.Text, "InsertTask ID=")
	require.Contains(t, first.Text, "tasks_owner_id_fkey")
	require.NotEmpty(t, byCase[certify.CaseFailures])
	require.NotEmpty(t, byCase[certify.CaseOperations])
	require.Less(t, len(byCase), report.Cases/2, "most cases have nothing to do with it")
	requireNoSchema(t, url)
}

// Another SQLSTATE is reported with both. The case runs on the server alone.
func TestAnotherCodeIsFound(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	execute(t, url, `CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
		BEGIN RAISE 'a server without savepoints' USING ERRCODE = '0A000'; END $$`)
	plant(t, url, "tasks", "CREATE TRIGGER refuse BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION public.refuse()")
	report, err := certify.Run(t.Context(), url, certify.Options{Cases: regexp.MustCompile(`^transaction/used by several goroutines$`)})
	require.NoError(t, err)
	require.Equal(t, 1, report.Cases)
	require.NotEmpty(t, report.Differences)
	for _, d := range report.Differences {
		require.Equal(t, "transaction/used by several goroutines", d.Case)
		require.Equal(t, "passed", d.PostgreSQL)
	}
	require.Contains(t, report.Differences[0].Text, "a server without savepoints (SQLSTATE 0A000)")
	// The goroutine that is reported may be the first one to fail, or one after it.
	require.Contains(t, []string{"0A000", "25P02"}, report.Differences[0].ServerState)
	requireNoSchema(t, url)
}

// A server that cannot create a table is told by the statement.
func TestTableThatCannotBeCreated(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	plant(t, url, "tasks", "SELECT 1/0 /* %s */")
	report, err := certify.Run(t.Context(), url, certify.Options{Ops: 10})
	require.NoError(t, err)
	require.Zero(t, report.Cases)
	require.Equal(t, 1, report.DifferingCases())
	byCall := map[string]certify.Difference{}
	for _, d := range report.Differences {
		require.Equal(t, certify.CaseSchema, d.Case)
		byCall[d.Call] = d
	}
	require.Equal(t, "22012", byCall["Migrate"].ServerState)
	require.Contains(t, byCall["Migrate"].Text, "00001_tables.sql")
	require.Equal(t, "22012", byCall["CREATE TABLE tasks"].ServerState)
	require.Equal(t, "42P01", byCall["CREATE INDEX tasks_owner_id_idx ON tasks"].ServerState)
	require.Equal(t, "42P01", byCall["CREATE OR REPLACE VIEW tasks_with_status"].ServerState)
	require.NotContains(t, byCall, "CREATE TABLE users")
	requireNoSchema(t, url)
}

// Where only Migrate fails, the cases are run all the same.
func TestSchemaWithoutMigrate(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	plant(t, url, "tasktwin_db_version", "SELECT 1/0 /* %s */")
	report, err := certify.Run(t.Context(), url, certify.Options{Cases: regexp.MustCompile("^(task|parity)/"), Ops: 300})
	require.NoError(t, err)
	require.Greater(t, report.Cases, 5)
	require.Len(t, report.Differences, 1)
	require.Equal(t, "Migrate", report.Differences[0].Call)
	require.Equal(t, "22012", report.Differences[0].ServerState)
	requireNoSchema(t, url)
}

// A case that the server does not let end is a difference, and the next ones are run.
func TestCaseThatDoesNotEnd(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	execute(t, url, `CREATE FUNCTION public.hang() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(86400); END $$`)
	plant(t, url, "organizations", "CREATE TRIGGER hang BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION public.hang()")
	cases := regexp.MustCompile(`^(organization/|template version/)`)
	report, err := certify.Run(t.Context(), url, certify.Options{Cases: cases, Limit: 300 * time.Millisecond})
	require.NoError(t, err)
	require.Equal(t, 2, report.Cases)
	require.Equal(t, 2, report.DifferingCases())
	ended := 0
	for _, d := range report.Differences {
		if d.Text == "it does not end within 300ms" {
			ended++
		}
	}
	require.Equal(t, 2, ended)
	requireNoSchema(t, url)
}

// A run that is interrupted leaves nothing.
func TestInterruptedRunLeavesNothing(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	report, err := certify.Run(ctx, url, certify.Options{Progress: func(done, _ int) {
		if done == 3 {
			cancel()
		}
	}})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, 3, report.Cases)
	requireNoSchema(t, url)

	_, err = certify.Run(ctx, url, certify.Options{})
	require.ErrorIs(t, err, context.Canceled)
	requireNoSchema(t, url)
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	for _, opts := range []certify.Options{{Ops: -1}, {Limit: -1}} {
		report, err := certify.Run(t.Context(), "postgres://nobody@127.0.0.1:1/none", opts)
		require.ErrorContains(t, err, "it must not be negative")
		require.NotNil(t, report)
	}
	_, err := certify.Run(t.Context(), "postgres://nobody:hush@127.0.0.1:1/none?connect_timeout=5", certify.Options{})
	require.ErrorContains(t, err, "certify: pgdb: Open: ")
	require.NotContains(t, err.Error(), "hush")
}
