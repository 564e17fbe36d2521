package lockstep

import (
	"context"
	"fmt"

	"github.com/tasktwin/tasktwin/conformance/internal/program"
)

// Options configure Run.
type Options struct {
	Program program.Program
	// Describe returns what is compared of an error.
	Describe func(error) ErrorFacts
	// Check says when all rows of both engines are compared, in addition to the end.
	Check Check
	// FirstOnly ends the run at the first mismatch instead of the tenth.
	FirstOnly bool
	// Accept are the differences that do not count as mismatches.
	Accept []Difference
	// Outcomes are the answers that each method can give, by the method's name. An answer
	// whose code depends on the engine's version has all of its codes, as in "23001/23503
	// constraint": an engine gives it in one form.
	Outcomes map[string][]string
	// Progress, if set, is called after each operation with the number of operations
	// made.
	Progress func(done int)
}

// Check says when Run compares every row of every table.
type Check string

// The checks.
const (
	// CheckFailures compares after each operation that fails, including the end of a
	// transaction. It is the default.
	CheckFailures Check = ""
	// CheckEnd compares at the end, and a few times before it.
	CheckEnd Check = "end"
)

// dumps is how often a run with CheckEnd compares all rows.
const dumps = 4

// maxMismatches ends a run. Later mismatches mostly follow from the first few.
const maxMismatches = 10

// Run runs a program on two empty engines. It compares each answer, and all rows
// after each failure and at the end. It ends early after ten mismatches. The error is
// the context's, or that of an engine that does not return its rows. The report is
// never nil.
func Run(ctx context.Context, ref, sub program.Engine, opts Options) (*Report, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	r := &run{opts: opts, rec: NewRecord(opts.Describe, opts.Accept...), most: maxMismatches, stop: stop}
	if opts.FirstOnly {
		r.most = 1
	}
	r.top = Pair(ref, sub, r.rec)
	err := r.run(ctx)
	report := &Report{
		Ops: r.done, Methods: r.rec.Methods(), Mismatches: r.rec.Mismatches(),
		Missed: r.rec.Missed(opts.Outcomes), Accepted: r.rec.Accepted(),
	}
	if r.first > 0 {
		report.Program = opts.Program[:r.first].Balanced().String()
	}
	return report, err
}

// run is the state of Run.
type run struct {
	opts  Options
	rec   *Record
	most  int // mismatches before the run ends
	stop  func()
	top   program.Engine // outside of transactions
	done  int            // number of operations made
	first int            // number of operations up to the first mismatch, or 0
	err   error
}

func (r *run) run(ctx context.Context) error {
	err := r.opts.Program.Run(ctx, r.top, func(s program.Step) { r.after(ctx, s) })
	if r.full() || r.err != nil {
		return r.err
	}
	if err != nil {
		return err
	}
	r.compareRows(ctx)
	r.rec.CompareForks(ctx)
	r.noteFirst(len(r.opts.Program))
	return r.err
}

// after checks the engines after an operation.
func (r *run) after(ctx context.Context, s program.Step) {
	r.done = s.Done
	if s.Depth == 0 {
		r.top = s.Engine // a fork takes its place
	}
	switch total := len(r.opts.Program); {
	case s.Err != nil && s.Depth > 0:
		// The probe's answer shows whether the transaction can continue.
		_ = s.Engine.Probe(ctx)
	case s.Err != nil && r.opts.Check == CheckFailures:
		r.compareRows(ctx)
	case r.opts.Check == CheckEnd && s.Depth == 0 && total >= 100*dumps && s.Done%(total/dumps) == 0:
		r.compareRows(ctx)
	}
	r.noteFirst(s.Done)
	if r.opts.Progress != nil {
		r.opts.Progress(s.Done)
	}
	if r.full() {
		r.stop()
	}
}

func (r *run) compareRows(ctx context.Context) {
	if _, err := r.top.Dump(context.WithoutCancel(ctx)); err != nil && r.err == nil {
		r.err = fmt.Errorf("conformance: compare the rows: %w", err)
		r.stop()
	}
}

func (r *run) noteFirst(done int) {
	if r.first == 0 && r.rec.count() > 0 {
		r.first = done
	}
}

// full reports whether there are enough mismatches to end the run.
func (r *run) full() bool { return r.rec.count() >= r.most }
