package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/cmd/internal/output"
	"github.com/tasktwin/tasktwin/cmd/internal/packed"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/dumpfile"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/pgdb"
)

// sampleDump writes a dump of the sample log and returns its path.
func sampleDump(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sample.dump")
	r := command(t, "dump", "--log", sample, "--idle-timeout", "30m", "-o", path)
	require.Equal(t, exitOK, r.code, r.stderr)
	require.Empty(t, r.stderr)
	require.Regexp(t, ` rows of \d+ tables, content SHA-256 `, r.stdout)
	return path
}

// writeDump writes rows to a file.
func writeDump(ctx context.Context, path string, rows *tasktwin.Dump) (info *dumpfile.Info, err error) {
	file, err := output.New("--output", path)
	if err != nil {
		return nil, err
	}
	err = file.Write(ctx, func(w io.Writer) (err error) {
		info, err = packed.Write(ctx, w, rows, createdBy())
		return err
	})
	return info, err
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return data
}

func filesIn(t *testing.T, dir string) []os.DirEntry {
	t.Helper()
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	return files
}

// Rows go from memory to a file, to PostgreSQL, to a second file and back to
// memory.
func TestDumpAndLoad(t *testing.T) {
	t.Parallel()
	first := sampleDump(t)
	at := pgtest.URL(t)
	r := command(t, "load", first, "--postgres", at)
	require.Equal(t, exitOK, r.code, r.stderr)
	require.Contains(t, r.stdout, "loaded into PostgreSQL")
	require.Contains(t, r.stdout, "paused        149")

	second := filepath.Join(t.TempDir(), "second.dump")
	r = command(t, "dump", "--postgres", at, "-o", second, "--json")
	require.Equal(t, exitOK, r.code, r.stderr)
	var info dumpfile.Info
	require.NoError(t, json.Unmarshal([]byte(r.stdout), &info))
	require.Equal(t, readFile(t, first), readFile(t, second), "the same rows give the same bytes")
	stat, err := os.Stat(second)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), stat.Mode())

	r = command(t, "load", second, "--json")
	require.Equal(t, exitOK, r.code, r.stderr)
	var report struct {
		dumpfile.Info
		Statuses map[string]int `json:"statuses"`
	}
	require.NoError(t, json.Unmarshal([]byte(r.stdout), &report))
	require.Equal(t, info, report.Info)
	require.Equal(t, map[string]int{"active": 1, "paused": 149}, report.Statuses)

	r = command(t, "load", first, "--postgres", at)
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.stderr, "already has rows")
}

// A plain dump has the same rows, as text that package dumpfile reads.
func TestPlainDump(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sample.jsonl")
	r := command(t, "dump", "--log", sample, "--idle-timeout", "30m", "-o", path, "--plain", "--json")
	require.Equal(t, exitOK, r.code, r.stderr)
	rows, err := dumpfile.Read(bytes.NewReader(readFile(t, path)))
	require.NoError(t, err)
	want, info, err := packed.Read(t.Context(), bytes.NewReader(readFile(t, sampleDump(t))))
	require.NoError(t, err)
	require.Empty(t, parity.Compare(want, rows))
	var written dumpfile.Info
	require.NoError(t, json.Unmarshal([]byte(r.stdout), &written))
	require.Equal(t, info, &written)

	for _, args := range [][]string{{"load", path}, {"load", path, "--verify"}, {"load", path, "--postgres", pgtest.URL(t)}} {
		r := command(t, args...)
		require.Equal(t, exitOK, r.code, r.stderr)
		require.Contains(t, r.stdout, info.SHA256)
	}
	cut := readFile(t, path)
	require.NoError(t, os.WriteFile(path, cut[:len(cut)-1], 0o600))
	r = command(t, "load", path)
	require.Equal(t, exitFailure, r.code)
	require.Contains(t, r.stderr, path+": the dump is cut off")
}

func TestDumpThroughPipes(t *testing.T) {
	t.Parallel()
	path := sampleDump(t)
	r := command(t, "dump", "--log", sample, "--idle-timeout", "30m", "--output", "-")
	require.Equal(t, exitOK, r.code, r.stderr)
	require.Equal(t, string(readFile(t, path)), r.stdout)
	for _, arg := range []string{"--verify", "--json"} {
		var stdout, stderr bytes.Buffer
		e := &env{ctx: t.Context(), stdin: bytes.NewReader([]byte(r.stdout)), stdout: &stdout, stderr: &stderr, getenv: os.Getenv, now: time.Now}
		require.Equal(t, exitOK, e.run([]string{"load", "-", arg}), stderr.String())
		require.Contains(t, stdout.String(), "task_workspace_apps")
	}
}

// A dump is not written to a terminal, which would interpret some of its bytes as
// commands.
func TestDumpToATerminal(t *testing.T) {
	t.Parallel()
	master, terminal, err := pty.Open()
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, terminal.Close())
		require.NoError(t, master.Close())
	})
	var stderr bytes.Buffer
	require.Equal(t, exitUsage, run(t.Context(), []string{"dump", "--log", sample, "-o", "-"}, terminal, &stderr))
	require.Contains(t, stderr.String(), "is not written to a terminal")
}

// inSchema returns a dump whose header has another version of the schema.
func inSchema(t *testing.T, dump []byte, version int) []byte {
	t.Helper()
	const first, last = 24, 80 // the sizes of the frames around the content
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	require.NoError(t, err)
	defer dec.Close()
	content, err := dec.DecodeAll(dump[first:len(dump)-last], nil)
	require.NoError(t, err)
	content = bytes.Replace(content, fmt.Appendf(nil, `"schema":%d,`, dumpfile.Schema), fmt.Appendf(nil, `"schema":%d,`, version), 1)
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	require.NoError(t, err)
	out := enc.EncodeAll(content, bytes.Clone(dump[:first]))
	end := bytes.Clone(dump[len(dump)-last:])
	copy(end[last-65:], fmt.Sprintf("%x", sha256.Sum256(out)))
	return append(out, end...)
}

// A file that is damaged, truncated, newer or not a dump is refused with an error
// that says so, and nothing is loaded.
func TestLoadRefusesFiles(t *testing.T) {
	t.Parallel()
	good := readFile(t, sampleDump(t))
	at := pgtest.URL(t)
	db, err := pgdb.Open(t.Context(), at, pgdb.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"damaged": {append(append(bytes.Clone(good[:len(good)/2]), good[len(good)/2]^1), good[len(good)/2+1:]...), "the dump is damaged"},
		"cut off": {good[:len(good)-1], "the dump is cut off"},
		"longer":  {append(bytes.Clone(good), 0), "the dump is"},
		"newer": {
			bytes.Replace(good, []byte("tasktwin dump 1\n"), []byte("tasktwin dump 2\n"), 1),
			"the dump is of a newer format: it is in version 2, and this program reads up to version 1",
		},
		"not a dump":  {readFile(t, sample), "not a tasktwin dump"},
		"empty":       {nil, "the dump is cut off"},
		"one of bits": {good[:4], "the dump is cut off"},
		"newer schema": {
			inSchema(t, good, dumpfile.Schema+1),
			fmt.Sprintf("the dump was made by another schema (version %d): this tasktwin knows version %d", dumpfile.Schema+1, dumpfile.Schema),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "bad.dump")
			require.NoError(t, os.WriteFile(path, c.data, 0o600))
			for _, args := range [][]string{{"load", path}, {"load", path, "--verify"}, {"load", path, "--postgres", at}} {
				r := command(t, args...)
				require.Equal(t, exitFailure, r.code)
				require.Contains(t, r.stderr, path+": "+c.want)
				require.Empty(t, r.stdout)
			}
			rows, err := db.Dump(t.Context())
			require.NoError(t, err)
			none, err := memdb.New(memdb.Options{}).Dump(t.Context())
			require.NoError(t, err)
			require.Empty(t, parity.Compare(none, rows), "nothing was loaded")
		})
	}
}

// If the store refuses a row, no row is loaded.
func TestLoadRefusesRows(t *testing.T) {
	t.Parallel()
	rows, _, err := packed.Read(t.Context(), bytes.NewReader(readFile(t, sampleDump(t))))
	require.NoError(t, err)
	rows.TaskWorkspaceApps[len(rows.TaskWorkspaceApps)-1].WorkspaceAppID.UUID[0] ^= 1
	path := filepath.Join(t.TempDir(), "bad.dump")
	_, err = writeDump(t.Context(), path, rows)
	require.NoError(t, err)
	at := pgtest.URL(t)
	for _, args := range [][]string{{"load", path}, {"load", path, "--postgres", at}} {
		r := command(t, args...)
		require.Equal(t, exitFailure, r.code)
		require.Contains(t, r.stderr, path+": nothing was loaded: ")
		require.Contains(t, r.stderr, "task_workspace_apps_workspace_app_id_fkey")
		require.Empty(t, r.stdout)
	}
	r := command(t, "load", path, "--verify")
	require.Equal(t, exitOK, r.code, "the file is as it was written")
	r = command(t, "load", sampleDump(t), "--postgres", at)
	require.Equal(t, exitOK, r.code, "the database is empty: %s", r.stderr)
}

// A database of another program is neither loaded into nor migrated.
func TestLoadLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	at := sampleDatabase(t)
	readable, _ := foreign(t, at)
	path := sampleDump(t)
	for _, url := range []string{readable, with(t, at, nil, "search_path", "platform")} {
		r := command(t, "load", path, "--postgres", url)
		require.Equal(t, exitUsage, r.code, r.stderr)
		require.Contains(t, r.stderr, "has what tasktwin did not make: table organizations")
	}
	execute(t, at, failIfMigrated)
}

// The same holds for tables that only have the same names as ours.
func TestLoadLeavesOtherTablesAlone(t *testing.T) {
	t.Parallel()
	at := pgtest.URL(t)
	execute(t, at, `CREATE SCHEMA other`, `CREATE TABLE other.users (id int)`)
	other := with(t, at, nil, "search_path", "other")
	r := command(t, "load", sampleDump(t), "--postgres", other)
	require.Equal(t, exitUsage, r.code, r.stderr)
	require.Contains(t, r.stderr, "has what tasktwin did not make: table users")
	execute(t, at, `SELECT 1 / (to_regclass('other.tasktwin_db_version') IS NULL)::int`, `DROP TABLE other.users`)
	r = command(t, "load", sampleDump(t), "--postgres", other)
	require.Equal(t, exitOK, r.code, "a schema that is empty is filled: %s", r.stderr)
	execute(t, at, `SELECT 1 / (SELECT count(*) = 150 FROM other.tasks)::int`)
}

// Another program's tables may have additional columns, but rows with additional
// enum values cannot be dumped.
func TestDumpOfSomebodyElsesDatabase(t *testing.T) {
	t.Parallel()
	at := sampleDatabase(t)
	readable, _ := foreign(t, at)
	path := filepath.Join(t.TempDir(), "other.dump")
	r := command(t, "dump", "--postgres", readable, "-o", path)
	require.Equal(t, exitFailure, r.code)
	require.Contains(t, r.stderr, "table workspace_builds, row ")
	require.Contains(t, r.stderr, `column reason: "whim" is not a value of build_reason that tasktwin knows`)
	require.NoFileExists(t, path)

	execute(t, with(t, at, nil, "search_path", "platform"), `UPDATE workspace_builds SET reason = 'task_auto_pause' WHERE reason = 'whim'`)
	r = command(t, "dump", "--postgres", readable, "-o", path)
	require.Equal(t, exitFailure, r.code)
	require.Contains(t, r.stderr, `column state: "waiting" is not a value of workspace_app_status_state that tasktwin knows`)

	execute(t, with(t, at, nil, "search_path", "platform"), `UPDATE workspace_app_statuses SET state = 'idle' WHERE state = 'waiting'`)
	for _, mode := range []string{"cache_statement", "simple_protocol"} {
		r = command(t, "dump", "--postgres", with(t, readable, nil, "default_query_exec_mode", mode), "-o", path)
		require.Equal(t, exitOK, r.code, r.stderr)
		want := readFile(t, sampleDumpUntil(t))
		require.Equal(t, want, readFile(t, path))
	}
}

// Infinite times are refused, with the table and the column.
func TestDumpOfInfiniteTimes(t *testing.T) {
	t.Parallel()
	at := sampleDatabase(t)
	execute(t, at, `UPDATE users SET updated_at = 'infinity'`)
	r := command(t, "dump", "--postgres", at, "-o", filepath.Join(t.TempDir(), "x.dump"))
	require.Equal(t, exitFailure, r.code)
	require.Regexp(t, "users: .*updated_at.*Infinity", r.stderr)
}

// sampleDumpUntil returns a dump of the rows of sampleDatabase.
func sampleDumpUntil(t *testing.T) string {
	t.Helper()
	db := memdb.New(memdb.Options{})
	replaySample(t, db)
	rows, err := db.Dump(t.Context())
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "until.dump")
	info, err := writeDump(t.Context(), path, rows)
	require.NoError(t, err)
	require.Len(t, info.Tables, reflect.TypeFor[tasktwin.Dump]().NumField())
	return path
}

func TestLoadThroughAPooler(t *testing.T) {
	t.Parallel()
	at := pgtest.URL(t)
	r := command(t, "load", sampleDump(t), "--postgres", with(t, at, nil, "default_query_exec_mode", "simple_protocol"))
	require.Equal(t, exitOK, r.code, r.stderr)
}

// An existing file stays unchanged until the new one is complete.
func TestDumpIsAllOrNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "x.dump")
	require.NoError(t, os.WriteFile(path, []byte("before"), 0o600))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stdout, stderr bytes.Buffer
	require.Equal(t, exitSignal+int(syscall.SIGINT), run(ctx, []string{"dump", "--log", sample, "-o", path}, &stdout, &stderr))
	require.Equal(t, "tasktwin: interrupted\n", stderr.String())
	require.Equal(t, "before", string(readFile(t, path)))
	require.Len(t, filesIn(t, dir), 1)

	r := command(t, "dump", "--log", sample, "-o", path)
	require.Equal(t, exitOK, r.code, r.stderr)
	r = command(t, "load", path, "--verify")
	require.Equal(t, exitOK, r.code, r.stderr)

	r = command(t, "dump", "--log", sample, "-o", filepath.Join(dir, "absent", "x.dump"))
	require.Equal(t, exitFailure, r.code)
	require.Contains(t, r.stderr, "--output: ")
	r = command(t, "dump", "--log", sample, "-o", os.DevNull)
	require.Equal(t, exitFailure, r.code)
	require.Contains(t, r.stderr, "is not a regular file")
}

func TestDumpAndLoadUsage(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args []string
		code int
		want string
	}{
		"no source":   {[]string{"dump", "-o", "x"}, exitUsage, "--postgres"},
		"two sources": {[]string{"dump", "-o", "x", "--log", sample, "--postgres", "postgres://x"}, exitUsage, "--postgres and --log"},
		"no output":   {[]string{"dump", "--log", sample}, exitUsage, "--output"},
		"timeout of database": {
			[]string{"dump", "-o", "x", "--postgres", "postgres://x", "--idle-timeout", "1m"}, exitUsage, "--idle-timeout requires --log",
		},
		"negative timeout": {[]string{"dump", "-o", "x", "--log", sample, "--idle-timeout=-1m"}, exitUsage, "--idle-timeout is -1m0s"},
		"no log":           {[]string{"dump", "-o", "x", "--log", "absent.csv"}, exitFailure, "absent.csv"},
		"no file":          {[]string{"load"}, exitUsage, "<file>"},
		"an absent file":   {[]string{"load", "absent.dump"}, exitFailure, "open absent.dump: no such file"},
		"a folder":         {[]string{"load", "testdata"}, exitFailure, "testdata is a folder: give a file"},
		"two places":       {[]string{"load", "x", "--verify", "--postgres", "postgres://x"}, exitUsage, "--verify"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := command(t, c.args...)
			require.Equal(t, c.code, r.code, r.stderr)
			require.Contains(t, r.stderr, c.want)
			require.NoFileExists(t, "x")
		})
	}
}
