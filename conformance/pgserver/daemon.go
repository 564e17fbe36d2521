//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package pgserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/tasktwin/tasktwin/conformance/internal/tail"
)

// daemon is a program that runs in a folder of its own until it is stopped.
type daemon struct {
	cred           *syscall.Credential // nil: this process's user
	folder         *runFolder
	folderWatchdog *watchdog // removes the folder, with this process's rights
	watchdog       *watchdog // stops the program and empties its folder, with the program's rights
	log            *os.File  // what the program writes
	process        *process
}

// newDaemon returns a daemon that has a folder, which is watched, and no process yet. Usable
// creates the program's folder in a run's folder, and checks it.
func newDaemon(cred *syscall.Credential, usable func(path string) error) (_ *daemon, err error) {
	d := &daemon{cred: cred}
	if d.folder, err = newRunFolder(tempRoots(), usable); err != nil {
		return nil, err
	}
	if d.folderWatchdog, err = startWatchdog(watchOptions{folder: d.folder}); err != nil {
		return nil, errors.Join(err, d.folder.remove())
	}
	if d.watchdog, err = startWatchdog(watchOptions{server: d.folder.server(), cred: cred}); err != nil {
		return nil, errors.Join(err, d.folder.remove(), d.folderWatchdog.dismiss())
	}
	return d, nil
}

// startDaemon starts the program, with a log. The signal ends it at once, named as in kill -s.
func (d *daemon) startDaemon(cmd *exec.Cmd, signal syscall.Signal, name string) (err error) {
	if d.log, err = d.folder.createLog(); err != nil {
		return err
	}
	cmd.Stdout, cmd.Stderr = d.log, d.log
	cmd.SysProcAttr = childAttributes(d.cred, signal)
	d.process, err = startProcess(cmd, d.watchdog, name)
	return err
}

// awaitReady tries until try succeeds. It returns an error if the program ends before.
func (d *daemon) awaitReady(ctx context.Context, try func() error) error {
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-d.process.done:
			return fmt.Errorf("%s: %w\n%s", d.process.cmd.Path, errors.Join(d.process.err, errors.New("it has ended")), tail.OfFile(d.log))
		case <-ctx.Done():
			return fmt.Errorf("wait for the server: %w", errors.Join(ctx.Err(), err))
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// stopDaemon ends the program by a signal and removes its folder.
func (d *daemon) stopDaemon(signal syscall.Signal) error {
	var errs []error
	if d.process != nil {
		errs = append(errs, d.process.stop(signal))
	}
	if d.log != nil {
		errs = append(errs, d.log.Close())
	}
	errs = append(errs, d.folder.remove(), d.watchdog.dismiss(), d.folderWatchdog.dismiss())
	return errors.Join(errs...)
}
