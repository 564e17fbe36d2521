package main

import (
	"fmt"
	"io"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/cmd/internal/dumpfile"
	"github.com/tasktwin/tasktwin/cmd/internal/term"
	"github.com/tasktwin/tasktwin/memdb"
)

// std is the name of a standard stream, where a file is asked for.
const std = "-"

type dumpCmd struct {
	Postgres string `help:"The database, which is only read, as of one moment." placeholder:"URL" xor:"source" required:""`
	Log      string `help:"An event log that is replayed in memory first, as by replay." placeholder:"FILE" xor:"source" required:"" complete:"file"`

	logFlags `embed:""`

	Output string `help:"The file, which is there whole or not at all, and which its owner alone may read; - is the standard output." short:"o" required:"" placeholder:"FILE" complete:"file"`
	JSON   bool   `help:"Print what was written as JSON." name:"json"`
}

// Help is what the command's own help says besides.
func (*dumpCmd) Help() string {
	return `The file is compressed and has checksums; load reads it back, into PostgreSQL or into memory. From one build of tasktwin, the same rows give the same bytes.

  tasktwin dump --postgres "$URL" -o store.dump
  tasktwin dump --log events.csv --idle-timeout 30m -o replayed.dump
  tasktwin dump --postgres "$URL" -o - | ssh elsewhere tasktwin load - --postgres "$OTHER"

Of tables with more columns than tasktwin's, only tasktwin's are written. A value of an enum that tasktwin does not know is an error: no tasktwin could load it.`
}

func (c *dumpCmd) Run(e *env) error {
	if c.Output == std && term.Is(e.stdout) {
		return usagef("--output is -: the standard output is a terminal, to which a dump is not written")
	}
	file, err := e.outputOrStd("--output", c.Output, logAt(c.Log))
	if err != nil {
		return err
	}
	rows, err := c.rows(e)
	if err != nil {
		return err
	}
	if file == nil {
		_, err := dumpfile.Write(e.ctx, e.stdout, rows, createdBy())
		return err
	}
	var info *dumpfile.Info
	err = file.Write(e.ctx, func(w io.Writer) (err error) {
		info, err = dumpfile.Write(e.ctx, w, rows, createdBy())
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return writeIndented(e.stdout, info)
	}
	_, err = fmt.Fprintf(e.stdout, "%s: %s\n", printable(c.Output), contents(info))
	return err
}

// rows returns everything that the source holds.
func (c *dumpCmd) rows(e *env) (*tasktwin.Dump, error) {
	if c.Log != "" {
		return c.replay(e)
	}
	if err := c.refuse(); err != nil {
		return nil, err
	}
	db, closeDB, err := openExisting(e, c.Postgres)
	if err != nil {
		return nil, err
	}
	defer closeDB()
	rows, err := db.Dump(e.ctx)
	return rows, withHint(err)
}

// replay returns what a log leaves in memory.
func (c *dumpCmd) replay(e *env) (*tasktwin.Dump, error) {
	opts, err := c.options("")
	if err != nil {
		return nil, err
	}
	store := memdb.New(memdb.Options{})
	defer store.Close()
	sum, err := replayLog(e.ctx, c.Log, store, opts)
	if err != nil {
		return nil, err
	}
	tellSkipped(e.stderr, c.Log, sum)
	tellWarnings(e.stderr, sum)
	return store.Dump(e.ctx)
}

// contents says in a line what a dump holds.
func contents(info *dumpfile.Info) string {
	rows := 0
	for _, t := range info.Tables {
		rows += t.Rows
	}
	return fmt.Sprintf("%d rows of %d tables, content SHA-256 %s", rows, len(info.Tables), info.SHA256)
}
