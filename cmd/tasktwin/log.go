package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/cmd/internal/replay"
)

// columnFlags say how an event log is read.
type columnFlags struct {
	Case     string `help:"Column of the case; each becomes a task." placeholder:"COLUMN"`
	Activity string `help:"Column of the activity." placeholder:"COLUMN"`
	Actor    string `help:"Column of who did it; each becomes a user." placeholder:"COLUMN"`
	Start    string `help:"Column of the start." placeholder:"COLUMN"`
	End      string `help:"Column of the end." placeholder:"COLUMN"`

	DateOrder replay.DateOrder `help:"Which comes first where dates do not tell: dmy, mdy or auto." default:"auto" complete:"dmy,mdy,auto"`
	Strict    bool             `help:"Stop at the first bad row." xor:"bad"`
	SkipBad   bool             `help:"Skip bad rows, however many there are. Default: more than 1 % are refused." xor:"bad"`
}

func (f *columnFlags) options() replay.Options {
	return replay.Options{
		Columns:   replay.Columns{Case: f.Case, Activity: f.Activity, Actor: f.Actor, Start: f.Start, End: f.End},
		DateOrder: f.DateOrder, Strict: f.Strict, SkipBad: f.SkipBad,
	}
}

// refuse refuses the flags where there is no log.
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
		{"--date-order", f.DateOrder != "" && f.DateOrder != replay.DateOrderAuto},
		{"--strict", f.Strict},
		{"--skip-bad", f.SkipBad},
	} {
		if flag.given {
			return goesWithLog(flag.name)
		}
	}
	return nil
}

func goesWithLog(flag string) error {
	return usagef("%s goes with --log: it says how a log is read", flag)
}

// logFlags say how an event log is read and replayed.
type logFlags struct {
	columnFlags `embed:""`

	IdleTimeout time.Duration `help:"Pause a task that has been idle that long, such as 30m or 2d. 0 pauses none." default:"0"`
}

// options checks the flags for a log, whose end is now, or its last event where
// now is empty.
func (f *logFlags) options(now string) (replay.Options, error) {
	opts := f.columnFlags.options()
	opts.IdleTimeout = f.IdleTimeout
	if f.IdleTimeout < 0 {
		return opts, usagef("--idle-timeout is %s: it must not be negative", f.IdleTimeout)
	}
	if now == "" {
		return opts, nil
	}
	var err error
	opts.Now, err = parseTime("--now", now)
	return opts, err
}

// refuse refuses the flags where there is no log.
func (f *logFlags) refuse() error {
	if f.IdleTimeout != 0 {
		return goesWithLog("--idle-timeout")
	}
	return f.columnFlags.refuse()
}

// tellWarnings writes what the reader of a log had to assume.
func tellWarnings(w io.Writer, sum *replay.Summary) {
	for _, warning := range sum.Warnings {
		fmt.Fprintf(w, "warning: %s\n", warning)
	}
}

// tellSkipped writes the first rows of a log that were skipped.
func tellSkipped(w io.Writer, file string, sum *replay.Summary) {
	for _, bad := range sum.FirstSkipped {
		fmt.Fprintf(w, "%s: %v: skipped\n", printable(file), bad)
	}
	if more := sum.Skipped - len(sum.FirstSkipped); more > 0 {
		fmt.Fprintf(w, "%s: … and %d more rows skipped\n", printable(file), more)
	}
}

// replayLog replays a log into a store.
func replayLog(ctx context.Context, file string, store tasktwin.Store, opts replay.Options) (*replay.Summary, error) {
	log, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	sum, err := replay.Run(ctx, store, log, opts)
	if err != nil {
		return nil, explain(file, err)
	}
	return sum, nil
}

// explain tells mistakes in the arguments from what is wrong with the log.
func explain(file string, err error) error {
	_, column := errors.AsType[*replay.ColumnError](err)
	if err = fmt.Errorf("%s: %w", printable(file), err); column {
		return &usageError{err}
	}
	return err
}
