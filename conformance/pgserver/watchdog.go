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

// fireTimeout is longer than the watchdog's work takes.
const fireTimeout = time.Minute

//go:embed watchdog.sh
var watchdogScript string

// watchdog is a shell that outlives this process for as long as it takes to end
// what this process did not. It works after a panic, os.Exit and SIGKILL alike,
// because the kernel closes the pipe that it reads from.
type watchdog struct {
	cmd  *exec.Cmd
	pipe io.WriteCloser
}

// watchOptions say what the watchdog ends, besides the process that it is told.
type watchOptions struct {
	folder *runFolder          // to remove, once the server's folder in it is gone
	server string              // the server's folder, to remove with all that is in it
	cred   *syscall.Credential // the watchdog's rights; nil: those of this process
	psql   string              // to drop databases with
	prefix string              // of their names
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
	// A session of its own: Ctrl-C, and a kill of the process group, pass it by.
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

// watch makes the watchdog stop the process with the signal, named as kill's -s
// takes it, instead of the process it watched before. It stops no other process
// that has got the same number, which shows by the time of its start; nor any
// where that time is not known.
func (w *watchdog) watch(signal string, pid int, start string) error {
	if start == "" {
		return w.unwatch()
	}
	return w.tell(fmt.Sprintf("%s %d %s", signal, pid, start))
}

// unwatch tells the watchdog that its process has ended.
func (w *watchdog) unwatch() error { return w.tell("none") }

// dismiss ends the watchdog: nothing is left to clean up.
func (w *watchdog) dismiss() error {
	if err := w.tell("done"); err != nil {
		return err
	}
	return w.fire()
}

// fire makes the watchdog clean up now, and waits for it.
func (w *watchdog) fire() error {
	_ = w.pipe.Close() // the watchdog sees the end in any case
	// The server's user may have halted the watchdog that has its rights.
	timer := time.AfterFunc(fireTimeout, func() { _ = w.cmd.Process.Kill() })
	defer timer.Stop()
	if err := w.cmd.Wait(); err != nil {
		return fmt.Errorf("watchdog: %w", err)
	}
	return nil
}

func (w *watchdog) tell(line string) error {
	if _, err := fmt.Fprintln(w.pipe, line); err != nil {
		return fmt.Errorf("watchdog: %w", err)
	}
	return nil
}
