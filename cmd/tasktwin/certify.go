package main

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/tasktwin/tasktwin/cmd/internal/term"
	"github.com/tasktwin/tasktwin/conformance/certify"
	"github.com/tasktwin/tasktwin/pgdb"
)

type certifyCmd struct {
	Postgres string        `help:"Database of the server, in which a schema is created and dropped." required:"" placeholder:"URL"`
	Match    string        `name:"run" help:"Run only the cases whose names match, such as 'savepoint|parity/'." placeholder:"REGEXP"`
	Ops      int           `help:"Number of random operations, in the case parity/operations." default:"3000" placeholder:"N"`
	Seed     *uint64       `help:"Seed of the random operations. Default: a random one, which is printed." placeholder:"N"`
	Limit    time.Duration `help:"Time that a case may take, such as 30s or 2m. A longer one counts as a difference." default:"2m" placeholder:"DURATION"`
	JSON     bool          `help:"Print the report as JSON, with every difference in full." name:"json"`
}

// Help is the additional text of the command's help.
func (*certifyCmd) Help() string {
	return `It runs the suite's cases, violations of every constraint and random operations on a server that speaks PostgreSQL's protocol,
and lists what it answers differently from PostgreSQL, by case, with the SQLSTATEs of both.
It works in a schema of its own, and drops it at the end, also after a failure or an interrupt.
The user needs CREATE on the database.

  tasktwin certify --postgres 'postgres://root@localhost:26257/defaultdb?sslmode=disable'
  tasktwin certify --postgres "$URL" --run 'savepoint/' --json | jq -r '.differences[].text'`
}

func (c *certifyCmd) Run(e *env) error {
	opts, err := c.options()
	if err != nil {
		return err
	}
	if err := checkDatabase(c.Postgres); err != nil {
		return err
	}
	done := func() {}
	var set func(int)
	opts.Progress = func(n, all int) {
		if n == 1 {
			set, done = newBar(e.stderr, all, progressbar.OptionShowCount())
		}
		if set != nil {
			set(n)
		}
	}
	report, err := certify.Run(e.ctx, c.Postgres, opts)
	done()
	if errors.Is(err, pgdb.ErrRefused) {
		return &usageError{err}
	}
	if err != nil {
		return err
	}
	if c.JSON {
		err = writeIndented(e.stdout, report)
	} else {
		_, err = io.WriteString(e.stdout, certifyText(report, e.style))
	}
	if err == nil && len(report.Differences) > 0 {
		return errMismatch
	}
	return err
}

func (c *certifyCmd) options() (certify.Options, error) {
	opts := certify.Options{Ops: c.Ops, Seed: rand.Uint64(), Limit: c.Limit}
	if c.Seed != nil {
		opts.Seed = *c.Seed
	}
	if c.Ops < 0 {
		return opts, usagef("--ops is %d: it must not be negative", c.Ops)
	}
	if c.Limit <= 0 {
		return opts, usagef("--limit is %s: it must be longer than 0", c.Limit)
	}
	if c.Match != "" {
		var err error
		if opts.Cases, err = regexp.Compile(c.Match); err != nil {
			return opts, usagef("--run is %q: %w", c.Match, err)
		}
	}
	return opts, nil
}

// certifyText returns the report as text, with the first difference of each case.
func certifyText(r *certify.Report, style term.Style) string {
	var b strings.Builder
	if len(r.Differences) > 0 {
		table := term.NewTable(term.Left, term.Left, term.Left, term.Left, term.Left)
		table.PaintedRow(style.Bold, "case", "call", "PostgreSQL", "this server", "more")
		for rest := r.Differences; len(rest) > 0; {
			first := rest[0]
			n := slices.IndexFunc(rest, func(d certify.Difference) bool { return d.Case != first.Case })
			if n < 0 {
				n = len(rest)
			}
			more := ""
			if n > 1 {
				more = fmt.Sprintf("+%d", n-1)
			}
			table.Row(printable(first.Case), printable(first.Call), printable(first.PostgreSQL), printable(first.Server), more)
			rest = rest[n:]
		}
		b.WriteString(table.String() + "\n")
	}
	fmt.Fprintf(&b, "%s\n", printable(r.Server))
	if r.Note != "" {
		fmt.Fprintf(&b, "%s %s\n", style.Yellow("note:"), printable(r.Note))
	}
	found := fmt.Sprintf("%d differences in %d cases", len(r.Differences), r.DifferingCases())
	if len(r.Differences) > 0 {
		found = style.Red(found)
	} else {
		found = style.Green(found)
	}
	fmt.Fprintf(&b, "compared with PostgreSQL %d, %d cases, %d skipped, %d operations of seed %d: %s\n",
		r.ComparedWith, r.Cases, r.Skipped, r.Ops, r.Seed, found)
	return b.String()
}
