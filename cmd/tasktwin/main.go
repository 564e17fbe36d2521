// Command tasktwin replays event logs through a task store, simulates a platform
// under policies that pause idle tasks, reports what became of the tasks in a
// store, moves whole stores from one engine to the other, and drives the in-memory
// engine and PostgreSQL in lockstep.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"reflect"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"github.com/tasktwin/tasktwin/cmd/internal/term"
)

// The exit codes.
const (
	exitOK = iota
	exitFailure
	exitUsage
)

type cli struct {
	Replay     replayCmd     `cmd:"" help:"Replay an event log through a store and report pauses, resumes and active time."`
	Simulate   simulateCmd   `cmd:"" help:"Simulate a platform under a policy that pauses idle tasks, on made-up work or an event log's."`
	Sweep      sweepCmd      `cmd:"" help:"Simulate the same work under several policies, and compare what they cost and how long people wait."`
	Report     reportCmd     `cmd:"" help:"Make one HTML page of the tasks in a database or an event log: timelines, states over time, pauses."`
	Parity     parityCmd     `cmd:"" help:"Drive the in-memory engine and PostgreSQL in lockstep with random operations and compare every answer."`
	Telemetry  telemetryCmd  `cmd:"" help:"Show the task events of an existing database, which is only read."`
	Dump       dumpCmd       `cmd:"" help:"Write a whole store to a file."`
	Load       loadCmd       `cmd:"" help:"Load a file that dump wrote into an empty PostgreSQL database, or into memory to look at it."`
	Completion completionCmd `cmd:"" help:"Print a script that completes commands and flags in a shell."`

	LogLevel slog.Level       `help:"What is logged to the standard error stream: debug, info, warn or error." default:"warn" placeholder:"LEVEL" complete:"debug,info,warn,error"`
	Color    term.Mode        `help:"Whether reports have colours: auto, always or never. auto means on a terminal, unless NO_COLOR is set." enum:"auto,always,never" default:"auto" placeholder:"WHEN"`
	Version  kong.VersionFlag `help:"Print the version and exit."`
}

// env is what a command talks to.
type env struct {
	ctx    context.Context
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	getenv func(string) string
	now    func() time.Time

	log   *slog.Logger
	style term.Style // of stdout
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
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return (&env{ctx: ctx, stdin: os.Stdin, stdout: stdout, stderr: stderr, getenv: os.Getenv, now: time.Now}).run(args)
}

func (e *env) run(args []string) int {
	var c cli
	exited := -1
	parser, err := e.parser(&c, func(code int) { exited = code })
	if err != nil {
		fmt.Fprintf(e.stderr, "tasktwin: %v\n", err)
		return exitFailure
	}
	if len(args) > 0 && args[0] == completeCommand {
		return e.complete(parser.Model, args[1:])
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 { // help or the version was asked for
		return exited
	}
	if err != nil {
		fmt.Fprintf(e.stderr, "tasktwin: %s; see tasktwin --help\n", withoutPasswords(err.Error(), args))
		return exitUsage
	}
	e.log = slog.New(slog.NewTextHandler(e.stderr, &slog.HandlerOptions{Level: c.LogLevel}))
	e.style = term.For(e.stdout, c.Color, e.getenv)
	if err = refuseEmpty(parsed); err == nil {
		err = parsed.Run(e)
	}
	return e.exit(err, args)
}

// exit says what went wrong and returns the exit code.
func (e *env) exit(err error, args []string) int {
	if err == nil {
		return exitOK
	}
	message, code := withoutPasswords(err.Error(), args), exitFailure
	if _, ok := errors.AsType[*usageError](err); ok {
		code = exitUsage
	} else if e.ctx.Err() != nil {
		message = "interrupted"
	}
	fmt.Fprintf(e.stderr, "tasktwin: %s\n", message)
	return code
}

// parser parses arguments into c. It calls exit after what was asked for besides
// a command, such as help.
func (e *env) parser(c *cli, exit func(int)) (*kong.Kong, error) {
	return kong.New(c,
		kong.Name("tasktwin"),
		kong.Description("Tasks of AI coding agents: an in-memory engine that answers as PostgreSQL does."),
		kong.Writers(e.stdout, e.stderr),
		kong.Exit(exit),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.TypeMapper(reflect.TypeFor[time.Duration](), kong.MapperFunc(decodeDuration)),
		kong.Vars{"version": version(), "policies": policyHelp},
	)
}
