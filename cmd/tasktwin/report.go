package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/cmd/internal/number"
	"github.com/tasktwin/tasktwin/cmd/internal/output"
	"github.com/tasktwin/tasktwin/cmd/internal/report"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/pgdb"
)

type reportCmd struct {
	Postgres string `help:"Database to report on. It is only read." placeholder:"URL" xor:"source" required:""`
	Log      string `help:"Event log to replay in memory and report on: a CSV file with a header, or XES, or - for standard input." placeholder:"FILE" complete:"file" xor:"source" required:""`

	logFlags `embed:"" group:"Flags for --log:"`

	Now         string `help:"Time until which the page shows pauses and work that have not ended, such as 2016-12-31T00:00:00Z. Default: the latest time in the data." placeholder:"TIME"`
	Title       string `help:"Heading of the page. Default: Task report." placeholder:"TEXT"`
	Output      string `help:"File of the page, or - for standard output." short:"o" default:"report.html" placeholder:"FILE" complete:"file"`
	outputFlags `embed:""`
}

func (c *reportCmd) Run(e *env) (err error) {
	if err := c.check(); err != nil {
		return err
	}
	file, err := e.outputOrStd("--output", c.Output, c.outputFlags, e.logAt(c.Log))
	if err != nil {
		return err
	}
	store, opts, err := c.open(e)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	page, err := report.Collect(e.ctx, store, opts)
	if db, ok := store.(*pgdb.DB); ok {
		err = explainMissing(e.ctx, db, err)
	}
	if err != nil {
		return withStandbyHint(err)
	}
	if file == nil {
		_, err := page.WriteTo(e.stdout)
		return err
	}
	return savePage(e, file, page)
}

// savePage writes a page to a file.
func savePage(e *env, file *output.File, page *report.Page) error {
	err := file.Write(e.ctx, func(w io.Writer) error {
		_, err := page.WriteTo(w)
		return err
	})
	if err == nil {
		fmt.Fprintf(e.stderr, "wrote %s\n", printable(file.Path()))
	}
	return err
}

// check refuses conflicting flags.
func (c *reportCmd) check() error {
	if c.Postgres != "" {
		return cmp.Or(c.refuse(), checkDatabase(c.Postgres))
	}
	return nil
}

// open opens the database, or replays the log in memory.
func (c *reportCmd) open(e *env) (tasktwin.Store, report.Options, error) {
	opts := report.Options{Title: c.Title}
	if c.Postgres != "" {
		opts.Summary = "Every task of a PostgreSQL database; deleted ones up to their deletion."
		if c.Now != "" {
			now, err := parseTime("--now", c.Now)
			if err != nil {
				return nil, opts, err
			}
			opts.Now = now
		}
		db, err := pgdb.Open(e.ctx, c.Postgres, pgdb.Options{MaxConns: 1})
		if err != nil {
			return nil, opts, fmt.Errorf("--postgres: %w", err)
		}
		return db, opts, nil
	}
	replayed, err := c.options(c.Now)
	if err != nil {
		return nil, opts, err
	}
	store := memdb.New(memdb.Options{})
	sum, err := e.replayLog(c.Log, store, replayed)
	if err != nil {
		return nil, opts, errors.Join(err, store.Close())
	}
	printSkipped(e.stderr, c.Log, sum)
	printWarnings(e.stderr, sum)
	opts.Now = sum.Now
	opts.Summary = fmt.Sprintf("Every case of an event log as a task: %s of %s by %s, %s skipped; none is deleted.",
		number.Plural(sum.Rows, "row"), number.Plural(sum.Tasks, "task"), number.Plural(sum.Users, "user"), number.Count(sum.Skipped))
	return store, opts, nil
}
