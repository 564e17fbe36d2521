package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// exitSignal plus the number of a signal is the exit code of a command that the
// signal has ended, as in a shell: 130 after SIGINT, 143 after SIGTERM.
const exitSignal = 128

// interruption is the cause of a context that a signal has cancelled.
type interruption struct{ signal syscall.Signal }

func (i *interruption) Error() string {
	if i.signal == syscall.SIGINT {
		return "interrupted"
	}
	return fmt.Sprintf("interrupted (%s)", i.signal)
}

// interrupted returns the signal that has ended the context, or nil if the
// context is not done.
func interrupted(ctx context.Context) *interruption {
	if ctx.Err() == nil {
		return nil
	}
	if i, ok := context.Cause(ctx).(*interruption); ok { //nolint:errorlint // the cause is never wrapped
		return i
	}
	return &interruption{syscall.SIGINT}
}

// runUntilSignal calls fn with a context that SIGINT, SIGTERM or SIGHUP cancels, and
// returns its exit code. After a second signal it does not wait for fn: a write
// to a pipe that nobody reads cannot be cancelled.
func runUntilSignal(stderr io.Writer, fn func(context.Context) int) int {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) { // nohup ignores it
		signal.Notify(signals, syscall.SIGHUP)
	}
	defer signal.Stop(signals)
	done := make(chan int, 1)
	go func() { done <- fn(ctx) }()
	for {
		select {
		case code := <-done:
			return code
		case s := <-signals:
			number, _ := s.(syscall.Signal)
			if ctx.Err() != nil {
				fmt.Fprintln(stderr, "tasktwin: interrupted again, before it had cleaned up")
				return exitSignal + int(number)
			}
			cancel(&interruption{number})
		}
	}
}
