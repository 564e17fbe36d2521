package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tasktwin/tasktwin/conformance/pgtest"
)

// runMain is an environment variable that makes the test binary act as the
// command.
const runMain = "TASKTWIN_TEST_RUN_MAIN"

// No goroutine may outlive the tests.
func TestMain(m *testing.M) {
	if os.Getenv(runMain) != "" {
		main()
	}
	code := pgtest.Run(m)
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

const sample = "testdata/support-tickets.csv"

// result is the result of running the command.
type result struct {
	code           int
	stdout, stderr string
}

func command(t *testing.T, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), args, &stdout, &stderr)
	return result{code, stdout.String(), stderr.String()}
}

// logFile writes an event log and returns its path.
func logFile(t *testing.T, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "log.csv")
	require.NoError(t, os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600))
	return path
}

func TestHelp(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"--help"}} {
		r := command(t, args...)
		require.Equal(t, exitOK, r.code)
		require.Contains(t, r.stdout, "replay")
		require.Contains(t, r.stdout, "parity")
	}
}

// A mistake in the arguments gives exit code 2 and an error that says what is
// wrong and what would be right.
func TestUsageErrors(t *testing.T) {
	t.Parallel()
	log := logFile(t, "case_id,activity,start,end", "1,a,2024-01-01,2024-01-02")
	for name, c := range map[string]struct {
		args []string
		want []string
	}{
		"no such command":   {[]string{"relay"}, []string{"relay", `did you mean "replay"`, "see tasktwin --help\n"}},
		"letters swapped":   {[]string{"simulaet"}, []string{`did you mean "simulate"`}},
		"no such flag":      {[]string{"parity", "--sed", "1"}, []string{"--sed", `did you mean "--seed"`, "see tasktwin parity --help\n"}},
		"a value of a flag": {[]string{"parity", "--ops", "0"}, []string{"see tasktwin parity --help\n"}},
		"a format": {
			[]string{"telemetry", "--postgres", "x", "--since", "1d", "--format", "jsno"},
			[]string{`did you mean "json"?`},
		},
		"colours":             {[]string{"load", "x", "--color", "nver"}, []string{`did you mean "never"?; see tasktwin load --help`}},
		"a log level":         {[]string{"load", "x", "--log-level", "wran"}, []string{`"wran"`, `did you mean "warn"?`}},
		"a shell":             {[]string{"completion", "bahs"}, []string{`did you mean "bash"?`}},
		"a preset":            {[]string{"parity", "--preset", "cascade"}, []string{`did you mean "cascade-heavy"?`}},
		"a policy":            {[]string{"simulate", "--policy", "adpative:0.9"}, []string{`did you mean "adaptive"?`}},
		"an order":            {[]string{"replay", log, "--date-order", "dym"}, []string{`"dmy"`}},
		"a store":             {[]string{"simulate", "--store", "memroy"}, []string{`did you mean "memory"?`}},
		"a parameter":         {[]string{"simulate", "--set", "work.medain=3m"}, []string{`did you mean "work.median"?`}},
		"no value":            {[]string{"parity", "--ops"}, []string{"tasktwin: --ops: its value is missing; see tasktwin parity --help"}},
		"a parameter's value": {[]string{"simulate", "--set", "turns=0"}, []string{"--set: turns is 0: it must be from 1 to 100000"}},
		"a column": {
			[]string{"replay", log, "--case", "case id"},
			[]string{`there is no column "case id"; did you mean "case_id"?`},
		},
		"two policies": {
			[]string{"simulate", "--policy", "never", "--idle-timeout", "1h"},
			[]string{"--policy and --idle-timeout can't be used together"},
		},
		"a timeout of 0": {
			[]string{"simulate", "--idle-timeout", "0"},
			[]string{`--idle-timeout is "0": to pause no task, it must be never`},
		},
		"no timeout": {
			[]string{"simulate", "--idle-timeout", "soon"},
			[]string{`--idle-timeout is "soon": it must be a duration such as 30m`},
		},
		"the size of a log":       {[]string{"simulate", "--log", log, "--tasks", "5"}, []string{"--log and --tasks can't be used together"}},
		"the days of a log":       {[]string{"sweep", "--days", "5", "--log", log}, []string{"--days and --log can't be used together"}},
		"a seed of a program":     {[]string{"parity", "--program", log, "--seed", "5"}, []string{"--program and --seed can't be used together"}},
		"ops is not a number":     {[]string{"parity", "--ops", "many"}, []string{"--ops", "many"}},
		"no operations":           {[]string{"parity", "--ops", "0"}, []string{"--ops is 0: it must be at least 1"}},
		"negative seed":           {[]string{"parity", "--seed", "-1"}, []string{"--seed", "-1"}},
		"no file":                 {[]string{"replay"}, []string{"<file>"}},
		"negative timeout":        {[]string{"replay", log, "--idle-timeout=-1s"}, []string{"--idle-timeout is -1s: it must not be negative"}},
		"timeout without a unit":  {[]string{"replay", log, "--idle-timeout", "30"}, []string{"--idle-timeout", "30"}},
		"unknown store":           {[]string{"replay", log, "--store", "mysql://x"}, []string{"--store", "memory", "postgres://"}},
		"parity on a store":       {[]string{"replay", log, "--parity", "--store", "postgres://x"}, []string{"--postgres instead of --store"}},
		"a URL without parity":    {[]string{"replay", log, "--postgres", "postgres://x"}, []string{"use --store"}},
		"now is not a time":       {[]string{"replay", log, "--now", "noon"}, []string{`--now is "noon"`, "2016-12-31T23:59:59Z"}},
		"unknown date order":      {[]string{"replay", log, "--date-order", "ymd"}, []string{"ymd", "dmy", "mdy"}},
		"strict and skip-bad":     {[]string{"replay", log, "--strict", "--skip-bad"}, []string{"--strict", "--skip-bad"}},
		"a column that is absent": {[]string{"replay", log, "--case", "Case"}, []string{`"Case"`, "case_id"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := command(t, c.args...)
			require.Equal(t, exitUsage, r.code, r.stderr)
			for _, want := range c.want {
				require.Contains(t, r.stderr, want)
			}
			require.Empty(t, r.stdout)
		})
	}
}

func TestReplaySample(t *testing.T) {
	t.Parallel()
	r := command(t, "replay", sample, "--idle-timeout", "30m")
	require.Equal(t, exitOK, r.code, r.stderr)
	require.Empty(t, r.stderr)
	for _, want := range []string{" tasks by ", "tasks by status", "pauses", "resumes", "longest pauses", "replayed in memory in"} {
		require.Contains(t, r.stdout, want)
	}
}

func TestReplayJSONAndEvents(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "events.jsonl")
	r := command(t, "replay", sample, "--idle-timeout", "30m", "--json", "--events", path)
	require.Equal(t, exitOK, r.code, r.stderr)
	var out struct {
		Tasks  int      `json:"tasks"`
		Pauses int      `json:"pauses"`
		Timing []timing `json:"timing"`
	}
	require.NoError(t, json.Unmarshal([]byte(r.stdout), &out))
	require.Equal(t, 150, out.Tasks)
	require.Positive(t, out.Pauses)
	require.Len(t, out.Timing, 1)

	lines := strings.Split(strings.TrimSpace(string(readFile(t, path))), "\n")
	require.Len(t, lines, 150)
	for _, line := range lines {
		require.True(t, json.Valid([]byte(line)), line)
	}
}

// The file of events is written atomically.
func TestEventsFileIsAllOrNothing(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "absent")
	r := command(t, "replay", sample, "--events", filepath.Join(dir, "events.jsonl"))
	require.Equal(t, exitFailure, r.code)
	require.Contains(t, r.stderr, "--events: ")
	require.NoDirExists(t, dir)

	dir = t.TempDir()
	bad := logFile(t, "case_id,activity,start,end", "1,a,2024-01-01,2024-01-02", ",b,2024-01-02,")
	r = command(t, "replay", bad, "--strict", "--events", filepath.Join(dir, "events.jsonl"))
	require.Equal(t, exitFailure, r.code)
	require.Empty(t, filesIn(t, dir))
}

func TestBadRowsAreReported(t *testing.T) {
	t.Parallel()
	log := logFile(t,
		"case_id,activity,start,end",
		"1,a,2024-01-01T00:00:00Z,2024-01-01T01:00:00Z",
		",b,2024-01-01T00:00:00Z,2024-01-01T01:00:00Z",
		"2,c,2024-01-01T02:00:00Z,2024-01-01T01:00:00Z",
		"2,d,soon,2024-01-01T01:00:00Z",
		"2,e",
	)
	r := command(t, "replay", log, "--skip-bad")
	require.Equal(t, exitOK, r.code, r.stderr)
	require.Contains(t, r.stdout, "4 rows skipped:")
	for _, line := range []string{"line 3", "line 4", "line 5", "line 6"} {
		require.Contains(t, r.stderr, line)
	}

	r = command(t, "replay", log, "--strict")
	require.Equal(t, exitFailure, r.code)
	require.Contains(t, r.stderr, "line 3")
	require.NotContains(t, r.stderr, "line 4")
}

// Reports contain no control characters of a log.
func TestReportsAreSafeToPrint(t *testing.T) {
	t.Parallel()
	log := logFile(t,
		"case_id,activity,start,end",
		"\x1b]0;owned\x07,a,2024-01-01T00:00:00Z,2024-01-01T01:00:00Z",
		"\x1b[2J,a,2024-01-02T00:00:00Z,\x1b[2J",
		"last,a,2024-02-01T00:00:00Z,2024-02-01T01:00:00Z",
	)
	r := command(t, "replay", log, "--idle-timeout", "1h", "--skip-bad")
	require.Equal(t, exitOK, r.code, r.stderr)
	require.Contains(t, r.stdout, "owned")
	require.NotContains(t, r.stdout+r.stderr, "\x1b")
}

func TestMissingFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, args := range [][]string{
		{"replay", dir}, {"load", dir}, {"sweep", "--log", dir}, {"parity", "--program", dir}, {"sweep", "merge", dir},
	} {
		r := command(t, args...)
		require.Equal(t, exitFailure, r.code)
		require.Contains(t, r.stderr, dir+" is a folder: give a file")
	}
	r := command(t, "replay", "absent.csv")
	require.Equal(t, exitFailure, r.code)
	require.Contains(t, r.stderr, "absent.csv")
}

func TestInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stdout, stderr bytes.Buffer
	require.Equal(t, exitSignal+int(syscall.SIGINT), run(ctx, []string{"replay", sample}, &stdout, &stderr))
	require.Equal(t, "tasktwin: interrupted\n", stderr.String())
	require.Empty(t, stdout.String())
}

func TestReplayParity(t *testing.T) {
	t.Parallel()
	r := command(t, "replay", sample, "--idle-timeout", "30m", "--parity", "--postgres", pgtest.URL(t))
	require.Equal(t, exitOK, r.code, r.stderr)
	require.Contains(t, r.stdout, " rows compared, 0 mismatches")
}

func TestReplayIntoPostgres(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	r := command(t, "replay", sample, "--store", url)
	require.Equal(t, exitOK, r.code, r.stderr)
	require.Contains(t, r.stdout, "replayed on PostgreSQL in")

	r = command(t, "replay", sample, "--store", url)
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.stderr, "already has rows")
}

func TestParity(t *testing.T) {
	t.Parallel()
	r := command(t, "parity", "--ops", "500", "--seed", "7", "--postgres", pgtest.URL(t))
	require.Equal(t, exitOK, r.code, r.stderr)
	require.Contains(t, r.stdout, "seed 7, ")
	require.Contains(t, r.stdout, ", 0 mismatches")
	require.Contains(t, r.stdout, "GetTelemetryTaskEvents")
	require.Contains(t, r.stdout, "accepted differences\n  a varchar too long in a read-only transaction ×")

	r = command(t, "parity", "--ops", "50", "--json", "--postgres", pgtest.URL(t))
	require.Equal(t, exitOK, r.code, r.stderr)
	require.True(t, json.Valid([]byte(r.stdout)))
}

// On one database, which cannot be emptied again, a program with a mismatch is not shrunk,
// and the report does not say that it was. The name of a program is safe to print.
func TestParityDoesNotShrinkOnOneDatabase(t *testing.T) {
	t.Parallel()
	program, err := generate(t.Context(), 1, "constraint-heavy", 2000)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "pro\x1b[2Jgram")
	require.NoError(t, os.WriteFile(path, []byte(program.String()), 0o600))
	// Foreign keys are not checked in this database.
	at := with(t, pgtest.URL(t), nil, "options", "-csession_replication_role=replica")
	r := command(t, "parity", "--program", path, "--postgres", at)
	require.Equal(t, exitFailure, r.code, r.stderr)
	require.Equal(t, "tasktwin: the engines differ\n", r.stderr)
	require.Contains(t, r.stdout, "MISMATCH: ")
	require.NotContains(t, r.stdout, "shrunk from")
	require.Contains(t, r.stdout, "The program was not shrunk, because each attempt needs an empty database")
	require.Regexp(t, `pro\\x1b\[2Jgram", \d+ operations`, r.stdout)
	require.Contains(t, r.stdout, `replay with: tasktwin parity --program "`)
	require.NotContains(t, r.stdout, "\x1b")
}

// Help texts fit 100 columns, end their sentences, and show each default and which flags
// exclude each other.
func TestHelpOfEachCommand(t *testing.T) {
	t.Parallel()
	var c cli
	parser, err := (&env{}).parser(&c, os.Exit)
	require.NoError(t, err)
	for _, node := range parser.Model.Leaves(true) {
		help := command(t, node.Name, "--help")
		require.Equal(t, exitOK, help.code)
		require.Empty(t, help.stderr)
		for line := range strings.Lines(help.stdout) {
			require.LessOrEqual(t, utf8.RuneCountInString(strings.TrimRight(line, "\n")), helpWidth, line)
		}
		text := strings.Join(strings.Fields(help.stdout), " ")
		for _, flag := range node.Flags {
			require.True(t, strings.HasSuffix(flag.Help, "."), "%s --%s: %s", node.Name, flag.Name, flag.Help)
			require.NotContains(t, flag.FormatPlaceHolder(), "STRING", "%s --%s", node.Name, flag.Name)
			if !flag.IsBool() {
				require.True(t, flag.Default == "" || strings.Contains(text, "Default: "+strings.ReplaceAll(flag.Default, ",", ", ")),
					"%s --%s", node.Name, flag.Name)
			}
			for _, other := range excluded(node, flag) {
				require.Regexp(t, `Not with [^.]*--`+other.Name+`\b`, text)
			}
		}
	}
	for command, usage := range map[string]string{
		"dump":      "dump (--postgres=URL | --log=FILE) --output=FILE [flags]",
		"report":    "report (--postgres=URL | --log=FILE) [flags]",
		"replay":    "replay <file> [flags]",
		"telemetry": "telemetry --postgres=URL --since=TIME [flags]",
		"simulate":  "simulate [flags]",
		"sweep":     "sweep [merge FILE ...] [flags]",
	} {
		require.True(t, strings.HasPrefix(commandHelp(t, command), "Usage: tasktwin "+usage+"\n"), command)
	}
	require.Regexp(t, `--idle-timeout=DURATION [^=]* Not with --policy\.`, strings.Join(strings.Fields(commandHelp(t, "simulate")), " "))
	require.Contains(t, strings.Join(strings.Fields(commandHelp(t, "certify")), " "), "Default: 2m.")
}

func commandHelp(t *testing.T, name string) string {
	t.Helper()
	return command(t, name, "--help").stdout
}
