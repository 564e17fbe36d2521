//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package pgserver

import (
	_ "embed"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// cleanupTimeout is longer than a watchdog takes to clean up.
const cleanupTimeout = time.Minute

//go:embed watchdog.sh
var watchdogScript string

// watchdog is a shell process that outlives this process and cleans up after it.
// It works after a panic, os.Exit or a SIGKILL, because the kernel then closes the
// pipe that the shell reads from.
type watchdog struct {
	cmd  *exec.Cmd
	pipe io.WriteCloser
}

// watchOptions say what a watchdog cleans up, besides the process that it watches.
type watchOptions struct {
	folder *runFolder          // to remove, once the server's folder in it is removed
	server string              // the server's folder, to remove with all that is in it
	cred   *syscall.Credential // the watchdog's rights; nil: those of this process
	psql   string              // to drop databases with
	prefix string              // of the databases' names
	env    []string            // for psql
}

func startWatchdog(o watchOptions) (*watchdog, error) {
	folder := ""
	if o.folder != nil {
		folder = o.folder.path
	}
	cmd := exec.Command("/bin/sh", "-c", watchdogScript, "pgserver-watchdog", folder, o.server, o.psql, o.prefix)
	cmd.Dir = "/"
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}, o.env...)
	// In its own session, the watchdog is not reached by Ctrl-C or a kill of the
	// process group.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: o.cred}
	if o.folder != nil {
		// The folder stays locked, so that no other run sweeps it, until both
		// processes have ended.
		cmd.ExtraFiles = []*os.File{o.folder.lock}
	}
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start the watchdog: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the watchdog: %w", err)
	}
	return &watchdog{cmd: cmd, pipe: pipe}, nil
}

// watch makes the watchdog stop a process with the signal, named as in kill -s,
// instead of the process that it watched before. It compares the start time,
// because another process may get the same process id. Without a start time it
// stops no process.
func (w *watchdog) watch(signal string, pid int, start string) error {
	if start == "" {
		return w.unwatch()
	}
	return w.send(fmt.Sprintf("%s %d %s", signal, pid, start))
}

// unwatch tells the watchdog that its process has ended.
func (w *watchdog) unwatch() error { return w.send("none") }

// dismiss ends the watchdog without a cleanup.
func (w *watchdog) dismiss() error {
	if err := w.send("done"); err != nil {
		return err
	}
	return w.cleanUp()
}

// cleanUp makes the watchdog clean up now, and waits for it.
func (w *watchdog) cleanUp() error {
	_ = w.pipe.Close() // the watchdog sees the end of the pipe in any case
	// The server's user may have stopped the watchdog that runs as that user.
	timer := time.AfterFunc(cleanupTimeout, func() { _ = w.cmd.Process.Kill() })
	defer timer.Stop()
	if err := w.cmd.Wait(); err != nil {
		return fmt.Errorf("watchdog: %w", err)
	}
	return nil
}

func (w *watchdog) send(line string) error {
	if _, err := fmt.Fprintln(w.pipe, line); err != nil {
		return fmt.Errorf("watchdog: %w", err)
	}
	return nil
}
