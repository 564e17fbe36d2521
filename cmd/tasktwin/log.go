package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"time"

	"github.com/alecthomas/kong"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/cmd/internal/output"
	"github.com/tasktwin/tasktwin/cmd/internal/replay"
	"github.com/tasktwin/tasktwin/cmd/internal/tempfile"
)

// columnFlags are the flags for reading an event log.
type columnFlags struct {
	Case      string `help:"Column that says which case a row belongs to. Each case becomes a task. Default: found by its usual names, like those below." placeholder:"COLUMN"`
	Activity  string `help:"Column of what was done." placeholder:"COLUMN"`
	Actor     string `help:"Column of who did it. The first one of a case owns its task." placeholder:"COLUMN"`
	Start     string `help:"Column of the time at which it started." placeholder:"COLUMN"`
	End       string `help:"Column of the time at which it ended." placeholder:"COLUMN" xor:"end"`
	Lifecycle string `help:"Column that says whether a row is the start or the completion of its activity, if no column has the end." placeholder:"COLUMN" xor:"end"`

	DateOrder replay.DateOrder `help:"Order of day and month in dates such as 01/02/2016: ${date_orders}." default:"auto" placeholder:"ORDER" complete:"${date_orders}"`
	Timezone  replay.Timezone  `help:"Time zone of the times that have none: a place such as Europe/Berlin, or an offset such as +02:00. Default: UTC." placeholder:"ZONE"`
	Encoding  replay.Encoding  `help:"Encoding of the log, such as utf-8, windows-1252 or utf-16. auto detects it, and refuses the log if it is not clear." default:"auto" placeholder:"NAME"`
	Strict    bool             `help:"Refuse a log with a bad row, such as one without a readable time. Default: a log with more than 1 % bad rows is refused, otherwise they are skipped." xor:"bad"`
	SkipBad   bool             `help:"Skip bad rows, however many." xor:"bad"`

	AllowNoWork bool `help:"Accept a log in which no row has an end after its start. Default: it is refused, because no task would ever be active."`
}

func (f *columnFlags) options() replay.Options {
	return replay.Options{
		Columns:   replay.Columns{Case: f.Case, Activity: f.Activity, Actor: f.Actor, Start: f.Start, End: f.End, Lifecycle: f.Lifecycle},
		DateOrder: f.DateOrder, Timezone: f.Timezone, Encoding: f.Encoding,
		Strict: f.Strict, SkipBad: f.SkipBad, AllowNoWork: f.AllowNoWork,
	}
}

// refuse returns an error if one of the flags is given without --log.
func (f *columnFlags) refuse() error {
	for _, flag := range []struct {
		name  string
		given bool
	}{
		{"--case", f.Case != ""},
		{"--activity", f.Activity != ""},
		{"--actor", f.Actor != ""},
		{"--start", f.Start != ""},
		{"--end", f.End != ""},
		{"--lifecycle", f.Lifecycle != ""},
		{"--date-order", f.DateOrder != "" && f.DateOrder != replay.DateOrderAuto},
		{"--timezone", f.Timezone.Set()},
		{"--encoding", f.Encoding != "" && f.Encoding != "auto"},
		{"--strict", f.Strict},
		{"--skip-bad", f.SkipBad},
		{"--allow-no-work", f.AllowNoWork},
	} {
		if flag.given {
			return goesWithLog(flag.name)
		}
	}
	return nil
}

func goesWithLog(flag string) error {
	return usagef("%s requires --log: it is an option of reading an event log", flag)
}

// idleTimeout is the value of --idle-timeout. It is 0 for never.
type idleTimeout time.Duration

// Decode implements kong.MapperValue.
func (t *idleTimeout) Decode(ctx *kong.DecodeContext) error {
	if token := ctx.Scan.Peek(); token.Value == never {
		ctx.Scan.Pop()
		*t = 0
		return nil
	}
	return decodeDuration(ctx, reflect.ValueOf(t).Elem())
}

// logFlags are the flags for reading and replaying an event log.
type logFlags struct {
	columnFlags `embed:""`

	IdleTimeout idleTimeout `help:"Pause tasks that have been idle this long, such as 30m, 1h30m or 2d, or never." default:"never" placeholder:"DURATION" complete:"${timeouts}"`
}

// options checks the flags. The replay ends at now or, if that is empty, at the
// log's last event.
func (f *logFlags) options(now string) (replay.Options, error) {
	opts := f.columnFlags.options()
	opts.IdleTimeout = time.Duration(f.IdleTimeout)
	if f.IdleTimeout < 0 {
		return opts, usagef("--idle-timeout is %s: it must not be negative", opts.IdleTimeout)
	}
	if now == "" {
		return opts, nil
	}
	var err error
	opts.Now, err = parseTime("--now", now)
	return opts, err
}

// refuse returns an error if one of the flags is given without --log.
func (f *logFlags) refuse() error {
	if f.IdleTimeout != 0 {
		return goesWithLog("--idle-timeout")
	}
	return f.columnFlags.refuse()
}

// printWarnings prints the warnings of the log's reader.
func printWarnings(w io.Writer, sum *replay.Summary) {
	for _, warning := range sum.Warnings {
		fmt.Fprintf(w, "warning: %s\n", escaped(warning))
	}
}

// printSkipped prints the first skipped rows of a log.
func printSkipped(w io.Writer, file string, sum *replay.Summary) {
	for _, bad := range sum.FirstSkipped {
		fmt.Fprintf(w, "%s: %s: skipped\n", inputName(file), escaped(bad.Error()))
	}
	if more := sum.Skipped - len(sum.FirstSkipped); more > 0 {
		fmt.Fprintf(w, "%s: … and %d more rows skipped\n", inputName(file), more)
	}
}

func inputName(file string) string {
	if file == std {
		return "standard input"
	}
	return printable(file)
}

// logAt returns the file of an event log, with its name in errors.
func (e *env) logAt(path string) output.Use {
	const what = "the event log"
	if file, ok := e.stdin.(*os.File); ok && path == std {
		return output.Stream(what, file)
	}
	return output.Path(what, path)
}

// eventLog is an event log that can be read several times.
type eventLog struct {
	name string
	in   io.ReadSeekCloser
}

// openLog opens an event log. Standard input, and what else is not a regular file,
// is copied to a temporary file first.
func (e *env) openLog(path string) (*eventLog, error) {
	in, err := e.openInput(path)
	if err != nil {
		return nil, err
	}
	if file, ok := in.(*os.File); ok {
		return &eventLog{path, file}, nil
	}
	defer in.Close()
	file, err := tempfile.New()
	if err != nil {
		return nil, explain(path, err)
	}
	_, err = io.Copy(file, in)
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, explain(path, errors.Join(err, file.Close()))
	}
	return &eventLog{path, file}, nil
}

func (l *eventLog) close() { _ = l.in.Close() }

// replay replays the log into a store.
func (l *eventLog) replay(ctx context.Context, store tasktwin.Store, opts replay.Options) (*replay.Summary, error) {
	if _, err := l.in.Seek(0, io.SeekStart); err != nil {
		return nil, explain(l.name, err)
	}
	sum, err := replay.Run(ctx, store, l.in, opts)
	if err != nil {
		return nil, explain(l.name, err)
	}
	return sum, nil
}

// replayLog replays a log into a store.
func (e *env) replayLog(file string, store tasktwin.Store, opts replay.Options) (*replay.Summary, error) {
	log, err := e.openLog(file)
	if err != nil {
		return nil, err
	}
	defer log.close()
	return log.replay(e.ctx, store, opts)
}

// explain adds the name of the file to an error, and makes an error about columns
// a usage error.
func explain(file string, err error) error {
	_, column := errors.AsType[*replay.ColumnError](err)
	if err = fmt.Errorf("%s: %w", inputName(file), err); column {
		return &usageError{err}
	}
	return err
}
