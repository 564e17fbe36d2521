package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/tasktwin/tasktwin/conformance"
	"github.com/tasktwin/tasktwin/memdb"
)

type parityCmd struct {
	Ops      int     `help:"Number of random operations." default:"20000"`
	Seed     *uint64 `help:"Seed of the operations. Default: a random one, which is printed."`
	Postgres string  `help:"An empty database. Default: a server that is found or started." placeholder:"URL"`
	JSON     bool    `help:"Print the report as JSON." name:"json"`
}

func (c *parityCmd) Run(e *env) (err error) {
	if c.Ops < 1 {
		return usagef("--ops is %d: it must be at least 1", c.Ops)
	}
	seed := rand.Uint64()
	if c.Seed != nil {
		seed = *c.Seed
	}
	db, closeAll, err := openPostgres(e.ctx, c.Postgres)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeAll()) }()
	if err := mustBeEmpty(e.ctx, db); err != nil {
		return err
	}
	opts, err := conformance.TwinOptions(e.ctx, db)
	if err != nil {
		return err
	}
	memory := memdb.New(opts)
	defer memory.Close()
	if c.Seed == nil { // known even if the run is cut off
		fmt.Fprintf(e.stderr, "seed %d\n", seed)
	}
	progress, done := progressOn(e.stderr, c.Ops)
	report, err := conformance.Parity(e.ctx, db, memory, conformance.ParityOptions{Ops: c.Ops, Seed: seed, Progress: progress})
	done()
	if err != nil {
		return fmt.Errorf("%w (after %d operations of seed %d)", err, report.Ops, seed)
	}
	if c.JSON {
		enc := json.NewEncoder(e.stdout)
		enc.SetIndent("", "  ")
		err = enc.Encode(report)
	} else {
		_, err = io.WriteString(e.stdout, parityText(report, opts.PostgresVersion, c.Ops))
	}
	if err == nil && len(report.Mismatches) > 0 {
		return errMismatch
	}
	return err
}

// progressOn returns a bar if w is a terminal, and what removes it.
func progressOn(w io.Writer, ops int) (progress func(int), done func()) {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return nil, func() {}
	}
	bar := progressbar.NewOptions(ops, progressbar.OptionSetWriter(w), progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionClearOnFinish())
	return func(n int) { _ = bar.Set(n) }, func() { _ = bar.Finish() }
}

func parityText(r *conformance.ParityReport, version, ops int) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "method\tcalls\tmemdb µs/op\tPostgreSQL µs/op\tratio\tmismatches\t")
	total := conformance.MethodStats{Method: "all"}
	for _, m := range r.Methods {
		writeStats(w, m)
		total.Calls += m.Calls
		total.Reference += m.Reference
		total.Subject += m.Subject
		total.Mismatches += m.Mismatches
	}
	writeStats(w, total)
	_ = w.Flush() // a strings.Builder takes everything
	fmt.Fprintf(&b, "\nPostgreSQL %d, seed %d, %d operations, %d mismatches\n", version, r.Seed, r.Ops, len(r.Mismatches))
	if len(r.Mismatches) == 0 {
		return b.String()
	}
	b.WriteString("\nthe calls up to the first mismatch:\n")
	for _, s := range r.Sequence {
		fmt.Fprintf(&b, "  %s\n", s)
	}
	for _, m := range r.Mismatches {
		fmt.Fprintf(&b, "\n%s\n", m)
	}
	fmt.Fprintf(&b, "\nreplay with: tasktwin parity --ops %d --seed %d\n", ops, r.Seed)
	return b.String()
}

func writeStats(w io.Writer, m conformance.MethodStats) {
	per := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 / float64(max(1, m.Calls)) }
	ratio := "-"
	if m.Subject > 0 {
		ratio = fmt.Sprintf("%.0f", float64(m.Reference)/float64(m.Subject))
	}
	fmt.Fprintf(w, "%s\t%d\t%.1f\t%.1f\t%s\t%d\t\n", m.Method, m.Calls, per(m.Subject), per(m.Reference), ratio, m.Mismatches)
}
