package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/certify"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
)

// requireNoSchema fails if certify has left its schema.
func requireNoSchema(t *testing.T, at string) {
	t.Helper()
	execute(t, at, `SELECT 1 / (NOT EXISTS (SELECT FROM pg_namespace WHERE starts_with(nspname::text, '`+certify.SchemaPrefix+`')))::int`)
}

// onCreatedTasks makes a database do something when certify has created its table of
// tasks, which the statement calls made.object_identity.
func onCreatedTasks(t *testing.T, at, statement string) {
	t.Helper()
	execute(t, at, `CREATE FUNCTION public.planted() RETURNS event_trigger LANGUAGE plpgsql AS $planted$
		DECLARE made record;
		BEGIN
			FOR made IN SELECT * FROM pg_event_trigger_ddl_commands()
				WHERE command_tag = 'CREATE TABLE' AND object_identity LIKE '`+certify.SchemaPrefix+`%.tasks' LOOP
				`+statement+`;
			END LOOP;
		END $planted$`,
		`CREATE EVENT TRIGGER planted ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION public.planted()`)
}

func TestCertifyPostgres(t *testing.T) {
	t.Parallel()
	at := pgtest.URL(t)
	args := []string{"certify", "--postgres", at, "--ops", "300", "--seed", "7"}
	if testing.Short() { // the suite has all cases
		args = append(args, "--run", "^(batch|transaction)/")
	}
	r := command(t, args...)
	require.Equal(t, exitOK, r.code, "%s%s", r.stdout, r.stderr)
	require.Contains(t, r.stdout, "PostgreSQL ")
	require.Contains(t, r.stdout, "of seed 7: 0 differences in 0 cases\n")
	require.NotContains(t, r.stdout, "this server")
	require.Empty(t, r.stderr)
	requireNoSchema(t, at)
}

// A server without a foreign key differs in the cases that violate it.
func TestCertifyAnotherServer(t *testing.T) {
	t.Parallel()
	at := pgtest.URL(t)
	onCreatedTasks(t, at, `EXECUTE format('ALTER TABLE %s DROP CONSTRAINT tasks_owner_id_fkey', made.object_identity)`)
	args := []string{"certify", "--postgres", at, "--ops", "0", "--run", "^transaction/(aborted by a failed|commit)"}
	r := command(t, args...)
	require.Equal(t, exitFailure, r.code)
	require.Equal(t, "tasktwin: the engines differ\n", r.stderr)
	table, _, _ := strings.Cut(r.stdout, "\n\n")
	require.Regexp(t, `^case +call +PostgreSQL +this server +more
transaction/aborted by a failed statement +InsertTask +23503 tasks_owner_id_fkey +ok +\+\d+$`, table)
	require.Regexp(t, `2 cases, 0 skipped, 0 operations of seed \d+: \d+ differences in 1 cases\n$`, r.stdout)

	r = command(t, append(args, "--json")...)
	require.Equal(t, exitFailure, r.code)
	var report certify.Report
	require.NoError(t, json.Unmarshal([]byte(r.stdout), &report))
	require.Equal(t, 2, report.Cases)
	require.Equal(t, "transaction/aborted by a failed statement", report.Differences[0].Case)
	require.Equal(t, "23503", report.Differences[0].PostgreSQLState)
	require.Contains(t, r.stdout, `"postgresql_sqlstate": "23503"`)
	requireNoSchema(t, at)
}

// Ctrl-C ends the run, and leaves nothing.
func TestCertifyInterrupted(t *testing.T) {
	t.Parallel()
	at := pgtest.URL(t)
	onCreatedTasks(t, at, `PERFORM pg_notify('planted', '')`)
	conn, err := pgx.Connect(t.Context(), at)
	require.NoError(t, err)
	defer conn.Close(context.WithoutCancel(t.Context()))
	_, err = conn.Exec(t.Context(), `LISTEN planted`)
	require.NoError(t, err)

	self, err := os.Executable()
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, self, "certify", "--postgres", at)
	cmd.Env = append(os.Environ(), runMain+"=1")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	require.NoError(t, cmd.Start())
	_, err = conn.WaitForNotification(ctx) // the tables are there
	require.NoError(t, err)
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	require.Error(t, cmd.Wait())
	require.Equal(t, exitSignal+int(syscall.SIGINT), cmd.ProcessState.ExitCode())
	require.Equal(t, "tasktwin: interrupted\n", stderr.String())
	require.Empty(t, stdout.String())
	requireNoSchema(t, at)
}

func TestCertifyUsage(t *testing.T) {
	t.Parallel()
	const nowhere = "postgres://nobody:hush@127.0.0.1:1/none?connect_timeout=5"
	for name, c := range map[string]struct {
		args []string
		code int
		want string
	}{
		"no database":         {nil, exitUsage, "--postgres"},
		"an empty database":   {[]string{"--postgres", ""}, exitUsage, `--postgres is ""`},
		"a malformed one":     {[]string{"--postgres", "mysql://x"}, exitUsage, "--postgres: the connection string cannot be used"},
		"negative operations": {[]string{"--postgres", nowhere, "--ops=-1"}, exitUsage, "--ops is -1: it must not be negative"},
		"no time":             {[]string{"--postgres", nowhere, "--limit", "0s"}, exitUsage, "--limit is 0s: it must be longer than 0"},
		"a bad pattern":       {[]string{"--postgres", nowhere, "--run", "("}, exitUsage, `--run is "("`},
		"no server":           {[]string{"--postgres", nowhere}, exitFailure, "certify: pgdb: Open: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := command(t, append([]string{"certify"}, c.args...)...)
			require.Equal(t, c.code, r.code)
			require.Contains(t, r.stderr, c.want)
			require.NotContains(t, r.stderr, "hush")
			require.Empty(t, r.stdout)
		})
	}
}
