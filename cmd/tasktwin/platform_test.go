package main

import (
	"crypto/sha256"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A report needs only the tables whose rows it shows, and SELECT on these.
func TestReportNeedsOnlyWhatItShows(t *testing.T) {
	t.Parallel()
	at := sampleDatabase(t)
	until := sampleEnd.Format(time.RFC3339)
	want := command(t, "report", "--postgres", at, "--now", until, "-o", "-")
	require.Equal(t, exitOK, want.code, want.stderr)

	reader := newRole(t, at)
	for _, shown := range []string{
		"tasks_with_status", "tasks", "task_workspace_apps", "workspace_builds", "provisioner_jobs", "workspace_app_statuses",
	} {
		execute(t, at, `GRANT SELECT ON `+shown+` TO "`+reader+`"`)
	}
	readable := with(t, at, url.UserPassword(reader, "reads"))
	got := command(t, "report", "--postgres", readable, "--now", until, "-o", "-")
	require.Equal(t, exitOK, got.code, got.stderr)
	require.Equal(t, sha256.Sum256([]byte(want.stdout)), sha256.Sum256([]byte(got.stdout)), "the pages differ")

	execute(t, at, `DROP TABLE task_snapshots, organizations, templates, template_versions CASCADE`)
	got = command(t, "report", "--postgres", readable, "--now", until, "-o", "-")
	require.Equal(t, exitOK, got.code, got.stderr)
	require.Equal(t, sha256.Sum256([]byte(want.stdout)), sha256.Sum256([]byte(got.stdout)), "the pages differ")

	execute(t, at, `REVOKE SELECT ON provisioner_jobs FROM "`+reader+`"`)
	got = command(t, "report", "--postgres", readable, "-o", "-")
	require.Equal(t, exitFailure, got.code)
	require.Contains(t, got.stderr, "permission denied for table provisioner_jobs")
}

// newRole creates a user without any rights, whose password is reads, and drops it at the
// end of the test.
func newRole(t *testing.T, at string) string {
	t.Helper()
	u, err := url.Parse(at)
	require.NoError(t, err)
	role := "role_of_" + filepath.Base(u.Path)
	execute(t, at, `CREATE ROLE "`+role+`" LOGIN PASSWORD 'reads'`)
	t.Cleanup(func() { execute(t, at, `DROP OWNED BY "`+role+`"`, `DROP ROLE "`+role+`"`) })
	return role
}

// A platform's database that has no tasks any more is told from a wrong schema.
func TestTablesOfTasksAreGone(t *testing.T) {
	t.Parallel()
	at := sampleDatabase(t)
	execute(t, at, `DROP VIEW tasks_with_status`, `DROP TABLE task_snapshots, task_workspace_apps, tasks`)
	for _, args := range [][]string{{"telemetry", "--since", anything}, {"report", "-o", "-"}, {"dump", "--plain", "-o", "-"}} {
		r := command(t, append(args, "--postgres", at)...)
		require.Equal(t, exitFailure, r.code)
		require.Contains(t, r.stderr, "does not exist")
		require.Contains(t, r.stderr, "no tables of tasks", args[0])
		require.Contains(t, r.stderr, "000594", args[0])
		require.NotContains(t, r.stderr, "search_path", args[0])
		require.Empty(t, r.stdout)

		r = command(t, append(args, "--postgres", with(t, at, nil, "search_path", "elsewhere"))...)
		require.Equal(t, exitFailure, r.code)
		require.Contains(t, r.stderr, "add search_path=SCHEMA", args[0])
		require.NotContains(t, r.stderr, "000594", args[0])
	}
}
