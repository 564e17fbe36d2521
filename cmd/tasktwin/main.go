// Command tasktwin replays event logs through a task store, reports what became
// of the tasks in one, and drives the in-memory engine and PostgreSQL in lockstep.
package main

//go:generate go run ../internal/genlog -seed 1 -tickets 150 -o testdata/support-tickets.csv

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// The exit codes.
const (
	exitOK = iota
	exitFailure
	exitUsage
)

type cli struct {
	Replay replayCmd `cmd:"" help:"Replay an event log through a store and report pauses, resumes and active time."`
	Report reportCmd `cmd:"" help:"Make one HTML page of the tasks in a database or an event log: timelines, states over time, pauses."`
	Parity parityCmd `cmd:"" help:"Drive the in-memory engine and PostgreSQL in lockstep with random operations and compare every answer."`
}

// env is what a command talks to.
type env struct {
	ctx    context.Context
	stdout io.Writer
	stderr io.Writer
}

// usageError is a mistake in the arguments.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error { return &usageError{fmt.Errorf(format, args...)} }

// errMismatch says that two engines differ. The report has said how.
var errMismatch = errors.New("the engines differ")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run runs the command and returns its exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) (code int) {
	var c cli
	exited := -1
	parser, err := kong.New(&c,
		kong.Name("tasktwin"),
		kong.Description("Tasks of AI coding agents: an in-memory engine that answers as PostgreSQL does."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		fmt.Fprintf(stderr, "tasktwin: %v\n", err)
		return exitFailure
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 { // help was asked for
		return exited
	}
	if err != nil {
		fmt.Fprintf(stderr, "tasktwin: %v; see tasktwin --help\n", err)
		return exitUsage
	}
	err = parsed.Run(&env{ctx: ctx, stdout: stdout, stderr: stderr})
	switch _, usage := errors.AsType[*usageError](err); {
	case err == nil:
		return exitOK
	case usage:
		fmt.Fprintf(stderr, "tasktwin: %v\n", err)
		return exitUsage
	case ctx.Err() != nil:
		fmt.Fprintln(stderr, "tasktwin: interrupted")
		return exitFailure
	default:
		fmt.Fprintf(stderr, "tasktwin: %v\n", err)
		return exitFailure
	}
}
