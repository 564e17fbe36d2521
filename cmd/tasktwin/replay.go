package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"time"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/cmd/internal/replay"
)

// The names of the engines.
const (
	storeMemory   = "memory"
	storePostgres = "postgres"
)

type replayCmd struct {
	File string `arg:"" help:"Event log: a CSV file with a header, or XES; also compressed with gzip. - is standard input." complete:"file"`

	logFlags `embed:"" group:"Reading the log:"`

	Now         string `help:"End of the replay, until which tasks stay idle or paused, such as 2016-12-31T00:00:00Z. Default: the last event." placeholder:"TIME"`
	Events      string `help:"Write the task events to a file, one JSON object per line." placeholder:"FILE.jsonl" complete:"file"`
	outputFlags `embed:""`

	Store    string `help:"Store to replay into: memory, or the URL of an empty PostgreSQL database, in which the rows stay. Not with --parity." default:"memory" placeholder:"STORE"`
	Parity   bool   `help:"Replay in memory and on PostgreSQL, and compare telemetry and every row."`
	Postgres string `help:"For --parity, an empty database, in which the rows stay. Default: the server at TASKTWIN_POSTGRES_URL, or an installed PostgreSQL, which is started." placeholder:"URL"`
	JSON     bool   `help:"Print the report as JSON." name:"json"`
}

// replayOutput is the report as JSON.
type replayOutput struct {
	*replay.Summary
	*replay.Report
	Parity *replay.Parity `json:"parity,omitempty"`
	Timing []timing       `json:"timing"`
}

type timing struct {
	Store   string  `json:"store"`
	Seconds float64 `json:"seconds"`
}

func (c *replayCmd) Run(e *env) (err error) {
	opts, err := c.options()
	if err != nil {
		return err
	}
	events, err := e.outputFile("--events", c.Events, c.outputFlags, e.logAt(c.File))
	if err != nil {
		return err
	}
	log, err := e.openLog(c.File)
	if err != nil {
		return err
	}
	defer log.close()
	out := &replayOutput{}
	name := storeMemory
	if c.Store != storeMemory {
		name = storePostgres
	}
	store, closeStore, err := openStore(e, c.Store)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore()) }()
	if out.Summary, out.Report, err = replayInto(e.ctx, log, name, store, opts, out); err != nil {
		return err
	}
	printSkipped(e.stderr, c.File, out.Summary)
	if c.Parity {
		if err := c.compare(e, log, store, opts, out); err != nil {
			return err
		}
	}
	if events != nil {
		if err := events.Write(e.ctx, func(w io.Writer) error { return writeLines(w, out.Events, idOf) }); err != nil {
			return err
		}
	}
	if c.JSON {
		err = writeIndented(e.stdout, out)
	} else {
		_, err = io.WriteString(e.stdout, out.text(e.style))
	}
	if err == nil && out.Parity != nil && out.Parity.Mismatches > 0 {
		return errMismatch
	}
	return err
}

// options checks the flags.
func (c *replayCmd) options() (replay.Options, error) {
	opts, err := c.logFlags.options(c.Now)
	switch {
	case err != nil:
		return opts, err
	case c.Parity && c.Store != storeMemory:
		return opts, usagef("--parity compares memory with PostgreSQL: give the URL with --postgres instead of --store")
	case c.Postgres != "" && !c.Parity:
		return opts, usagef("--postgres requires --parity: to replay into a database, use --store")
	}
	return opts, cmp.Or(checkStore(c.Store), checkDatabase(c.Postgres))
}

// replayInto replays the file into an empty store and collects the report.
func replayInto(
	ctx context.Context, log *eventLog, name string, store tasktwin.Store, opts replay.Options, out *replayOutput,
) (*replay.Summary, *replay.Report, error) {
	begin := time.Now()
	var sum *replay.Summary
	err := fill(ctx, store, func(tx tasktwin.Store) error {
		var err error
		sum, err = log.replay(ctx, tx, opts)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	report, err := replay.MakeReport(ctx, store, sum.Now)
	if err != nil {
		return nil, nil, err
	}
	out.Timing = append(out.Timing, timing{name, time.Since(begin).Seconds()})
	return sum, report, nil
}

// compare replays into PostgreSQL too and compares the two stores.
func (c *replayCmd) compare(e *env, log *eventLog, memory tasktwin.Store, opts replay.Options, out *replayOutput) (err error) {
	db, closeAll, err := openPostgres(e.ctx, c.Postgres)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeAll()) }()
	if _, _, err := replayInto(e.ctx, log, storePostgres, db, opts, out); err != nil {
		return err
	}
	out.Parity, err = replay.CompareStores(e.ctx, db, memory, out.Now)
	return err
}
