package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/cmd/internal/packed"
	"github.com/tasktwin/tasktwin/cmd/internal/term"
	"github.com/tasktwin/tasktwin/dumpfile"
)

type loadCmd struct {
	File     string `arg:"" help:"Dump to load, or - for standard input." complete:"file"`
	Postgres string `help:"Empty database to load into. Its tables are created. Default: load into memory, to inspect the file." placeholder:"URL" xor:"to"`
	Verify   bool   `help:"Only check the file, row by row, without loading it." xor:"to"`
	JSON     bool   `help:"Print the report as JSON." name:"json"`
}

// Help is the additional text of the command's help.
func (*loadCmd) Help() string {
	return `The whole file is verified first and then loaded in one transaction.
A file that is damaged, truncated, of a newer format or of another schema is refused.

  tasktwin load store.dump --postgres "$URL"
  tasktwin load store.dump              load into memory and show a summary
  tasktwin load store.dump --verify     check the checksums and rows, with little memory`
}

// loadReport describes the dump that was verified or loaded.
type loadReport struct {
	*dumpfile.Info
	// Statuses counts the loaded tasks by status.
	Statuses map[tasktwin.TaskStatus]int `json:"statuses,omitempty"`
}

func (c *loadCmd) Run(e *env) (err error) {
	if err := checkDatabase(c.Postgres); err != nil {
		return err
	}
	in, err := e.openInput(c.File)
	if err != nil {
		return err
	}
	defer in.Close()
	report := &loadReport{}
	if c.Verify {
		if report.Info, err = packed.Verify(e.ctx, in); err != nil {
			return c.explain(err)
		}
	} else {
		// The whole file is read and verified before the store is changed.
		var rows *tasktwin.Dump
		if rows, report.Info, err = packed.Read(e.ctx, in); err != nil {
			return c.explain(err)
		}
		e.log.DebugContext(e.ctx, "read", "file", c.File, "sha256", report.SHA256)
		if report.Statuses, err = c.load(e, rows); err != nil {
			return err
		}
	}
	if c.JSON {
		return writeIndented(e.stdout, report)
	}
	_, err = io.WriteString(e.stdout, c.text(report, e.style))
	return err
}

func (c *loadCmd) name() string { return inputName(c.File) }

// explain adds the name of the file to an error that does not have it.
func (c *loadCmd) explain(err error) error {
	if _, ok := errors.AsType[*os.PathError](err); ok {
		return err
	}
	return fmt.Errorf("%s: %w", c.name(), err)
}

// load loads the rows atomically, and returns the number of tasks by status.
func (c *loadCmd) load(e *env, rows *tasktwin.Dump) (statuses map[tasktwin.TaskStatus]int, err error) {
	store, closeStore, err := openStore(e, cmp.Or(c.Postgres, storeMemory))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, closeStore()) }()
	// The transactions of both engines are Loaders.
	load := func(tx tasktwin.Store) error { return tx.(tasktwin.Loader).Load(e.ctx, rows) }
	if err := fill(e.ctx, store, load); err != nil {
		return nil, fmt.Errorf("%s: nothing was loaded: %w", c.name(), err)
	}
	return countStatuses(e.ctx, store)
}

func countStatuses(ctx context.Context, store tasktwin.Store) (map[tasktwin.TaskStatus]int, error) {
	tasks, err := store.ListTasks(ctx, tasktwin.ListTasksParams{})
	if err != nil {
		return nil, err
	}
	statuses := map[tasktwin.TaskStatus]int{}
	for i := range tasks {
		statuses[tasks[i].Status]++
	}
	return statuses, nil
}

// text returns the report as text.
func (c *loadCmd) text(r *loadReport, style term.Style) string {
	var b strings.Builder
	did := "loaded into memory"
	switch {
	case c.Verify:
		did = "verified"
	case c.Postgres != "":
		did = "loaded into PostgreSQL"
	}
	fmt.Fprintf(&b, "%s, by %s: %s\n%s\n\n", c.name(), printable(r.CreatedBy), style.Green(did), contents(r.Info))
	table := term.NewTable(term.Left, term.Right)
	table.PaintedRow(style.Bold, "table", "rows")
	for _, t := range r.Tables {
		table.Row(t.Table, strconv.Itoa(t.Rows))
	}
	b.WriteString(table.String())
	if r.Statuses == nil {
		return b.String()
	}
	b.WriteString("\ntasks by status\n")
	table = term.NewTable(term.Left, term.Right)
	for _, status := range tasktwin.AllTaskStatusValues() {
		table.Row("  "+string(status), strconv.Itoa(r.Statuses[status]))
	}
	return b.String() + table.String()
}
