package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/pgtest"
)

// outputs are the commands that write a file, with their flag and input. IN and
// OUT stand for the files.
var outputs = []struct {
	flag string
	log  bool // the input is a log, otherwise a program
	args []string
}{
	{"--output", true, []string{"dump", "--log", "IN", "-o", "OUT"}},
	{"--output", true, []string{"dump", "--log", "IN", "--output", "OUT", "--json"}},
	{"--output", true, []string{"report", "--log", "IN", "-o", "OUT"}},
	{"--events", true, []string{"replay", "IN", "--events", "OUT"}},
	{"--report", true, []string{"simulate", "--log", "IN", "--report", "OUT"}},
	{"--report", true, []string{"sweep", "--log", "IN", "--report", "OUT", "--idle-timeout", "1h"}},
	{"--save", false, []string{"parity", "--program", "IN", "--save", "OUT", "--postgres", "host=/nonexistent"}},
}

func replaced(args []string, in, out string) []string {
	of := map[string]string{"IN": in, "OUT": out}
	made := make([]string, len(args))
	for i, arg := range args {
		made[i] = arg
		if path, ok := of[arg]; ok {
			made[i] = path
		}
	}
	return made
}

// input writes a log or a program to a file and returns its path.
func input(t *testing.T, log bool) (path, text string) {
	t.Helper()
	text = "case_id,activity,start,end\n1,a,2024-01-01,2024-01-02\n"
	if !log {
		text = generate(1, "", 20).String()
	}
	path = filepath.Join(t.TempDir(), "input")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path, text
}

// An input file is never replaced, whatever name the output has.
func TestOutputsNeverReplaceInputs(t *testing.T) {
	t.Parallel()
	cwd, err := os.Getwd()
	require.NoError(t, err)
	for name, names := range map[string]func(t *testing.T, path string) (in, out string){
		"the same": func(_ *testing.T, path string) (in, out string) { return path, path },
		"not clean": func(_ *testing.T, path string) (in, out string) {
			return path, filepath.Dir(path) + "/./x/../" + filepath.Base(path)
		},
		"relative out": func(t *testing.T, path string) (in, out string) { return path, relative(t, cwd, path) },
		"relative in":  func(t *testing.T, path string) (in, out string) { return relative(t, cwd, path), path },
		"a link as the output": func(t *testing.T, path string) (in, out string) {
			require.NoError(t, os.Symlink("input", path+".link"))
			return path, path + ".link"
		},
		"a link as the input": func(t *testing.T, path string) (in, out string) {
			require.NoError(t, os.Symlink(path, path+".link"))
			return path + ".link", path
		},
		"a link to the folder": func(t *testing.T, path string) (in, out string) {
			dir := filepath.Join(t.TempDir(), "dir")
			require.NoError(t, os.Symlink(filepath.Dir(path), dir))
			return path, filepath.Join(dir, "input")
		},
		"a hard link": func(t *testing.T, path string) (in, out string) {
			require.NoError(t, os.Link(path, path+".hard"))
			return path, path + ".hard"
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, o := range outputs {
				path, text := input(t, o.log)
				require.NoError(t, os.Mkdir(filepath.Join(filepath.Dir(path), "x"), 0o700))
				in, out := names(t, path)
				r := command(t, replaced(o.args, in, out)...)
				require.Equal(t, text, string(readFile(t, path)), o.args)
				require.Equal(t, exitUsage, r.code, "%v: %s", o.args, r.stderr)
				require.Contains(t, r.stderr, o.flag+` is "`+out+`": that is the `)
				require.Empty(t, r.stdout)
			}
		})
	}
}

func relative(t *testing.T, from, path string) string {
	t.Helper()
	rel, err := filepath.Rel(from, path)
	require.NoError(t, err)
	return rel
}

// The output is checked before any work is done, even before reading the input.
func TestOutputsAreCheckedFirst(t *testing.T) {
	t.Parallel()
	bad := logFile(t, "no log")
	for _, o := range outputs {
		if o.log {
			r := command(t, replaced(o.args, bad, bad)...)
			require.Contains(t, r.stderr, "which would be lost")
			r = command(t, replaced(o.args, bad, filepath.Join(bad, "x"))...)
			require.Equal(t, exitFailure, r.code)
			require.Contains(t, r.stderr, o.flag+": ")
		}
	}
}

// Pages, events, dumps and programs are readable only by their owner, and a
// narrower mode of an existing file is kept.
func TestOutputsAreTheirOwners(t *testing.T) {
	t.Parallel()
	for _, o := range outputs {
		in, _ := input(t, o.log)
		args := replaced(o.args, in, "OUT")
		for old, want := range map[fs.FileMode]fs.FileMode{0: 0o600, 0o644: 0o600, 0o600: 0o600, 0o400: 0o400, 0o444: 0o400} {
			out := filepath.Join(t.TempDir(), "out")
			if old != 0 {
				require.NoError(t, os.WriteFile(out, []byte("before"), 0o600))
				require.NoError(t, os.Chmod(out, old))
			}
			if !o.log {
				args[len(args)-1] = pgtest.URL(t)
			}
			r := command(t, replaced(args, "", out)...)
			require.Equal(t, exitOK, r.code, r.stderr)
			info, err := os.Stat(out)
			require.NoError(t, err)
			require.Equal(t, want, info.Mode(), "%v, from %v", args, old)
			require.NotEqual(t, "before", string(readFile(t, out)))
			require.Len(t, filesIn(t, filepath.Dir(out)), 1)
		}
	}
}

// An empty file name differs from a flag that is not given.
func TestEmptyNamesAreRefused(t *testing.T) {
	t.Parallel()
	for _, o := range outputs {
		in, _ := input(t, o.log)
		r := command(t, replaced(o.args, in, "")...)
		require.Equal(t, exitUsage, r.code, o.args)
		require.Contains(t, r.stderr, o.flag+` is "": it must be the name of a file`)
		require.Empty(t, r.stdout)
	}
	for _, args := range [][]string{
		{"load", "x", "--postgres", ""},
		{"parity", "--ops", "1", "--postgres="},
		{"telemetry", "--since", "1d", "--postgres", ""},
		{"simulate", "--log", ""},
		{"simulate", "--store", ""},
	} {
		r := command(t, args...)
		require.Equal(t, exitUsage, r.code, "%v: %s", args, r.stdout)
		require.Contains(t, r.stderr, `is "": it must be `)
	}
}

// If the output is a link, the link stays and its target is replaced.
func TestOutputThroughALink(t *testing.T) {
	t.Parallel()
	for _, o := range outputs {
		if !o.log {
			continue
		}
		in, _ := input(t, o.log)
		dir := t.TempDir()
		require.NoError(t, os.Mkdir(filepath.Join(dir, "real"), 0o700))
		link, file := filepath.Join(dir, "link"), filepath.Join(dir, "real", "out")
		require.NoError(t, os.Symlink("real/out", link)) // its target does not exist yet
		for range 2 {
			r := command(t, replaced(o.args, in, link)...)
			require.Equal(t, exitOK, r.code, r.stderr)
			to, err := os.Readlink(link)
			require.NoError(t, err)
			require.Equal(t, "real/out", to)
			info, err := os.Lstat(file)
			require.NoError(t, err)
			require.True(t, info.Mode().IsRegular())
			require.Positive(t, info.Size())
		}
	}
}

// Errors name the path that the user gave.
func TestOutputErrorsNameTheFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	paths := map[string]string{
		filepath.Join(dir, "absent", "x"): "no such file or directory",
		dir:                               "is not a regular file",
		os.DevNull:                        "is not a regular file",
		filepath.Join(sample, "x"):        "not a directory",
	}
	if runtime.GOOS == "linux" {
		paths["/proc/x"] = "no such file or directory"
	}
	for _, o := range outputs {
		in, _ := input(t, o.log)
		for path, want := range paths {
			r := command(t, replaced(o.args, in, path)...)
			require.Equal(t, exitFailure, r.code)
			require.Contains(t, r.stderr, o.flag+": ")
			require.Contains(t, r.stderr, path)
			require.Contains(t, r.stderr, want)
			require.NotContains(t, r.stderr, ".tasktwin-")
		}
	}
	require.Empty(t, filesIn(t, dir))
}

// Standard output is checked like other outputs.
func TestStandardOutputIsNoOtherFile(t *testing.T) {
	t.Parallel()
	path, text := input(t, true)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"dump", "--log", sample, "-o", path}, `--output is "` + path + `": that is the standard output`},
		{[]string{"simulate", "--tasks", "1", "--report", path}, `--report is "` + path + `": that is the standard output`},
		{[]string{"dump", "--log", path, "-o", "-"}, `the standard output is "` + path + `": that is the event log`},
		{[]string{"report", "--log", path, "-o", "-"}, `the standard output is "` + path + `": that is the event log`},
	} {
		stdout, err := os.OpenFile(path, os.O_RDWR, 0)
		require.NoError(t, err)
		var stderr bytes.Buffer
		require.Equal(t, exitUsage, run(t.Context(), c.args, stdout, &stderr), stderr.String())
		require.NoError(t, stdout.Close())
		require.Contains(t, stderr.String(), c.want)
		require.Equal(t, text, string(readFile(t, path)))
	}
}
