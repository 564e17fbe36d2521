package main

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
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
		program, err := generate(t.Context(), 1, "", 20)
		require.NoError(t, err)
		text = program.String()
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

// --mode gives exactly the permissions that it says, whatever those of the old file
// and the process's umask are.
func TestModeOfOutputs(t *testing.T) {
	t.Parallel()
	for _, o := range outputs {
		in, _ := input(t, o.log)
		args := replaced(o.args, in, "OUT")
		for mode, want := range map[string]fs.FileMode{"0644": 0o644, "640": 0o640, "0600": 0o600, "0444": 0o444} {
			if !o.log {
				args[len(args)-1] = pgtest.URL(t)
			}
			out := filepath.Join(t.TempDir(), "out")
			require.NoError(t, os.WriteFile(out, []byte("before"), 0o400))
			r := command(t, append(replaced(args, "", out), "--mode", mode)...)
			require.Equal(t, exitOK, r.code, r.stderr)
			info, err := os.Stat(out)
			require.NoError(t, err)
			require.Equal(t, want, info.Mode(), args)
		}
		for mode, want := range map[string]string{
			"4755": "without the set-user-ID", "2644": "without the set-user-ID", "1777": "without the set-user-ID",
			"rw-r--r--": "octal number", "0888": "octal number", "0x1a4": "octal number", "-1": "octal number",
			"77777": "octal number", "": "octal number", "644 bytes": "octal number", "0_644": "octal number",
		} {
			out := filepath.Join(t.TempDir(), "out")
			r := command(t, append(replaced(o.args, in, out), "--mode="+mode)...)
			require.Equal(t, exitUsage, r.code, mode)
			require.Contains(t, r.stderr, `--mode is "`+mode+`": it must be `)
			require.Contains(t, r.stderr, want)
			require.NoFileExists(t, out)
		}
	}
	for _, args := range [][]string{
		{"replay", sample},
		{"simulate", "--tasks", "1"},
		{"sweep", "--tasks", "1"},
		{"parity", "--ops", "1", "--postgres", "host=/nonexistent"},
		{"dump", "--log", sample, "-o", "-"},
		{"report", "--log", sample, "-o", "-"},
	} {
		r := command(t, append(args, "--mode", "0644")...)
		require.Equal(t, exitUsage, r.code, args)
		require.Contains(t, r.stderr, `--mode is "0644": it requires --`)
		require.Empty(t, r.stdout)
	}
}

// A file that cannot be written to its end is not left, and the old one stays.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("there is no ulimit")
	}
	self, err := os.Executable()
	require.NoError(t, err)
	for _, o := range outputs {
		if !o.log {
			continue
		}
		out := filepath.Join(t.TempDir(), "out")
		require.NoError(t, os.WriteFile(out, []byte("before"), 0o600))
		limited := []string{"-c", `ulimit -f 1 && exec "$0" "$@"`, self}
		cmd := exec.CommandContext(t.Context(), "sh", append(limited, replaced(o.args, sample, out)...)...)
		cmd.Env = append(os.Environ(), runMain+"=1")
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		var exit *exec.ExitError
		require.ErrorAs(t, cmd.Run(), &exit, "%v: %s", o.args, stderr.String())
		require.Equal(t, exitFailure, exit.ExitCode(), stderr.String())
		require.Contains(t, stderr.String(), "tasktwin: "+o.flag+": ")
		require.Contains(t, stderr.String(), "write "+out+": file too large\n")
		require.Equal(t, "before", string(readFile(t, out)))
		require.Len(t, filesIn(t, filepath.Dir(out)), 1)
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer full.Close()
	for _, args := range [][]string{
		{"dump", "--log", sample, "-o", "-"},
		{"report", "--log", sample, "-o", "-"},
		{"replay", sample},
		{"simulate", "--tasks", "1"},
		{"sweep", "--tasks", "1", "--params"},
		{"load", sampleDump(t)},
		{"completion", "bash"},
	} {
		var stderr bytes.Buffer
		require.Equal(t, exitFailure, run(t.Context(), args, full, &stderr), args)
		require.Contains(t, stderr.String(), "no space left on device")
	}
}
