package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/pgdb"
)

// logWith writes a log of good rows followed by others, and returns its path.
func logWith(t *testing.T, good int, others ...string) string {
	t.Helper()
	lines := []string{"case_id,activity,actor,start,end"}
	for i := range good {
		at := time.Date(2024, 1, 1, 0, i, 0, 0, time.UTC)
		lines = append(lines, fmt.Sprintf("%d,a,ada,%s,%s", i%7, at.Format(time.RFC3339), at.Add(time.Second).Format(time.RFC3339)))
	}
	return logFile(t, append(lines, others...)...)
}

// refusedLogs are logs that every command refuses, with a part of the error.
var refusedLogs = map[string]struct {
	good  int
	rows  []string
	wants []string
}{
	"names that are not UTF-8": {
		200,
		[]string{"m,a,Mich\xe8le,2024-02-01T00:00:00Z,", "n,a,Mich\xe8le,2024-02-01T00:00:00Z,"},
		[]string{"line 202, byte 9: byte 0xE8 is not UTF-8 (2 of 203 lines have such bytes)", `"Michčle" in windows-1250`, "--encoding"},
	},
	"rows that end before their start": {
		100,
		[]string{"1,b,ada,2024-01-02T00:00:00Z,2024-01-01", "2,b,ada,2024-01-02T00:00:00Z,2024-01-01"},
		[]string{"2 of 102 rows (1.96 %) cannot be used", "2 end before start (first: line 102: 2024-01-01 is before 2024-01-02T"},
	},
	"rows without a start": {
		50,
		[]string{"1,b,ada,,", "2,b,ada,NULL,0000-00-00 00:00:00"},
		[]string{"2 of 52 rows (3.85 %) cannot be used", `2 missing start (first: line 52: column "start" is empty, column "end" is empty)`},
	},
	"all rows without a start": {
		0,
		[]string{"1,b,ada,,"},
		[]string{"1 of 1 rows (100 %) cannot be used: 1 missing start (first: line 2"},
	},
	"a day number": {
		50,
		[]string{"1,b,ada,45352.375,"},
		[]string{`1 unreadable time (first: line 52: column "start": "45352.375" is not a time: it looks like a spreadsheet's day number, 2024-`},
	},
	"day numbers only": {
		0,
		[]string{"1,b,ada,45352,45353", "1,b,ada,45353,45354"},
		[]string{`column "start"`, `"45352" is not a time: it looks like a spreadsheet's day number, 2024-03-01 00:00:00`},
	},
	"no work": {
		0,
		[]string{"1,a,ada,2024-01-01,", "1,b,ada,2024-01-02,2024-01-02"},
		[]string{"none of the 2 rows is work", "--allow-no-work"},
	},
	"UTF-16": {
		0,
		[]string{"\x00"},
		[]string{"line 2, byte 1: a NUL byte is not text"},
	},
}

// Every command refuses such a log before it prints or writes anything.
func TestBadLogsAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range refusedLogs {
		log := logWith(t, c.good, c.rows...)
		dir := t.TempDir()
		out := filepath.Join(dir, "out")
		for _, args := range [][]string{
			{"replay", log},
			{"replay", log, "--json"},
			{"replay", log, "--events", out},
			{"replay", log, "--parity"},
			{"report", "--log", log, "-o", out},
			{"report", "--log", log, "-o", "-"},
			{"dump", "--log", log, "-o", out},
			{"dump", "--log", log, "-o", "-"},
			{"simulate", "--log", log, "--report", out},
			{"simulate", "--log", log, "--params"},
			{"sweep", "--log", log, "--json", "--report", out},
		} {
			t.Run(name+"/"+args[0], func(t *testing.T) {
				t.Parallel()
				r := command(t, args...)
				require.Equal(t, exitFailure, r.code, "%v: %s", args, r.stderr)
				require.Empty(t, r.stdout)
				require.True(t, strings.HasPrefix(r.stderr, "tasktwin: "+log+": "), r.stderr)
				require.Equal(t, 1, strings.Count(r.stderr, "\n"), r.stderr)
				for _, want := range c.wants {
					require.Contains(t, r.stderr, want)
				}
				require.NoFileExists(t, out)
			})
		}
	}
}

// If a log is refused, nothing of it is left in the database.
func TestBadLogsLeaveNothingInPostgres(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	for name, c := range refusedLogs {
		for _, command := range []func(log string) result{
			func(log string) result { return command(t, "replay", log, "--store", url) },
			func(log string) result { return command(t, "simulate", "--log", log, "--store", url) },
		} {
			r := command(logWith(t, c.good, c.rows...))
			require.Equal(t, exitFailure, r.code, "%s: %s", name, r.stderr)
			require.Empty(t, r.stdout)
		}
	}
	db, err := pgdb.Open(t.Context(), url, pgdb.Options{})
	require.NoError(t, err)
	defer db.Close()
	rows, err := db.Dump(t.Context())
	require.NoError(t, err)
	require.Empty(t, rows.Organizations)
	require.Empty(t, rows.Users)
	require.Empty(t, rows.Tasks)
	require.Empty(t, rows.WorkspaceAppStatuses)
}

// Invalid bytes, and a log without work, are refused with --skip-bad, too.
func TestSkipBadSkipsBadRowsOnly(t *testing.T) {
	t.Parallel()
	for name, c := range refusedLogs {
		good := max(c.good, 1)
		if name == "no work" {
			good = 0
		}
		r := command(t, "replay", logWith(t, good, c.rows...), "--skip-bad")
		if strings.Contains(name, "UTF") || name == "no work" {
			require.Equal(t, exitFailure, r.code, name)
			require.Empty(t, r.stdout)
			continue
		}
		require.Equal(t, exitOK, r.code, "%s: %s", name, r.stderr)
		require.Contains(t, r.stdout, " skipped: ")
	}
}

// A log of instants is read if that is asked for.
func TestAllowNoWork(t *testing.T) {
	t.Parallel()
	log := logFile(t, "case_id,activity,time", "1,a,2024-01-01", "1,b,2024-01-02")
	out := filepath.Join(t.TempDir(), "out")
	for _, args := range [][]string{
		{"replay", log},
		{"report", "--log", log, "-o", out},
		{"dump", "--log", log, "-o", out},
		{"simulate", "--log", log},
		{"sweep", "--log", log},
	} {
		r := command(t, args...)
		require.Equal(t, exitFailure, r.code, args)
		require.Contains(t, r.stderr, "none of the 2 rows is work")
		r = command(t, append(args, "--allow-no-work")...)
		require.Equal(t, exitOK, r.code, r.stderr)
	}
	require.Equal(t, exitUsage, command(t, "simulate", "--allow-no-work").code)
}

func TestTimezones(t *testing.T) {
	t.Parallel()
	log := logFile(t, "case,activity,start,end", "1,a,2024-07-01 12:00 MESZ,2024-07-01 12:30 MESZ")
	r := command(t, "replay", log, "--timezone", "Europe/Berlin")
	require.Equal(t, exitOK, r.code, r.stderr)
	require.Contains(t, r.stdout, "until 2024-07-01T10:30:00Z")
	r = command(t, "replay", log)
	require.Equal(t, exitFailure, r.code)
	require.Contains(t, r.stderr, `the time zone "MESZ" is not known, write an offset such as +02:00, or name the place with --timezone`)
	require.Equal(t, exitUsage, command(t, "replay", log, "--timezone", "MESZ").code)
	require.Equal(t, exitUsage, command(t, "sweep", "--timezone", "UTC").code)
}

// A log in another encoding is read if the encoding is clear or given.
func TestEncodings(t *testing.T) {
	t.Parallel()
	log := logWith(t, 3, "m,a,M\xfcller,2024-02-01T00:00:00Z,")
	for _, args := range [][]string{{"replay", log}, {"replay", log, "--encoding", "windows-1252"}, {"simulate", "--log", log}} {
		r := command(t, args...)
		require.Equal(t, exitOK, r.code, r.stderr)
		guessed := !slices.Contains(args, "--encoding")
		require.Equal(t, guessed, strings.Contains(r.stdout, `it is read as windows-1252, such as "Müller" in`), r.stdout)
	}
	r := command(t, "replay", log, "--encoding", "utf-8")
	require.Equal(t, exitFailure, r.code)
	require.Contains(t, r.stderr, "line 5, byte 6: byte 0xFC is not UTF-8")
	r = command(t, "replay", log, "--encoding", "nonsense")
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.stderr, `"nonsense" is no encoding that is known`)
	require.Equal(t, exitUsage, command(t, "simulate", "--encoding", "utf-8").code)
}

// One bad row in a hundred is skipped and reported.
func TestFewBadRowsAreSkipped(t *testing.T) {
	t.Parallel()
	log := logWith(t, 198, ",b,ada,2024-01-01T00:00:00Z,", "1,b,ada,,")
	r := command(t, "replay", log, "--json")
	require.Equal(t, exitOK, r.code, r.stderr)
	require.Contains(t, r.stderr, log+": line 200: missing case: ")
	require.Contains(t, r.stderr, log+`: line 201: missing start: column "start" is empty, column "end" is empty: skipped`)
	type reason struct {
		Reason    string `json:"reason"`
		Rows      int    `json:"rows"`
		FirstLine int    `json:"first_line"`
	}
	var out struct {
		Skipped int      `json:"skipped"`
		Reasons []reason `json:"skipped_by_reason"`
	}
	require.NoError(t, json.Unmarshal([]byte(r.stdout), &out))
	require.Equal(t, 2, out.Skipped)
	require.Equal(t, []reason{{"missing case", 1, 200}, {"missing start", 1, 201}}, out.Reasons)

	require.Contains(t, command(t, "replay", log).stdout, " skipped: missing case 1 (first: line 200), missing start 1 (first: line 201)\n")

	for _, args := range [][]string{
		{"report", "--log", log, "-o", "-"},
		{"dump", "--log", log, "-o", filepath.Join(t.TempDir(), "x")},
		{"simulate", "--log", log},
		{"sweep", "--log", log},
	} {
		r := command(t, args...)
		require.Equal(t, exitOK, r.code, r.stderr)
		require.Contains(t, r.stderr, "line 200: missing case: ", args[0])
	}
}

// Ten bad rows are listed, and the others are counted.
func TestManyBadRowsDoNotFloodTheScreen(t *testing.T) {
	t.Parallel()
	log := logWith(t, 3, strings.Split(strings.Repeat("1,b,ada,,\n", 500)+"x", "\n")...)
	r := command(t, "replay", log, "--skip-bad")
	require.Equal(t, exitOK, r.code, r.stderr)
	require.Equal(t, 11, strings.Count(r.stderr, "\n"), r.stderr)
	require.True(t, strings.HasSuffix(r.stderr, log+": … and 491 more rows skipped\n"), r.stderr)
}

// Errors that quote a log contain no control characters for the terminal.
func TestErrorsOfLogsAreSafeToPrint(t *testing.T) {
	t.Parallel()
	log := logFile(t,
		"case_id,activity,start\x1b[2J,end\x1b[2J",
		"1,a,2024-01-01,", "\x1b[2J,a,\x1b[2J,", "1,a,2023-01-01,", "1,a,,", "1,a,2024-01-02,2024-01-01",
	)
	for _, flag := range []string{"--strict", "--skip-bad", "--now="} {
		r := command(t, "replay", log, flag, "--start", "start\x1b[2J", "--end", "end\x1b[2J")
		require.NotContains(t, r.stderr, "\x1b", flag)
	}
	name := filepath.Join(t.TempDir(), "\x1b[2J.csv")
	require.NoError(t, os.WriteFile(name, []byte("case_id,activity,start\n1,a,2024-01-01\n1,a,2023-01-01\n"), 0o600))
	for _, flag := range []string{"--strict", "--skip-bad"} {
		require.NotContains(t, command(t, "replay", name, flag).stderr, "\x1b", flag)
	}
}

// withInput runs a command with a standard input.
func withInput(t *testing.T, in io.Reader, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	e := &env{ctx: t.Context(), stdin: in, stdout: &stdout, stderr: &stderr, getenv: os.Getenv, now: time.Now}
	code := e.run(args)
	return result{code: code, stdout: stdout.String(), stderr: stderr.String()}
}

// A log may come from standard input or from a pipe, compressed or not. It is read
// again where a command needs it twice.
func TestLogFromAPipe(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(logWith(t, 5, "m,a,M\xfcller,2024-02-01T00:00:00Z,"))
	require.NoError(t, err)
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err = w.Write(text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	out := filepath.Join(t.TempDir(), "out")
	for _, content := range [][]byte{text, packed.Bytes()} {
		for _, args := range [][]string{
			{"replay", "-"},
			{"replay", "-", "--parity"},
			{"report", "--log", "-", "-o", out},
			{"dump", "--log", "-", "-o", out},
			{"simulate", "--log", "-"},
			{"sweep", "--log", "-"},
		} {
			r := withInput(t, iotest.OneByteReader(bytes.NewReader(content)), args...)
			require.Equal(t, exitOK, r.code, r.stderr)
			if args[0] == "replay" {
				require.Contains(t, r.stdout, "6 rows of 6 tasks")
			}
		}
		in, to, err := os.Pipe()
		require.NoError(t, err)
		go func() {
			_, _ = to.Write(content)
			_ = to.Close()
		}()
		r := command(t, "replay", fmt.Sprintf("/dev/fd/%d", in.Fd()))
		require.NoError(t, in.Close())
		require.Equal(t, exitOK, r.code, r.stderr)
		require.Contains(t, r.stdout, "6 rows of 6 tasks")
	}
	r := withInput(t, strings.NewReader("case,activity,start,end\n1,a,x,y\n"), "replay", "-")
	require.Equal(t, exitFailure, r.code)
	require.True(t, strings.HasPrefix(r.stderr, "tasktwin: standard input: --start: column "), r.stderr)
}

// The log is not replaced if it is standard input.
func TestLogOnStandardInputIsNotReplaced(t *testing.T) {
	t.Parallel()
	path := logWith(t, 5)
	in, err := os.Open(path)
	require.NoError(t, err)
	defer in.Close()
	r := withInput(t, in, "dump", "--log", "-", "-o", path)
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.stderr, "that is the event log, which would be lost")
}

// A header that cannot be used, and values, are not quoted in full.
func TestErrorsOfLogsAreShort(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 100_000)
	for name, lines := range map[string][]string{
		"a long name":      {long + ",activity", "1,2"},
		"many names":       {strings.Repeat("a name,", 10_000), "1,2"},
		"no separators":    {long + long},
		"a long time":      {"case,activity,start" + ",end", "1,a," + long + "," + long},
		"a long time name": {"case,activity,start " + long, "1,a,x"},
		"long values":      {"case,activity,start,end", "1,a,2024-01-01,2024-01-02", long + ",a," + long + "," + long},
		"a long XML name":  {"<" + long + "/>"},
	} {
		args := []string{"replay", logFile(t, lines...)}
		if name == "a long time name" {
			args = append(args, "--start", "start "+long)
		}
		r := command(t, args...)
		require.NotEqual(t, exitOK, r.code, name)
		require.NotContains(t, r.stderr, strings.Repeat("x", 201), name)
		require.Less(t, len(r.stderr), 1500, name)
	}
}

// The name of a file, or an argument, with control characters is escaped.
func TestNamesOfFilesAreSafeToPrint(t *testing.T) {
	t.Parallel()
	const name = "no\x1b[2J\u009bfile\xff.csv"
	for _, args := range [][]string{
		{"replay", name},
		{"simulate", "--log", name},
		{"load", name},
		{"replay", name, "--events", name},
		{"dump", "--log", name, "-o", name},
		{name},
		{"replay", "x", "--" + name},
		{"replay", "x", "--idle-timeout", name},
		{"replay", "x", "--encoding", name},
	} {
		r := command(t, args...)
		require.NotEqual(t, exitOK, r.code)
		require.NotContains(t, r.stderr, "\x1b", args)
		require.NotContains(t, r.stderr, "\u009b", args)
		require.True(t, utf8.ValidString(r.stderr), args)
	}
	require.Equal(t, `a\x1b[2J\u009b\xffü`+"\n\ufffd", escaped("a\x1b[2J\u009b\xffü\n\ufffd"))
}

func TestSpreadsheetsAreNoLogs(t *testing.T) {
	t.Parallel()
	r := command(t, "replay", logFile(t, "PK\x03\x04 and more"))
	require.Equal(t, exitFailure, r.code)
	require.Contains(t, r.stderr, "it is a ZIP file, which may be a spreadsheet (.xlsx): save it as CSV, or unpack it")
}
