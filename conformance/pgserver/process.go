//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package pgserver

import (
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// stopTimeout is how long a process may take to end before it is killed.
const stopTimeout = 10 * time.Second

// outputDelay is how long to wait for the end of a program's output after the
// program has ended: another process may still hold it open.
const outputDelay = time.Second

// process is a child process that a watchdog watches.
type process struct {
	cmd      *exec.Cmd
	watchdog *watchdog
	done     chan struct{} // closed when it has ended
	err      error         // how it ended; set before done is closed
}

// startProcess starts a child that ends with this process. The watchdog stops it
// with the signal, named as in kill -s.
func startProcess(cmd *exec.Cmd, w *watchdog, signal string) (*process, error) {
	p := &process{cmd: cmd, watchdog: w, done: make(chan struct{})}
	var start string
	started := make(chan error)
	go func() {
		// The kernel signals the child when the thread that started it ends, so the
		// thread has to live as long as the child.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		if err == nil {
			start = startTime(cmd.Process.Pid) // before Wait, the pid is still the child's
		}
		started <- err
		if err != nil {
			return
		}
		p.err = cmd.Wait()
		close(p.done)
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	if err := w.watch(signal, cmd.Process.Pid, start); err != nil {
		return nil, errors.Join(err, p.stop(syscall.SIGKILL))
	}
	return p, nil
}

// stop ends the process with the signal, or with SIGKILL after stopTimeout.
func (p *process) stop(signal syscall.Signal) error {
	_ = p.cmd.Process.Signal(signal) // fails if it has ended
	select {
	case <-p.done:
	case <-time.After(stopTimeout):
		_ = p.cmd.Process.Kill()
		<-p.done
		return fmt.Errorf("%s did not end in %v after %v and was killed", p.cmd.Path, stopTimeout, signal)
	}
	return p.watchdog.unwatch()
}
