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

// outputDelay is how long a program's output may stay open after its end, by
// whoever else holds it.
const outputDelay = time.Second

// process is a running child, known to the watchdog.
type process struct {
	cmd  *exec.Cmd
	dog  *watchdog
	done chan struct{} // closed when it has ended
	err  error         // how it ended; set before done is closed
}

// startProcess starts a child that ends with this process. The signal, as
// kill's -s names it, is what the watchdog stops it with.
func startProcess(cmd *exec.Cmd, dog *watchdog, signal string) (*process, error) {
	p := &process{cmd: cmd, dog: dog, done: make(chan struct{})}
	var start string
	started := make(chan error)
	go func() {
		// The kernel ties the child to the thread that starts it, which
		// therefore has to live as long.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		if err == nil {
			start = startTime(cmd.Process.Pid) // the number is the child's until the Wait
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
	if err := dog.watch(signal, cmd.Process.Pid, start); err != nil {
		return nil, errors.Join(err, p.stop(syscall.SIGKILL))
	}
	return p, nil
}

// stop ends the process with the signal, or with SIGKILL when that takes long.
func (p *process) stop(signal syscall.Signal) error {
	_ = p.cmd.Process.Signal(signal) // fails where it has ended
	select {
	case <-p.done:
	case <-time.After(stopTimeout):
		_ = p.cmd.Process.Kill()
		<-p.done
		return fmt.Errorf("%s did not end in %v after %v and was killed", p.cmd.Path, stopTimeout, signal)
	}
	return p.dog.unwatch()
}
