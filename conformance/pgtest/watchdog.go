//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package pgtest

import (
	_ "embed"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
)

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
	folder *runFolder // to remove
	psql   string     // to drop databases with
	prefix string     // of their names
	env    []string   // for psql
}

func startWatchdog(o watchOptions) (*watchdog, error) {
	folder := ""
	if o.folder != nil {
		folder = o.folder.path
	}
	cmd := exec.Command("/bin/sh", "-c", watchdogScript, "pgtest-watchdog", folder, o.psql, o.prefix)
	cmd.Dir = "/"
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C"}, o.env...)
	// A session of its own: Ctrl-C, and a kill of the process group, pass it by.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
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
// takes it, instead of the process it watched before.
func (w *watchdog) watch(signal string, pid int) error {
	return w.tell(fmt.Sprintf("%s %d", signal, pid))
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
