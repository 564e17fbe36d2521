package pgtest

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// closeOnSignal stops the shared server when a signal ends the process. undo
// removes the signal handler.
func closeOnSignal() (undo func()) {
	signals := make(chan os.Signal, 1)
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) { // under nohup, say
			signal.Notify(signals, s)
		}
	}
	done := make(chan struct{})
	go func() {
		select {
		case s := <-signals:
			if err := shared.close(); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
			dieBy(s)
		case <-done:
		}
	}()
	return func() {
		signal.Stop(signals)
		close(done)
	}
}

// dieBy ends the process as the signal would have, so that a shell or a build tool
// sees the cause.
func dieBy(s os.Signal) {
	signal.Reset(s)
	if p, err := os.FindProcess(os.Getpid()); err == nil && p.Signal(s) == nil {
		time.Sleep(time.Second) // the first process of a container ignores it
	}
	code := 1
	if n, ok := s.(syscall.Signal); ok {
		code = 128 + int(n)
	}
	os.Exit(code)
}
