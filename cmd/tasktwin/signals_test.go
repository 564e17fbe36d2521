//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/pgtest"
)

// process is the command as a process.
type process struct {
	t              *testing.T
	cmd            *exec.Cmd
	stdout, stderr bytes.Buffer
}

func startProcess(t *testing.T, stdin io.Reader, args ...string) *process {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	p := &process{t: t, cmd: exec.CommandContext(ctx, self, args...)}
	p.cmd.Env = append(os.Environ(), runMain+"=1")
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = stdin, &p.stdout, &p.stderr
	require.NoError(t, p.cmd.Start())
	return p
}

// requireInterrupted sends a signal, and requires that the command ends by it: with
// its exit code and one line.
func (p *process) requireInterrupted(s syscall.Signal) {
	p.t.Helper()
	require.NoError(p.t, p.cmd.Process.Signal(s))
	err := p.cmd.Wait()
	var exit *exec.ExitError
	require.ErrorAs(p.t, err, &exit, "%v: %s", p.cmd.Args, p.stdout.String())
	require.Equal(p.t, exitSignal+int(s), exit.ExitCode(), "%v: %s", p.cmd.Args, p.stderr.String())
	message := "tasktwin: interrupted\n"
	if s != syscall.SIGINT {
		message = fmt.Sprintf("tasktwin: interrupted (%s)\n", s)
	}
	require.Equal(p.t, message, p.stderr.String(), p.cmd.Args)
	require.Empty(p.t, p.stdout.String())
}

// endings are the signals that end a command. nohup ignores SIGHUP, also for the commands
// of a test that it runs.
var endings = func() []syscall.Signal {
	signals := []syscall.Signal{syscall.SIGINT, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	return signals
}()

// A command that waits for its input, from a pipe or from somebody who has yet to
// open it, can be interrupted.
func TestInterruptedInput(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "out")
	require.NoError(t, os.WriteFile(out, []byte("before"), 0o600))
	fifo := filepath.Join(t.TempDir(), "fifo")
	require.NoError(t, syscall.Mkfifo(fifo, 0o600))
	for i, args := range inShort([][]string{
		{"replay", "-"},
		{"simulate", "--log", "-", "--report", out},
		{"sweep", "--log", "-", "--report", out},
		{"report", "--log", "-", "-o", out},
		{"dump", "--log", "-", "-o", out},
		{"load", "-"},
		{"load", "-", "--verify"},
		{"replay", fifo, "--events", out},
		{"load", fifo},
		{"parity", "--program", fifo, "--save", out},
	}) {
		var to *os.File
		in, pipe, err := os.Pipe()
		require.NoError(t, err)
		p := startProcess(t, in, args...)
		if strings.Contains(strings.Join(args, " "), fifo) {
			for to == nil { // until the command opens it
				to, err = os.OpenFile(fifo, os.O_WRONLY|syscall.O_NONBLOCK, 0)
				require.True(t, err == nil || errors.Is(err, syscall.ENXIO), err)
			}
		} else { // more than a pipe holds, so that the command reads it
			text := "case_id,activity,start,end\n" + strings.Repeat("1,a,2024-01-01,2024-01-02\n", 20_000)
			if args[0] == "load" {
				text = string(readFile(t, sampleDump(t)))[:100]
			}
			_, err = io.WriteString(pipe, text)
			require.NoError(t, err)
		}
		p.requireInterrupted(endings[i%len(endings)])
		for _, file := range []*os.File{in, pipe, to} {
			if file != nil {
				require.NoError(t, file.Close())
			}
		}
	}
	require.Equal(t, "before", string(readFile(t, out)))
	require.Len(t, filesIn(t, filepath.Dir(out)), 1)
}

// inShort returns the first three commands of a list in a short run: a process of a test with the
// race detector takes a second to start.
func inShort(commands [][]string) [][]string {
	if testing.Short() {
		return commands[:3]
	}
	return commands
}

// databaseCommands are the commands that use a database, whose URL is the last argument.
func databaseCommands(t *testing.T, out string) [][]string {
	t.Helper()
	return [][]string{
		{"telemetry", "--since", "1d", "--postgres"},
		{"dump", "-o", out, "--postgres"},
		{"report", "-o", out, "--postgres"},
		{"load", sampleDump(t), "--postgres"},
		{"replay", sample, "--events", out, "--store"},
		{"simulate", "--tasks", "10", "--report", out, "--store"},
		{"parity", "--ops", "1000", "--seed", "1", "--postgres"},
		{"replay", sample, "--parity", "--events", out, "--postgres"},
		{"certify", "--postgres"},
	}
}

// A command that waits for a server that does not answer can be interrupted.
func TestInterruptedConnecting(t *testing.T) {
	t.Parallel()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	out := filepath.Join(t.TempDir(), "out")
	for i, args := range inShort(databaseCommands(t, out)) {
		p := startProcess(t, nil, append(args, "postgres://u@"+listener.Addr().String()+"/x?sslmode=disable")...)
		conn, err := listener.Accept()
		require.NoError(t, err)
		_, err = conn.Read(make([]byte, 1)) // it has sent its startup message
		require.NoError(t, err)
		p.requireInterrupted(endings[i%len(endings)])
		require.NoError(t, conn.Close())
	}
	require.Empty(t, filesIn(t, filepath.Dir(out)))
}

// A command whose statement waits for a lock can be interrupted, and leaves no rows, no
// session and no file.
func TestInterruptedStatement(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "out")
	for i, args := range inShort(databaseCommands(t, out)) {
		if args[0] == "certify" {
			continue // it uses no table of others; see TestCertifyInterrupted
		}
		at := pgtest.URL(t)
		conn, err := pgx.Connect(t.Context(), at)
		require.NoError(t, err)
		tx, err := conn.Begin(t.Context())
		require.NoError(t, err)
		_, err = tx.Exec(t.Context(), "LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE")
		require.NoError(t, err)
		p := startProcess(t, nil, append(args, at)...)
		count := func(where string) (n int) {
			const sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND "
			// pg_stat_activity is read once in a transaction.
			_, err := tx.Exec(t.Context(), "SELECT pg_stat_clear_snapshot()")
			require.NoError(t, err)
			require.NoError(t, tx.QueryRow(t.Context(), sql+where).Scan(&n))
			return n
		}
		for end := time.Now().Add(time.Minute); count("wait_event_type = 'Lock'") == 0; {
			require.True(t, time.Now().Before(end), "%v does not wait", args)
		}
		p.requireInterrupted(endings[i%len(endings)])
		for end := time.Now().Add(time.Minute); count("true") > 0; {
			require.True(t, time.Now().Before(end), "%v has left a session", args)
		}
		var rows int
		require.NoError(t, tx.QueryRow(t.Context(), "SELECT (SELECT count(*) FROM tasks) + (SELECT count(*) FROM users)").Scan(&rows))
		require.Zero(t, rows)
		require.NoError(t, tx.Rollback(t.Context()))
		require.NoError(t, conn.Close(t.Context()))
	}
	require.Empty(t, filesIn(t, filepath.Dir(out)))
}

// A file that is being written when the command is interrupted stays as it was.
func TestInterruptedWriting(t *testing.T) {
	t.Parallel()
	var lines []string
	for i := range 20_000 {
		lines = append(lines, fmt.Sprintf("%d,a,2024-01-01 00:00:%02d,2024-01-02", i, i%60))
	}
	log := logFile(t, append([]string{"case_id,activity,start,end"}, lines...)...)
	for _, args := range [][]string{{"dump", "--log", log, "-o"}, {"report", "--log", log, "-o"}} {
		const attempts = 20 // it may have been written before the signal arrives
		for attempt := range attempts {
			require.Less(t, attempt, attempts-1, args)
			out := filepath.Join(t.TempDir(), "out")
			require.NoError(t, os.WriteFile(out, []byte("before"), 0o600))
			p := startProcess(t, nil, append(args, out)...)
			done := make(chan struct{})
			go func() {
				defer close(done)
				_ = p.cmd.Wait()
			}()
			for waiting := true; waiting; {
				select {
				case <-done:
					waiting = false
				default:
					waiting = len(filesIn(t, filepath.Dir(out))) < 2
				}
			}
			_ = p.cmd.Process.Signal(syscall.SIGTERM)
			<-done
			require.Len(t, filesIn(t, filepath.Dir(out)), 1)
			if string(readFile(t, out)) == "before" {
				require.Equal(t, exitSignal+int(syscall.SIGTERM), p.cmd.ProcessState.ExitCode(), p.stderr.String())
				require.Equal(t, "tasktwin: interrupted (terminated)\n", p.stderr.String())
				break
			}
		}
	}
}

// Ctrl-C on a terminal, which reaches the processes that the command has started, too, ends
// a command that shows its progress. Nothing of a PostgreSQL that it has started is left.
func TestCtrlC(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"simulate": {"simulate", "--tasks", "100000"},
		"sweep":    {"sweep", "--tasks", "100000"},
		"parity":   {"parity", "--ops", "100000", "--seed", "1"},
		"certify":  {"certify", "--postgres", pgtest.URL(t)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			self, err := os.Executable()
			require.NoError(t, err)
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
			defer cancel()
			cmd := exec.CommandContext(ctx, self, args...)
			cmd.Env = append(os.Environ(), runMain+"=1", "TERM=dumb")
			if name == "parity" {
				cmd.Env = append(cmd.Env, "TASKTWIN_POSTGRES=local", "TASKTWIN_POSTGRES_URL=")
			}
			terminal, err := pty.Start(cmd)
			require.NoError(t, err)
			defer terminal.Close()
			var seen bytes.Buffer
			buffer := make([]byte, 1024)
			var folders []string
			for sent := false; ; {
				n, err := terminal.Read(buffer)
				seen.Write(buffer[:n])
				if err != nil {
					break // the command has ended
				}
				if !sent && regexp.MustCompile(`[0-9]%`).Match(seen.Bytes()) {
					folders = foldersOf(t, cmd.Process.Pid)
					_, err := io.WriteString(terminal, "\x03")
					require.NoError(t, err)
					sent = true
				}
			}
			err = cmd.Wait()
			if name == "parity" && len(folders) == 0 && strings.Contains(seen.String(), "pgserver: no PostgreSQL found") {
				t.Skip("there is no PostgreSQL to start")
			}
			var exit *exec.ExitError
			require.ErrorAs(t, err, &exit, seen.String())
			require.Equal(t, exitSignal+int(syscall.SIGINT), exit.ExitCode(), seen.String())
			require.Equal(t, 1, strings.Count(seen.String(), "tasktwin:"), seen.String())
			require.True(t, strings.HasSuffix(seen.String(), "tasktwin: interrupted\r\n"), seen.String())
			require.Equal(t, name == "parity" && runtime.GOOS == "linux", len(folders) > 0)
			for _, folder := range folders {
				require.NoDirExists(t, folder)
				require.Empty(t, commandLines(t, func(_, line string) bool { return strings.Contains(line, folder) }))
			}
		})
	}
}

// commandLines returns the command lines of the processes that match.
func commandLines(t *testing.T, match func(stat, line string) bool) []string {
	t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*/stat")
	require.NoError(t, err)
	var lines []string
	for _, path := range all {
		stat, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		line, err := os.ReadFile(filepath.Join(filepath.Dir(path), "cmdline"))
		if err == nil && match(string(stat), string(line)) {
			lines = append(lines, string(line))
		}
	}
	return lines
}

// foldersOf returns the temporary folders of the servers that a process has started.
func foldersOf(t *testing.T, pid int) []string {
	t.Helper()
	parent := regexp.MustCompile(fmt.Sprintf(`\) \S %d `, pid))
	lines := commandLines(t, func(stat, _ string) bool { return parent.MatchString(stat) })
	return regexp.MustCompile(`/[\w/.-]*/tasktwin-pg-\d+`).FindAllString(strings.Join(lines, " "), -1)
}

// A second signal ends the command even if it cannot end by itself.
func TestInterruptedTwice(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	require.NoError(t, err)
	defer r.Close()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), self, "report", "--log", sample, "-o", "-")
	cmd.Env = append(os.Environ(), runMain+"=1")
	var stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = w, &stderr
	require.NoError(t, cmd.Start())
	require.NoError(t, w.Close())
	_, err = io.ReadFull(r, make([]byte, 1)) // the rest is more than the pipe holds
	require.NoError(t, err)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait()
	}()
	for signals := true; signals; {
		select {
		case <-ended:
			signals = false
		case <-time.After(10 * time.Millisecond):
			_ = cmd.Process.Signal(syscall.SIGINT)
		}
	}
	require.Equal(t, exitSignal+int(syscall.SIGINT), cmd.ProcessState.ExitCode())
	require.Equal(t, "tasktwin: interrupted again, before it had cleaned up\n", stderr.String())
}
