package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/cmd/internal/replay"
	"github.com/tasktwin/tasktwin/cmd/internal/term"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/pgdb"
	"github.com/tasktwin/tasktwin/tasktest"
	"github.com/tasktwin/tasktwin/telemetry"
)

// sampleEnd is a time after the last event of the sample.
var sampleEnd = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// replaySample replays the sample log.
func replaySample(t *testing.T, store tasktwin.Store) {
	t.Helper()
	log, err := os.Open(sample)
	require.NoError(t, err)
	defer log.Close()
	_, err = replay.Run(t.Context(), store, log, replay.Options{IdleTimeout: 30 * time.Minute, Now: sampleEnd})
	require.NoError(t, err)
}

// sampleDatabase returns the URL of a database with the sample log.
func sampleDatabase(t *testing.T) string {
	t.Helper()
	at := pgtest.URL(t)
	db, err := pgdb.Open(t.Context(), at, pgdb.Options{})
	require.NoError(t, err)
	replaySample(t, db)
	require.NoError(t, db.Close())
	return at
}

// sampleEvents returns the telemetry of the sample, computed in memory.
func sampleEvents(t *testing.T, since time.Time) []telemetry.TaskEvent {
	t.Helper()
	db := memdb.New(memdb.Options{})
	replaySample(t, db)
	events, err := telemetry.CollectTaskEvents(t.Context(), db, since, sampleEnd)
	require.NoError(t, err)
	return events
}

// failIfMigrated is a statement that divides by zero if a database has the table of
// applied migrations.
const failIfMigrated = `SELECT 1 / (to_regclass('public.tasktwin_db_version') IS NULL
	AND to_regclass('platform.tasktwin_db_version') IS NULL)::int`

// execute runs statements one after the other.
func execute(t *testing.T, at string, statements ...string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context()) // also used for cleaning up
	conn, err := pgx.Connect(ctx, at)
	require.NoError(t, err)
	defer conn.Close(ctx)
	for _, sql := range statements {
		_, err := conn.Exec(ctx, sql)
		require.NoError(t, err, sql)
	}
}

// with returns a URL with other parameters.
func with(t *testing.T, at string, user *url.Userinfo, parameters ...string) string {
	t.Helper()
	u, err := url.Parse(at)
	require.NoError(t, err)
	query := u.Query()
	if user != nil {
		u.User = user
		query.Del("user")
		query.Del("password")
	}
	for i := 0; i < len(parameters); i += 2 {
		query.Set(parameters[i], parameters[i+1])
	}
	u.RawQuery = query.Encode()
	return u.String()
}

const anything = "0001-01-01"

func lines(t *testing.T, text string) []telemetry.TaskEvent {
	t.Helper()
	var events []telemetry.TaskEvent
	for line := range strings.Lines(text) {
		var e telemetry.TaskEvent
		require.NoError(t, json.Unmarshal([]byte(line), &e), line)
		events = append(events, e)
	}
	return events
}

// foreign makes a database look like another program's: with additional columns
// and enum values, in another schema, and without a trace of our migrations. It
// returns the URL of a user who has only read access, and the task that was
// paused for a reason that tasktwin does not know.
func foreign(t *testing.T, at string) (readable, task string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), at)
	require.NoError(t, err)
	defer conn.Close(t.Context())
	exec := func(sql string) {
		t.Helper()
		_, err := conn.Exec(t.Context(), sql)
		require.NoError(t, err, sql)
	}
	column := func(sql string) (out []string) {
		t.Helper()
		rows, err := conn.Query(t.Context(), sql)
		require.NoError(t, err, sql)
		out, err = pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err, sql)
		return out
	}
	exec(`CREATE SCHEMA platform`)
	tables := column(`SELECT relname::text FROM pg_class
		WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'tasktwin_db_version'`)
	require.Len(t, tables, reflect.TypeFor[tasktwin.Dump]().NumField())
	exec(`CREATE TYPE platform.kind AS ENUM ('a', 'b')`)
	for _, table := range tables {
		exec(fmt.Sprintf(`ALTER TABLE %s ADD COLUMN "kind" platform.kind NOT NULL DEFAULT 'b',
			ADD COLUMN state_of_affairs text, ADD COLUMN labels text[] NOT NULL DEFAULT '{}'`, table))
	}
	for _, add := range []string{
		`build_reason ADD VALUE 'whim' BEFORE 'initiator'`, `build_reason ADD VALUE 'another'`, `workspace_transition ADD VALUE 'restart'`,
		`workspace_app_status_state ADD VALUE 'waiting' AFTER 'working'`, `provisioner_job_status ADD VALUE 'reaped'`,
	} {
		exec(`ALTER TYPE ` + add)
	}
	require.NoError(t, conn.QueryRow(t.Context(), `
		UPDATE workspace_builds SET reason = 'whim' WHERE id = (
			SELECT id FROM workspace_builds WHERE transition = 'stop' ORDER BY workspace_id, build_number DESC LIMIT 1
		) RETURNING (SELECT tasks.id::text FROM tasks WHERE tasks.workspace_id = workspace_builds.workspace_id)`).Scan(&task))
	exec(`UPDATE workspace_app_statuses SET state = 'waiting' WHERE state = 'idle'`)
	for _, table := range tables {
		exec(`ALTER TABLE ` + table + ` SET SCHEMA platform`)
	}
	for _, enum := range column(`SELECT typname::text FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype = 'e'`) {
		exec(`ALTER TYPE ` + enum + ` SET SCHEMA platform`)
	}
	exec(`DROP VIEW tasks_with_status`)
	exec(`DROP TABLE tasktwin_db_version`)

	role := "reader_of_" + strings.ReplaceAll(column(`SELECT current_database()::text`)[0], "-", "_")
	exec(`CREATE ROLE "` + role + `" LOGIN PASSWORD 'reads'`)
	t.Cleanup(func() { execute(t, at, `DROP OWNED BY "`+role+`"`, `DROP ROLE "`+role+`"`) })
	exec(`REVOKE ALL ON SCHEMA public FROM PUBLIC`)
	exec(`GRANT USAGE ON SCHEMA platform TO "` + role + `"`)
	exec(`GRANT SELECT ON ALL TABLES IN SCHEMA platform TO "` + role + `"`)
	return with(t, at, url.UserPassword(role, "reads"), "search_path", "platform"), task
}

func TestTelemetryOfSomebodyElsesDatabase(t *testing.T) {
	t.Parallel()
	at := sampleDatabase(t)
	readable, task := foreign(t, at)
	want := sampleEvents(t, time.Time{})
	changed := 0
	for i := range want {
		if want[i].TaskID == task {
			want[i].PauseReason = new(telemetry.PauseReasonOther)
			changed++
		}
	}
	require.Equal(t, 1, changed)
	for name, url := range map[string]string{
		"as it is":                 readable,
		"simple protocol":          with(t, readable, nil, "default_query_exec_mode", "simple_protocol"),
		"without prepared queries": with(t, readable, nil, "default_query_exec_mode", "exec"),
		"cached descriptions":      with(t, readable, nil, "default_query_exec_mode", "cache_describe"),
		"its owner":                with(t, at, nil, "search_path", "platform"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := command(t, "telemetry", "--postgres", url, "--since", anything, "--until", sampleEnd.Format(time.RFC3339), "--format", "jsonl")
			require.Equal(t, exitOK, r.code, r.stderr)
			require.Empty(t, r.stderr)
			require.Equal(t, want, lines(t, r.stdout))
		})
	}
	execute(t, at, failIfMigrated)

	r := command(t, "telemetry", "--postgres", with(t, readable, nil, "search_path", "public"), "--since", anything)
	require.Equal(t, exitFailure, r.code)
	require.Contains(t, r.stderr, "does not exist")
	require.Contains(t, r.stderr, "add search_path=SCHEMA")
}

// By default, the window ends at the command's current time.
func TestTelemetryWindow(t *testing.T) {
	t.Parallel()
	at := sampleDatabase(t)
	all := sampleEvents(t, time.Time{})
	var times []time.Time
	for _, e := range all {
		times = append(times, *e.LastPausedAt)
	}
	middle := times[len(times)/2]
	some := sampleEvents(t, middle)
	require.NotEmpty(t, some)
	require.Less(t, len(some), len(all))
	for name, args := range map[string][]string{
		"a time":           {"--since", middle.Format(time.RFC3339Nano), "--until", "2026-01-01"},
		"the clock":        {"--since", middle.Format(time.RFC3339Nano)},
		"a duration":       {"--since", sampleEnd.Sub(middle).String(), "--until", "2026-01-01 00:00:00"},
		"before the clock": {"--since", sampleEnd.Sub(middle).String()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			e := &env{ctx: t.Context(), stdout: &stdout, stderr: &stderr, getenv: os.Getenv, now: func() time.Time { return sampleEnd }}
			require.Equal(t, exitOK, e.run(append([]string{"telemetry", "--postgres", at, "--format", "jsonl"}, args...)), stderr.String())
			require.Equal(t, some, lines(t, stdout.String()))
		})
	}
}

func TestTelemetryFormats(t *testing.T) {
	t.Parallel()
	at := sampleDatabase(t)
	want := sampleEvents(t, time.Time{})
	show := func(args ...string) string {
		t.Helper()
		r := command(t, append([]string{"telemetry", "--postgres", at, "--since", anything, "--until", "2026-01-01"}, args...)...)
		require.Equal(t, exitOK, r.code, r.stderr)
		require.Empty(t, r.stderr)
		require.NotContains(t, r.stdout, "\x1b")
		return r.stdout
	}
	table := show()
	require.Contains(t, table, "last paused")
	require.Contains(t, table, "150 tasks with builds later than 0001-01-01 00:00:00, as of 2026-01-01 00:00:00")
	require.Contains(t, table, "idle before the last pause")
	for _, e := range want {
		require.Contains(t, table, e.TaskID)
	}

	rows, err := csv.NewReader(strings.NewReader(show("--format", "csv"))).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, len(want)+1)
	require.Equal(t, "task_id", rows[0][0])
	for i, e := range want {
		require.Equal(t, e.TaskID, rows[i+1][0])
		require.Equal(t, e.LastPausedAt.Format(time.RFC3339Nano), rows[i+1][1])
		require.Equal(t, string(*e.PauseReason), rows[i+1][2])
		require.Equal(t, orEmpty(e.ActiveDurationMS, func(n int64) string { return strconv.FormatInt(n, 10) }), rows[i+1][8])
	}

	var out struct {
		telemetrySummary
		Events []telemetry.TaskEvent `json:"events"`
	}
	require.NoError(t, json.Unmarshal([]byte(show("--format", "json")), &out))
	require.Equal(t, want, out.Events)
	require.Equal(t, len(want), out.Tasks)
	sum := int64(0)
	for _, e := range want {
		if e.ActiveDurationMS != nil {
			sum += *e.ActiveDurationMS
		}
	}
	require.Equal(t, sum, out.Active.SumMS)

	r := command(t, "telemetry", "--postgres", at, "--since", "1h", "--until", "1990-01-01")
	require.Equal(t, exitOK, r.code, r.stderr)
	require.Contains(t, r.stdout, "150 tasks", "builds later than since, whatever until is")
	r = command(t, "telemetry", "--postgres", at, "--since", "1h", "--until", "2030-01-01")
	require.Equal(t, exitOK, r.code, r.stderr)
	require.Contains(t, r.stdout, "no task has builds in this time\n\n0 tasks")
}

// A time that JSON cannot represent is refused, with the id of the task.
func TestTelemetryOfFarTimes(t *testing.T) {
	t.Parallel()
	events := []telemetry.TaskEvent{{TaskID: "near"}, {TaskID: "far", LastPausedAt: new(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC))}}
	var out bytes.Buffer
	require.ErrorContains(t, writeLines(&out, events, idOf), "task far: ")
	require.Contains(t, eventsText(events, nil, term.Style{}), "10000-01-01 00:00:00")
	require.Contains(t, eventsText(events, nil, term.Style{}), "near  -")
}

func TestTelemetryRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args []string
		code int
		want string
	}{
		"no database": {[]string{"--since", "1h"}, exitUsage, "--postgres"},
		"no since":    {[]string{"--postgres", "postgres://x"}, exitUsage, "--since"},
		"since is no time": {
			[]string{"--postgres", "postgres://x", "--since", "noon"}, exitUsage, `--since is "noon": it must be a time such as`,
		},
		"until is no time": {[]string{"--postgres", "postgres://x", "--since", "1h", "--until", "noon"}, exitUsage, `--until is "noon"`},
		"an empty window":  {[]string{"--postgres", "postgres://x", "--since", "0s"}, exitUsage, "it must be before --until"},
		"times swapped": {
			[]string{"--postgres", "postgres://x", "--since", "2024-01-02", "--until", "2024-01-01"},
			exitUsage,
			"it must be before --until, which is 2024-01-01T00:00:00Z",
		},
		"an unknown format": {[]string{"--postgres", "postgres://x", "--since", "1h", "--format", "xml"}, exitUsage, "xml"},
		"a broken URL":      {[]string{"--postgres", "postgres://:x", "--since", "1h"}, exitUsage, "--postgres"},
		"nobody there":      {[]string{"--postgres", "postgres://reader:secret@localhost:1/x", "--since", "1h"}, exitFailure, "connect"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := command(t, append([]string{"telemetry"}, c.args...)...)
			require.Equal(t, c.code, r.code, r.stderr)
			require.Contains(t, r.stderr, c.want)
			require.NotContains(t, r.stderr, "secret")
			require.Empty(t, r.stdout)
		})
	}
}

// The names of tasks stand beside their ids, safe to print. They need no more rights than the
// events: without the right to read users, those of the owners are left out.
func TestTelemetryNames(t *testing.T) {
	t.Parallel()
	at := pgtest.URL(t)
	db, err := pgdb.Open(t.Context(), at, pgdb.Options{})
	require.NoError(t, err)
	task := tasktest.New(t, db).Active(func(p *tasktwin.InsertTaskParams) { p.Name = "fix \x1b[2Jdocs" })
	require.NoError(t, db.Close())
	execute(t, at, `UPDATE users SET username = 'ada'`)
	role := newRole(t, at)
	for _, table := range []string{"tasks", "workspace_builds", "task_workspace_apps", "workspace_app_statuses"} {
		execute(t, at, `GRANT SELECT ON `+table+` TO "`+role+`"`)
	}
	readable := with(t, at, url.UserPassword(role, "reads"))
	show := func(at, format string) string {
		r := command(t, "telemetry", "--postgres", at, "--since", anything, "--format", format)
		require.Equal(t, exitOK, r.code, r.stderr)
		return r.stdout
	}
	const name = `"fix \x1b[2Jdocs"`
	require.Regexp(t, regexp.QuoteMeta(name)+` +ada +`+task.ID.String(), show(at, "table"))
	require.Regexp(t, regexp.QuoteMeta(name)+` +- +`+task.ID.String(), show(readable, "table"))
	execute(t, at, `GRANT SELECT (id) ON users TO "`+role+`"`)
	require.Regexp(t, regexp.QuoteMeta(name)+` +- +`+task.ID.String(), show(readable, "table"))
	execute(t, at, `GRANT SELECT (username) ON users TO "`+role+`"`)
	require.Regexp(t, regexp.QuoteMeta(name)+` +ada +`+task.ID.String(), show(readable, "table"))

	require.Contains(t, show(at, "jsonl"), `,"task_name":"fix \u001b[2Jdocs"}`)
	require.Contains(t, show(at, "json"), `"task_name": "fix \u001b[2Jdocs"`)
	rows, err := csv.NewReader(strings.NewReader(show(at, "csv"))).ReadAll()
	require.NoError(t, err)
	require.Equal(t, "task_name", rows[0][9])
	require.Equal(t, "fix \x1b[2Jdocs", rows[1][9])
}
