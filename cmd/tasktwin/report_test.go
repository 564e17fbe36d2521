package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/pgdb"
)

func TestReportUsageErrors(t *testing.T) {
	t.Parallel()
	log := logFile(t, "case_id,activity,start,end", "1,a,2024-01-01,2024-01-02")
	for name, c := range map[string]struct {
		args []string
		want []string
	}{
		"nothing to report on":     {nil, []string{"--postgres=URL or --log=FILE"}},
		"two stores":               {[]string{"--log", log, "--postgres", "postgres://x"}, []string{"can't be used together"}},
		"not a URL":                {[]string{"--postgres", "mysql://x"}, []string{"--postgres: ", "postgres://"}},
		"columns of a database":    {[]string{"--postgres", "postgres://x", "--case", "id"}, []string{"--case requires --log"}},
		"timeout of a database":    {[]string{"--postgres", "postgres://x", "--idle-timeout", "30m"}, []string{"--idle-timeout requires --log"}},
		"strict on a database":     {[]string{"--postgres", "postgres://x", "--strict"}, []string{"--strict requires --log"}},
		"bad rows of a database":   {[]string{"--postgres", "postgres://x", "--skip-bad"}, []string{"--skip-bad requires --log"}},
		"date order of a database": {[]string{"--postgres", "postgres://x", "--date-order", "dmy"}, []string{"--date-order requires --log"}},
		"negative timeout":         {[]string{"--log", log, "--idle-timeout=-1s"}, []string{"--idle-timeout is -1s: it must not be negative"}},
		"now is not a time":        {[]string{"--log", log, "--now", "noon"}, []string{`--now is "noon"`}},
		"now, for a database":      {[]string{"--postgres", "postgres://x", "--now", "noon"}, []string{`--now is "noon"`}},
		"a column that is absent":  {[]string{"--log", log, "--case", "Case"}, []string{`"Case"`, "case_id"}},
		"no output":                {[]string{"--log", log, "--output", ""}, []string{`--output is ""`}},
		"the log as the output":    {[]string{"--log", log, "--output", log}, []string{"that is the event log, which would be lost"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := command(t, append([]string{"report"}, c.args...)...)
			require.Equal(t, exitUsage, r.code, r.stderr)
			for _, want := range c.want {
				require.Contains(t, r.stderr, want)
			}
			require.Empty(t, r.stdout)
		})
	}
	require.Contains(t, string(readFile(t, log)), "case_id")
}

func TestReportOfALog(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "page.html")
	r := command(t, "report", "--log", sample, "--idle-timeout", "30m", "--title", "Support & tickets", "-o", path)
	require.Equal(t, exitOK, r.code, r.stderr)
	require.Empty(t, r.stdout)
	require.Equal(t, "wrote "+path+"\n", r.stderr)
	page := string(readFile(t, path))
	require.True(t, strings.HasPrefix(page, "<!DOCTYPE html>"))
	require.Contains(t, page, "<title>Support &amp; tickets: Every case of an event log as a task: "+
		"1,218 rows of 150 tasks by 1 user, 0 skipped; none is deleted.</title>")
	require.Contains(t, page, "T-0073")

	r = command(t, "report", "--log", sample, "--idle-timeout", "30m", "--title", "Support & tickets", "-o", "-")
	require.Equal(t, exitOK, r.code, r.stderr)
	require.Equal(t, page, r.stdout)
	require.Empty(t, r.stderr)
}

// A database gives the same page as the log that was replayed into it, and is
// only read.
func TestReportOfADatabase(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	r := command(t, "replay", sample, "--idle-timeout", "30m", "--store", url)
	require.Equal(t, exitOK, r.code, r.stderr)
	want := command(t, "report", "--log", sample, "--idle-timeout", "30m", "-o", "-")
	require.Equal(t, exitOK, want.code, want.stderr)

	db, err := pgdb.Open(t.Context(), url, pgdb.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	// Read access is enough for a report.
	_, err = db.Pool().Exec(t.Context(),
		`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$`)
	require.NoError(t, err)
	got := command(t, "report", "--postgres", url, "-o", "-")
	require.Equal(t, exitOK, got.code, got.stderr)
	// Only the line that says where the tasks are from differs.
	withoutSummary := func(page string) [32]byte {
		_, after, found := strings.Cut(page, `"summary":"`)
		require.True(t, found)
		summary, _, found := strings.Cut(after, `"`)
		require.True(t, found)
		require.NotEmpty(t, summary)
		return sha256.Sum256([]byte(strings.ReplaceAll(page, summary, "")))
	}
	require.Equal(t, withoutSummary(want.stdout), withoutSummary(got.stdout), "the pages differ")
}

// A database without the schema is refused and not migrated.
func TestReportDoesNotMigrate(t *testing.T) {
	t.Parallel()
	u, err := url.Parse(pgtest.URL(t))
	require.NoError(t, err)
	u.Path = "/template1"
	for range 2 {
		r := command(t, "report", "--postgres", u.String(), "-o", "-")
		require.Equal(t, exitFailure, r.code)
		require.Contains(t, r.stderr, `relation "tasks_with_status" does not exist`)
		require.Contains(t, r.stderr, "add search_path=SCHEMA")
		require.Empty(t, r.stdout)
	}
}

func TestReportFailures(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := command(t, "report", "--log", filepath.Join(dir, "absent.csv"), "-o", filepath.Join(dir, "page.html"))
	require.Equal(t, exitFailure, r.code)
	require.Contains(t, r.stderr, "absent.csv")

	r = command(t, "report", "--log", sample, "-o", filepath.Join(dir, "absent", "page.html"))
	require.Equal(t, exitFailure, r.code)
	require.Contains(t, r.stderr, "--output: ")

	r = command(t, "report", "--log", sample, "--now", "2001-01-01", "-o", filepath.Join(dir, "page.html"))
	require.Equal(t, exitFailure, r.code)
	require.Contains(t, r.stderr, "it must not be before the last event")

	r = command(t, "report", "--postgres", "postgres://nobody@127.0.0.1:1/none?connect_timeout=5", "-o", filepath.Join(dir, "page.html"))
	require.Equal(t, exitFailure, r.code)
	require.Contains(t, r.stderr, "--postgres: ")

	require.Empty(t, filesIn(t, dir))
}

func TestReportOfBadRows(t *testing.T) {
	t.Parallel()
	log := logFile(t, "case_id,activity,start,end", "1,a,2024-01-01T00:00:00Z,2024-01-01T01:00:00Z", ",b,2024-01-02T00:00:00Z,")
	r := command(t, "report", "--log", log, "--skip-bad", "-o", "-")
	require.Equal(t, exitOK, r.code, r.stderr)
	require.Contains(t, r.stderr, "line 3")
	r = command(t, "report", "--log", log, "--strict", "-o", "-")
	require.Equal(t, exitFailure, r.code)
	require.Empty(t, r.stdout)
}

// An existing file stays until the new page is complete.
func TestReportReplacesAFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "page.html")
	require.NoError(t, os.WriteFile(path, []byte("before"), 0o600))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stdout, stderr bytes.Buffer
	require.Equal(t, exitSignal+int(syscall.SIGINT), run(ctx, []string{"report", "--log", sample, "-o", path}, &stdout, &stderr))
	require.Equal(t, "tasktwin: interrupted\n", stderr.String())
	require.Equal(t, "before", string(readFile(t, path)))

	r := command(t, "report", "--log", sample, "-o", path)
	require.Equal(t, exitOK, r.code, r.stderr)
	require.NotEqual(t, "before", string(readFile(t, path)))
}
