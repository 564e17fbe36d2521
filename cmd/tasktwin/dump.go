package main

import (
	"fmt"
	"io"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/cmd/internal/packed"
	"github.com/tasktwin/tasktwin/cmd/internal/term"
	"github.com/tasktwin/tasktwin/dumpfile"
	"github.com/tasktwin/tasktwin/memdb"
)

// std stands for a standard stream in place of a file name.
const std = "-"

type dumpCmd struct {
	Postgres string `help:"Database to read, as one consistent snapshot." placeholder:"URL" xor:"source" required:""`
	Log      string `help:"Event log to replay in memory and write: a CSV file with a header, or XES, or - for standard input." placeholder:"FILE" xor:"source" required:"" complete:"file"`

	logFlags `embed:"" group:"Flags for --log:"`

	Output      string `help:"File to write, or - for standard output." short:"o" required:"" placeholder:"FILE" complete:"file"`
	outputFlags `embed:""`
	Plain       bool `help:"Write lines of JSON instead of a compressed file."`
	JSON        bool `help:"Print a summary of the dump as JSON." name:"json"`
}

// Help is the additional text of the command's help.
func (*dumpCmd) Help() string {
	return `The file is compressed and has checksums; load loads it into PostgreSQL or into memory.
With --plain it is text, from which tests can start.
With the same build of tasktwin, the same rows give the same bytes.

  tasktwin dump --postgres "$URL" -o store.dump
  tasktwin dump --log events.csv --idle-timeout 30m -o replayed.dump
  tasktwin dump --postgres "$URL" --plain -o testdata/seed.jsonl
  tasktwin dump --postgres "$URL" -o - | ssh elsewhere tasktwin load - --postgres "$OTHER"

Additional columns of the tables are not written.
An enum value that tasktwin does not know is an error, because the dump could not be loaded.`
}

func (c *dumpCmd) Run(e *env) error {
	if c.Output == std && !c.Plain && term.Is(e.stdout) {
		return usagef("--output is -: a dump is not written to a terminal")
	}
	file, err := e.outputOrStd("--output", c.Output, c.outputFlags, e.logAt(c.Log))
	if err != nil {
		return err
	}
	rows, err := c.rows(e)
	if err != nil {
		return withStandbyHint(err)
	}
	write := packed.Write
	if c.Plain {
		write = packed.WritePlain
	}
	if file == nil {
		_, err := write(e.ctx, e.stdout, rows, createdBy())
		return err
	}
	var info *dumpfile.Info
	err = file.Write(e.ctx, func(w io.Writer) (err error) {
		info, err = write(e.ctx, w, rows, createdBy())
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

// rows returns all rows of the source.
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
	return rows, explainMissing(e.ctx, db, err)
}

// replay replays the log in memory and returns the rows.
func (c *dumpCmd) replay(e *env) (*tasktwin.Dump, error) {
	opts, err := c.options("")
	if err != nil {
		return nil, err
	}
	store := memdb.New(memdb.Options{})
	defer store.Close()
	sum, err := e.replayLog(c.Log, store, opts)
	if err != nil {
		return nil, err
	}
	printSkipped(e.stderr, c.Log, sum)
	printWarnings(e.stderr, sum)
	return store.Dump(e.ctx)
}

// contents summarizes a dump in one line.
func contents(info *dumpfile.Info) string {
	rows := 0
	for _, t := range info.Tables {
		rows += t.Rows
	}
	return fmt.Sprintf("%d rows of %d tables, content SHA-256 %s", rows, len(info.Tables), info.SHA256)
}
