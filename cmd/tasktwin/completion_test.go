package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/parity"
)

func completions(t *testing.T, typed ...string) []string {
	t.Helper()
	r := command(t, append([]string{completeCommand}, typed...)...)
	require.Equal(t, exitOK, r.code)
	require.Empty(t, r.stderr)
	var out []string
	for line := range strings.Lines(r.stdout) {
		word, _, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		out = append(out, word)
	}
	return out
}

func TestCompletions(t *testing.T) {
	t.Parallel()
	for line, want := range map[string][]string{
		"":                             nil,
		"tel":                          {"words", "telemetry"},
		"telemetry --fo":               {"words", "--format"},
		"telemetry --format ":          {"words", "table", "jsonl", "csv", "json"},
		"telemetry --format j":         {"words", "jsonl", "json"},
		"telemetry --format=j":         {"words", "--format=jsonl", "--format=json"},
		"telemetry --format csv --f":   {"words"},
		"telemetry --since --format j": {"words"}, // j is an argument: --format is the value of --since
		"telemetry -- --fo":            {"words"},
		"telemetry ":                   {"words"},
		"--color telemetry --fo":       {"words"}, // telemetry is the value of --color
		"--color=never telemetry --fo": {"words", "--format"},
		"--colo":                       {"words", "--color"},
		"--log-level ":                 {"words", "debug", "info", "warn", "error"},
		"--unknown tel":                {"words", "telemetry"},
		"--unknown=":                   {"words"},
		"dump -o ":                     {"files"},
		"dump -o x --l":                {"words", "--log-level", "--log", "--lifecycle"},
		"dump -ox --json --j":          {"words"},
		"dump --log=":                  {"files"},
		"load ":                        {"files"},
		"load x ":                      {"words"},
		"load --verify ":               {"files"},
		"replay ":                      {"files"},
		"replay x --date-order ":       {"words", "dmy", "mdy", "auto"},
		"parity --program ":            {"files"},
		"parity --check ":              {"words", "end"},
		"report --mode ":               {"words", "0600", "0640", "0644"},
		"replay --mo":                  {"words", "--mode"},
		"simulate --idle-timeout ":     {"words", "15m", "30m", "1h", "4h", "1d", "never"},
		"replay --idle-timeout=n":      {"words", "--idle-timeout=never"},
		"simulate --idle":              {"words", "--idle-timeout"},
		"cer":                          {"words", "certify"},
		"certify --p":                  {"words", "--postgres"},
		"certify --r":                  {"words", "--run"},
		"completion ":                  {"words", "bash", "fish", "zsh"},
		"completion -- ":               {"words", "bash", "fish", "zsh"},
	} {
		got := completions(t, strings.Split(line, " ")...)
		if want != nil {
			require.Equal(t, want, got, "%q", line)
		}
	}
	all := completions(t)
	require.Equal(t, all, completions(t, ""))
	for _, name := range []string{"replay", "parity", "certify", "telemetry", "dump", "load", "completion"} {
		require.Contains(t, all, name)
	}
	require.Contains(t, completions(t, "-"), "--help")
	require.NotContains(t, all, completeCommand)
}

// The lists in help texts and completions come from the code that defines the
// values.
func TestListsHaveEveryValue(t *testing.T) {
	t.Parallel()
	help := command(t, "parity", "--help").stdout
	want := []string{"words"}
	for _, preset := range parity.AllPresets() {
		if preset != parity.PresetMixed {
			want = append(want, string(preset))
			require.Contains(t, help, string(preset))
		}
	}
	require.Equal(t, want, completions(t, "parity", "--preset", ""))
	require.Equal(t, append([]string{"words"}, policyExamples()...), completions(t, "sweep", "--policy", ""))
	for _, example := range policyExamples() {
		_, err := parsePolicy("--policy", example)
		require.NoError(t, err)
	}
}

// The variables in tags exist, and a flag for a file has a completion for files.
func TestTagsAreComplete(t *testing.T) {
	t.Parallel()
	var c cli
	parser, err := (&env{}).parser(&c, os.Exit)
	require.NoError(t, err)
	files := 0
	for _, command := range parser.Model.Leaves(true) {
		for _, v := range command.Values() {
			placeholder := v.Tag.PlaceHolder
			if name, ok := strings.CutPrefix(v.Tag.Get("complete"), "${"); ok {
				require.NotEmpty(t, vars()[strings.TrimSuffix(name, "}")], "%s %s", command.Name, v.Name)
			}
			switch {
			case strings.Contains(placeholder, "FILE") || v.Name == "file":
				files++
				require.True(t, v.Tag.Get("complete") == "file" || v.Tag.Type == "existingfile", "%s %s", command.Name, v.Name)
			case placeholder == "URL" || placeholder == "TIME" || placeholder == "COLUMN":
				require.Empty(t, v.Tag.Get("complete"), "%s %s", command.Name, v.Name)
			}
		}
	}
	require.Greater(t, files, 5)
}

func TestNoScript(t *testing.T) {
	t.Parallel()
	r := command(t, "completion", "tcsh")
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.stderr, "bash")
}

// shell is an interactive shell, with the command in its PATH, on its own
// terminal.
type shell struct {
	t      *testing.T
	master *os.File
	out    *bufio.Reader
}

// startShell starts a shell that has loaded the script. It is stopped at the end
// of the test, or after two minutes.
func startShell(t *testing.T, name string, args ...string) *shell {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skip(err)
	}
	self, err := os.Executable()
	require.NoError(t, err)
	dir := t.TempDir()
	wrapper := "#!/bin/sh\n" + runMain + "=1 exec '" + self + "' \"$@\"\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "tasktwin"), []byte(wrapper), 0o700))
	for _, file := range []string{"first one.csv", "second.csv"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, file), nil, 0o600))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"), "PS1=", "TERM=dumb", "HOME="+dir, "ZDOTDIR="+dir)
	master, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 50, Cols: 400})
	require.NoError(t, err)
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait()
		require.NoError(t, master.Close())
	})
	return &shell{t, master, bufio.NewReader(master)}
}

func (s *shell) send(text string) {
	s.t.Helper()
	_, err := io.WriteString(s.master, text)
	require.NoError(s.t, err)
}

// readUntil returns the output up to and including end.
func (s *shell) readUntil(end string) string {
	s.t.Helper()
	var seen bytes.Buffer
	for !strings.HasSuffix(seen.String(), end) {
		c, err := s.out.ReadByte()
		require.NoError(s.t, err, "read %q", seen.String())
		seen.WriteByte(c)
	}
	return seen.String()
}

// completed types the beginning of a line, completes it and returns the result.
// The line is printed, not run.
func (s *shell) completed(line string) string {
	s.t.Helper()
	s.send(line + "\t\x01echo '<<' '\x05' '>>'\r")
	s.readUntil("<< ")
	return strings.TrimSuffix(s.readUntil(" >>"), " >>")
}

func TestBash(t *testing.T) {
	t.Parallel()
	s := startShell(t, "bash", "--norc", "--noprofile", "-i")
	s.send("source <(tasktwin completion bash) && echo rea''dy\r")
	s.readUntil("ready")
	for line, want := range map[string]string{
		"tasktwin tele":                                          "tasktwin telemetry ",
		"tasktwin telemetry --form":                              "tasktwin telemetry --format ",
		"tasktwin telemetry --format=c":                          "tasktwin telemetry --format=csv ",
		"tasktwin telemetry --format=":                           "tasktwin telemetry --format=",
		"tasktwin telemetry --format c":                          "tasktwin telemetry --format csv ",
		"tasktwin dump --postgres postgres://a:b@c/d?e=f --outp": "tasktwin dump --postgres postgres://a:b@c/d?e=f --output ",
		"tasktwin   load   sec":                                  "tasktwin   load   second.csv ",
		"tasktwin dump --log=sec":                                "tasktwin dump --log=second.csv ",
		"tasktwin load fir":                                      `tasktwin load first\ one.csv `,
		"tasktwin completion z":                                  "tasktwin completion zsh ",
	} {
		require.Equal(t, want, s.completed(line), "%q", line)
	}
}

func TestZsh(t *testing.T) {
	t.Parallel()
	s := startShell(t, "zsh", "-f", "-i")
	s.send("PS1= PROMPT_EOL_MARK=; unsetopt prompt_sp; bindkey -e; autoload -U compinit; compinit -u -D; " +
		"source <(tasktwin completion zsh); echo rea''dy\r")
	s.readUntil("ready")
	for line, want := range map[string]string{
		"tasktwin tele":                 "tasktwin telemetry",
		"tasktwin telemetry --form":     "tasktwin telemetry --format",
		"tasktwin telemetry --format=c": "tasktwin telemetry --format=csv",
		"tasktwin telemetry --format c": "tasktwin telemetry --format csv",
		"tasktwin load sec":             "tasktwin load second.csv",
		"tasktwin dump --log=sec":       "tasktwin dump --log=second.csv",
		"tasktwin completion z":         "tasktwin completion zsh",
	} {
		// zsh removes some of the spaces that it has added.
		require.Equal(t, want, strings.TrimRight(s.completed(line), " "), "%q", line)
	}
}

func TestFish(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"tasktwin tele":                 "telemetry\tShow the task events of an existing database, read-only.\n",
		"tasktwin telemetry --form":     "--format\t",
		"tasktwin telemetry --format=c": "--format=csv\n",
		"tasktwin telemetry --format c": "csv\n",
		"tasktwin load sec":             "second.csv\n",
		"tasktwin dump --log=sec":       "--log=second.csv\n",
		"tasktwin completion z":         "zsh\n",
	} {
		s := startShell(t, "fish", "--no-config", "-c", "tasktwin completion fish | source; complete -C '"+line+"'; echo '>>'")
		require.Contains(t, strings.ReplaceAll(s.readUntil(">>"), "\r\n", "\n"), want, line)
	}
}
