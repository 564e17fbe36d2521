package main

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/dumpfile"
)

// onTerminal runs the command with its standard output and standard error on a
// terminal, and returns the terminal's content.
func onTerminal(t *testing.T, variables map[string]string, args ...string) string {
	t.Helper()
	master, terminal, err := pty.Open()
	require.NoError(t, err)
	defer master.Close()
	var seen bytes.Buffer
	read := make(chan struct{})
	go func() {
		defer close(read)
		_, _ = io.Copy(&seen, master) // returns an error when the terminal is closed
	}()
	e := &env{
		ctx: t.Context(), stdout: terminal, stderr: terminal,
		getenv: func(name string) string { return variables[name] }, now: time.Now,
	}
	code := e.run(args)
	require.NoError(t, terminal.Close())
	<-read
	require.Equal(t, exitOK, code, seen.String())
	return strings.ReplaceAll(seen.String(), "\r\n", "\n")
}

var escapes = regexp.MustCompile("\x1b\\[[0-9]+m")

func TestColours(t *testing.T) {
	t.Parallel()
	at := sampleDatabase(t)
	dump := sampleDump(t)
	for name, args := range map[string][]string{
		"telemetry": {"telemetry", "--postgres", at, "--since", anything, "--until", "2026-01-01"},
		"load":      {"load", dump},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plain := command(t, args...)
			require.Equal(t, exitOK, plain.code, plain.stderr)
			require.NotContains(t, plain.stdout, "\x1b")

			coloured := onTerminal(t, nil, args...)
			require.Contains(t, coloured, "\x1b[1m")
			require.Equal(t, plain.stdout, escapes.ReplaceAllString(coloured, ""), "colours move nothing")
			always := command(t, append(args, "--color", "always")...)
			require.Equal(t, coloured, always.stdout)

			require.Equal(t, plain.stdout, onTerminal(t, map[string]string{"NO_COLOR": "1"}, args...))
			require.Equal(t, plain.stdout, onTerminal(t, map[string]string{"TERM": "dumb"}, args...))
			require.Equal(t, plain.stdout, onTerminal(t, nil, append(args, "--color=never")...))
			require.Equal(t, coloured, onTerminal(t, map[string]string{"NO_COLOR": ""}, args...), "an empty NO_COLOR is none")
		})
	}
}

// Tasks that are still paused are highlighted.
func TestTelemetryColours(t *testing.T) {
	t.Parallel()
	r := command(t, "telemetry", "--postgres", sampleDatabase(t), "--since", anything, "--until", "2026-01-01", "--color", "always")
	require.Equal(t, exitOK, r.code, r.stderr)
	require.Regexp(t, "\x1b\\[33m[0-9]+d( [0-9]+h)?\x1b", r.stdout)
}

// On a terminal, the machine-readable output is the same, but a summary is
// printed on standard error.
func TestSummaryOnATerminal(t *testing.T) {
	t.Parallel()
	args := []string{"telemetry", "--postgres", sampleDatabase(t), "--since", anything, "--until", "2026-01-01", "--format"}
	for _, format := range []string{"csv", "jsonl"} {
		plain := command(t, append(args, format)...)
		require.Equal(t, exitOK, plain.code, plain.stderr)
		require.Empty(t, plain.stderr)
		shown := onTerminal(t, nil, append(args, format)...)
		summary, ok := strings.CutPrefix(shown, plain.stdout)
		require.True(t, ok, shown)
		require.Contains(t, summary, "150 tasks with builds later than")
	}
}

func TestReplayColours(t *testing.T) {
	t.Parallel()
	shown := onTerminal(t, nil, "replay", sample)
	require.Contains(t, shown, "\x1b[1m")
	require.NotContains(t, onTerminal(t, map[string]string{"NO_COLOR": "1"}, "replay", sample), "\x1b")
}

func TestLogLevel(t *testing.T) {
	t.Parallel()
	at := with(t, sampleDatabase(t), nil, "application_name", "secret")
	args := []string{"telemetry", "--postgres", at, "--since", anything, "--format", "jsonl"}
	quiet := command(t, args...)
	require.Equal(t, exitOK, quiet.code, quiet.stderr)
	require.Empty(t, quiet.stderr)
	loud := command(t, append(args, "--log-level", "debug")...)
	require.Equal(t, exitOK, loud.code, loud.stderr)
	for _, want := range []string{
		"level=DEBUG msg=connected", "database=", "begin isolation level repeatable read", "read only\" took=",
		`statement="GetTelemetryTaskEvents :many"`,
		"result=\"SELECT 150\"",
	} {
		require.Contains(t, loud.stderr, want)
	}
	require.NotContains(t, loud.stderr, "secret")

	r := command(t, "--log-level", "loud", "replay", sample)
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.stderr, "loud")
	r = command(t, "--color", "sometimes", "replay", sample)
	require.Equal(t, exitUsage, r.code)
	require.Contains(t, r.stderr, "--color must be one of")
}

func TestVersion(t *testing.T) {
	t.Parallel()
	r := command(t, "--version")
	require.Equal(t, exitOK, r.code)
	require.Regexp(t, `^tasktwin \S+, .*go1\.\d+\S*, dump format \d+, schema \d+\n$`, r.stdout)
	require.Empty(t, r.stderr)
	require.Contains(t, r.stdout, fmt.Sprintf("dump format 1, schema %d\n", dumpfile.Schema))
	require.Equal(t, 1, dumpfile.Version)
}
