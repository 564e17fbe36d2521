package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/tasktwin/tasktwin/cmd/internal/suggest"
	"github.com/tasktwin/tasktwin/cmd/internal/term"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/conformance/twin"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/pgdb"
)

type parityCmd struct {
	Ops         int           `help:"Number of random operations." default:"20000" placeholder:"N" either:"program"`
	Seed        *uint64       `help:"Seed of the operations: the same one gives the same operations. Default: a random one, which is printed." placeholder:"N" either:"seed"`
	Preset      parity.Preset `help:"Operations to generate more often: ${presets}. Default: a mix of all." placeholder:"PRESET" complete:"${presets}" either:"preset"`
	Check       parity.Check  `help:"When to compare all rows: ${checks}, after the last operation, which is faster. Default: after each failed operation, too." placeholder:"WHEN" complete:"${checks}"`
	Program     string        `help:"Run the operations of a file, which --save has written, instead of random ones." placeholder:"FILE" complete:"file" either:"program,seed,preset"`
	Save        string        `help:"Write the operations to a file before they run." placeholder:"FILE" complete:"file"`
	outputFlags `embed:""`
	Postgres    string `help:"An empty database, in which rows stay, and with which a program is not shrunk. Default: the server at TASKTWIN_POSTGRES_URL, or an installed PostgreSQL, which is started." placeholder:"URL"`
	JSON        bool   `help:"Print the report as JSON." name:"json"`
}

func (c *parityCmd) Run(e *env) (err error) {
	opts, err := c.options(e)
	if err != nil {
		return err
	}
	server, err := findPostgres(e.ctx, c.Postgres)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.close()) }()
	release, err := server.lockExclusively(e.ctx)
	if err != nil {
		return err
	}
	defer release()
	if opts.Program.Sessions() != nil {
		return c.runSessions(e, server, opts.Program)
	}
	progress, done := newBar(e.stderr, len(opts.Program), progressbar.OptionShowCount(), progressbar.OptionShowIts())
	opts.Progress = progress
	report, version, err := compare(e.ctx, server, opts)
	done()
	if err != nil {
		return fmt.Errorf("%w (after %d operations of seed %d)", err, report.Ops, opts.Seed)
	}
	made, explained := report.Ops, ""
	if len(report.Mismatches) > 0 && server.canRepeat() {
		if report, explained, err = shrink(e.ctx, server, report); err != nil {
			return err
		}
	}
	if c.JSON {
		err = writeIndented(e.stdout, report)
	} else {
		_, err = io.WriteString(e.stdout, c.text(report, version, made, server.canRepeat(), explained, e.style))
	}
	if err == nil && len(report.Mismatches) > 0 {
		return errMismatch
	}
	return err
}

// options checks the flags and generates the program.
func (c *parityCmd) options(e *env) (parity.Options, error) {
	opts := parity.Options{Ops: c.Ops, Preset: c.Preset, Check: c.Check}
	switch {
	case c.Ops < 1:
		return opts, usagef("--ops is %d: it must be at least 1", c.Ops)
	case !c.Preset.Valid():
		return opts, usagef("--preset is %q: it must be one of %s%s", c.Preset, join(parity.AllPresets()), suggestPreset(c.Preset))
	case c.Check != parity.CheckFailures && c.Check != parity.CheckEnd:
		return opts, usagef("--check is %q: it must be %s, or be left out", c.Check, parity.CheckEnd)
	}
	if err := checkDatabase(c.Postgres); err != nil {
		return opts, err
	}
	save, err := e.outputFile("--save", c.Save, c.outputFlags, programAt(c.Program))
	if err != nil {
		return opts, err
	}
	if c.Program != "" {
		if opts.Program, err = readProgram(e, c.Program); err != nil {
			return opts, err
		}
	} else {
		opts.Seed = rand.Uint64()
		if c.Seed != nil {
			opts.Seed = *c.Seed
		} else { // so that it is known if the run is interrupted
			fmt.Fprintf(e.stderr, "seed %d\n", opts.Seed)
		}
		if opts.Program, err = generate(e.ctx, opts.Seed, c.Preset, c.Ops); err != nil {
			return opts, err
		}
	}
	if save != nil {
		err = save.Write(e.ctx, func(w io.Writer) error {
			_, err := io.WriteString(w, opts.Program.String())
			return err
		})
	}
	return opts, err
}

// suggestPreset returns which preset may have been meant.
func suggestPreset(typed parity.Preset) string {
	var names []string
	for _, preset := range parity.AllPresets() {
		names = append(names, string(preset))
	}
	return suggest.Question(string(typed), names)
}

// readProgram reads a program from a file.
func readProgram(e *env, path string) (parity.Program, error) {
	in, err := e.openInput(path)
	if err != nil {
		return nil, fmt.Errorf("--program: %w", err)
	}
	defer in.Close()
	text, err := io.ReadAll(in)
	if err != nil {
		return nil, fmt.Errorf("--program: %w", err)
	}
	program, err := parity.ParseProgram(string(text))
	if err != nil {
		return nil, usagef("--program is %s: %w", printable(path), err)
	}
	return program, nil
}

// generate generates a program on a memdb.
func generate(ctx context.Context, seed uint64, preset parity.Preset, ops int) (parity.Program, error) {
	scratch := memdb.New(memdb.Options{})
	defer scratch.Close() // after an interrupt, the calls of the generator fail and it ends soon
	made := make(chan parity.Program, 1)
	go func() { made <- parity.Generate(scratch, seed, preset, ops) }()
	select {
	case program := <-made:
		return program, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// compare runs a program on an empty database and on a memdb.
func compare(ctx context.Context, server *postgres, opts parity.Options) (report *parity.Report, version int, err error) {
	report = &parity.Report{}
	err = withEngines(ctx, server, func(db *pgdb.DB, memory *memdb.DB, options memdb.Options) error {
		opts.Accept, opts.Fork = twin.AcceptedOf(db, options), twin.Fork
		var err error
		report, err = parity.Run(ctx, db, memory, opts)
		version = options.PostgresVersion
		return err
	})
	return report, version, err
}

// withEngines calls fn with an empty database and a memdb.
func withEngines(ctx context.Context, server *postgres, fn func(*pgdb.DB, *memdb.DB, memdb.Options) error) (err error) {
	db, closeDB, err := server.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeDB()) }()
	if err := server.mustBeEmpty(ctx, db); err != nil {
		return err
	}
	options, err := twin.Options(ctx, db)
	if err != nil {
		return err
	}
	memory := memdb.New(options)
	defer memory.Close()
	return fn(db, memory, options)
}

// notShrunk says why a program is as long as it was.
const notShrunk = "The program was not shrunk, because each attempt needs an empty database, and --postgres is only one. " +
	"Without --postgres\nit is shrunk, on the server at TASKTWIN_POSTGRES_URL or an installed PostgreSQL."

// shrink returns the report of the smallest program that still has a mismatch,
// and a remark about it.
func shrink(ctx context.Context, server *postgres, found *parity.Report) (last *parity.Report, explained string, err error) {
	program, err := parity.ParseProgram(found.Program)
	if err != nil {
		return found, "", err
	}
	program, err = parity.Shrink(ctx, program, func(ctx context.Context, p parity.Program) (bool, error) {
		again, _, err := compare(ctx, server, parity.Options{Program: p, Check: parity.CheckEnd, FirstOnly: true})
		return len(again.Mismatches) > 0, err
	})
	if err != nil {
		return found, "", err
	}
	err = withEngines(ctx, server, func(db *pgdb.DB, memory *memdb.DB, _ memdb.Options) error {
		explained = twin.Explain(ctx, db, memory, program)
		return nil
	})
	if err != nil {
		return found, "", err
	}
	last, _, err = compare(ctx, server, parity.Options{Program: program})
	last.Seed, last.Preset, last.Methods, last.Missed, last.Accepted = found.Seed, found.Preset, found.Methods, found.Missed, found.Accepted
	return last, explained, err
}

// text returns the report as text.
func (c *parityCmd) text(r *parity.Report, version, made int, shrunk bool, explained string, style term.Style) string {
	var b strings.Builder
	const right = term.Right
	table := term.NewTable(right, right, right, right, right, right)
	table.Row("  method", "calls", "memdb µs/op", "PostgreSQL µs/op", "ratio", "mismatches")
	total := parity.MethodStats{Method: "all"}
	for _, m := range r.Methods {
		addStats(table, m)
		total.Calls += m.Calls
		total.Reference += m.Reference
		total.Subject += m.Subject
		total.Mismatches += m.Mismatches
	}
	addStats(table, total)
	b.WriteString(table.String())
	b.WriteString("\nanswers seen\n")
	for _, m := range r.Methods {
		fmt.Fprintf(&b, "  %s:", m.Method)
		for _, outcome := range slices.Sorted(maps.Keys(m.Outcomes)) {
			fmt.Fprintf(&b, " %s ×%d;", outcome, m.Outcomes[outcome])
		}
		b.WriteString("\n")
	}
	if made >= parity.DefaultOps {
		for _, m := range r.Missed {
			fmt.Fprintf(&b, "  not seen: %s: %s\n", m.Method, m.Outcome)
		}
	}
	b.WriteString("\naccepted differences\n")
	for _, a := range r.Accepted {
		fmt.Fprintf(&b, "  %s ×%d\n", a.Name, a.Count)
	}
	source := fmt.Sprintf("seed %d", r.Seed)
	again := fmt.Sprintf("--seed %d --ops %d", r.Seed, c.Ops)
	if c.Preset != "" {
		again += " --preset " + string(c.Preset)
	}
	if c.Program != "" {
		source, again = printable(c.Program), "--program "+printable(c.Program)
	}
	fmt.Fprintf(&b, "\nPostgreSQL %d, %s, %d operations, %s\n", version, source, made, mismatches(len(r.Mismatches), style))
	if len(r.Mismatches) > 0 {
		from := 0 // operations before it was shrunk
		if shrunk {
			from = made
		} else {
			explained = notShrunk
		}
		fmt.Fprintf(&b, "\n%s\n%s\nreplay with: tasktwin parity %s\n", escaped(r.Text(from)), escaped(explained), again)
	}
	return b.String()
}

func addStats(table term.Table, m parity.MethodStats) {
	per := func(d time.Duration) string {
		return fmt.Sprintf("%.1f", float64(d.Nanoseconds())/1000/float64(max(1, m.Calls)))
	}
	ratio := "-"
	if m.Subject > 0 {
		ratio = fmt.Sprintf("%.0f", float64(m.Reference)/float64(m.Subject))
	}
	table.Row("  "+m.Method, strconv.Itoa(m.Calls), per(m.Subject), per(m.Reference), ratio, strconv.Itoa(m.Mismatches))
}
