// Command tasktwin replays event logs into a task store, simulates a platform under
// policies that pause idle tasks, reports on the tasks in a store, copies stores
// between engines, and compares the in-memory engine and other servers with
// PostgreSQL in lockstep.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"reflect"
	"time"
	_ "time/tzdata" // for systems without time zones

	"github.com/alecthomas/kong"

	"github.com/tasktwin/tasktwin/cmd/internal/term"
	"github.com/tasktwin/tasktwin/conformance/certify"
)

// The exit codes.
const (
	exitOK = iota
	exitFailure
	exitUsage
)

type cli struct {
	Replay     replayCmd     `cmd:"" help:"Replay an event log through a store and report pauses, resumes and active time."`
	Simulate   simulateCmd   `cmd:"" help:"Simulate a platform under a policy that pauses idle tasks, on generated work or that of an event log."`
	Sweep      sweepCmd      `cmd:"" help:"Simulate the same work under several policies and compare their cost and waiting times."`
	Report     reportCmd     `cmd:"" help:"Write an HTML page of the tasks in a database or an event log: timelines, states over time, pauses."`
	Parity     parityCmd     `cmd:"" help:"Run the same random operations on the in-memory engine and on PostgreSQL, and compare every answer."`
	Certify    certifyCmd    `cmd:"" help:"Test a server that speaks PostgreSQL's protocol, and list what it answers differently from PostgreSQL."`
	Telemetry  telemetryCmd  `cmd:"" help:"Show the task events of an existing database, read-only."`
	Dump       dumpCmd       `cmd:"" help:"Write all rows of a database, or of a replayed event log, to a file."`
	Load       loadCmd       `cmd:"" help:"Load a dump into an empty PostgreSQL database, or into memory to inspect it."`
	Completion completionCmd `cmd:"" help:"Print a shell completion script."`

	LogLevel logLevel         `help:"Lowest level of the log messages on standard error: ${log_levels}." default:"warn" placeholder:"LEVEL" complete:"${log_levels}"`
	Color    term.Mode        `help:"When reports have colours: ${enum}. auto means on a terminal, unless NO_COLOR is set." enum:"${color_modes}" default:"auto" placeholder:"WHEN"`
	Version  kong.VersionFlag `help:"Print the version and exit."`
}

// env is the environment in which a command runs.
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

// errMismatch says that two engines differ. The report has the details.
var errMismatch = errors.New("the engines differ")

func main() {
	os.Exit(runUntilSignal(os.Stderr, func(ctx context.Context) int { return run(ctx, os.Args[1:], os.Stdout, os.Stderr) }))
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
	if exited >= 0 { // after --help or --version
		return exited
	}
	if err != nil {
		var at *kong.Context
		if e, ok := errors.AsType[*kong.ParseError](err); ok {
			at = e.Context
		}
		return e.exit(usagef("%s", withSuggestion(err.Error())), args, at)
	}
	e.log = slog.New(slog.NewTextHandler(e.stderr, &slog.HandlerOptions{Level: slog.Level(c.LogLevel)}))
	e.style = term.For(e.stdout, c.Color, e.getenv)
	if err = cmp.Or(refuseEmpty(parsed), refuseTogether(parsed)); err == nil {
		err = parsed.Run(e)
	}
	return e.exit(err, args, parsed)
}

// exit prints an error and returns the exit code. at is the command, or nil.
func (e *env) exit(err error, args []string, at *kong.Context) int {
	var message string
	code := exitFailure
	i := interrupted(e.ctx)
	switch {
	case i != nil:
		message, code = i.Error(), exitSignal+int(i.signal)
		if left, ok := errors.AsType[*certify.SchemaLeftError](err); ok {
			message += "; " + left.Error()
		} else if err == nil {
			message += ", but everything was done"
		}
	case err == nil:
		return exitOK
	default:
		message = err.Error()
		if _, ok := errors.AsType[*usageError](err); ok {
			code = exitUsage
			message += "; see " + helpOf(at)
		}
	}
	fmt.Fprintf(e.stderr, "tasktwin: %s\n", escaped(withoutPasswords(message, args)))
	return code
}

// parser parses arguments into c. It calls exit after --help and --version.
func (e *env) parser(c *cli, exit func(int)) (*kong.Kong, error) {
	var app *kong.Application
	parser, err := kong.New(c,
		kong.Name("tasktwin"),
		kong.Description("Tasks of AI coding agents: an in-memory engine that answers as PostgreSQL does."),
		kong.Writers(e.stdout, e.stderr),
		kong.Exit(exit),
		kong.Help(printHelp),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: helpWidth}),
		kong.ValueFormatter(describeFlag(func() *kong.Application { return app })),
		kong.TypeMapper(reflect.TypeFor[time.Duration](), kong.MapperFunc(decodeDuration)),
		vars(),
	)
	if err != nil {
		return nil, err
	}
	app = parser.Model
	return parser, nil
}
