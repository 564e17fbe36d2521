package lockstep

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/tasktwin/tasktwin"
)

// ParityOptions say what Parity does.
type ParityOptions struct {
	// Program is what is done. Without one it is generated from Seed, Ops and
	// Preset.
	Program Program
	// Seed decides on the program: the same seed makes the same one.
	Seed uint64
	// Ops is the number of operations to generate.
	Ops int
	// Preset says which kinds come more often. Empty means mixed.
	Preset Preset
	// Check says when all rows of both engines are compared besides at the end.
	Check Check
	// FirstOnly ends the run at the first mismatch, instead of the tenth.
	FirstOnly bool
	// SimpleProtocol says that the reference sends statements in pgx's simple
	// protocol, in which a few answers differ.
	SimpleProtocol bool
	// Progress, if set, is called after each operation with how many are done.
	Progress func(done int)
}

// Check says when Parity compares every row of every table.
type Check string

// The checks.
const (
	// CheckFailures is after each operation that fails, a transaction's end
	// included. It is the default.
	CheckFailures Check = ""
	// CheckEnd is at the end, and a few times on the way.
	CheckEnd Check = "end"
)

// ParityReport is what Parity found.
type ParityReport struct {
	Seed   uint64 `json:"seed"`
	Preset Preset `json:"preset,omitempty"`
	// Ops is the number of operations made, of the program's.
	Ops        int           `json:"ops"`
	Methods    []MethodStats `json:"methods"` // by name
	Mismatches []Mismatch    `json:"mismatches"`
	// Missed are the outcomes that can be had and were not seen, by method.
	Missed []MethodOutcome `json:"missed"`
	// Program is the part of the program up to the first mismatch, as text,
	// empty without one.
	Program string `json:"program,omitempty"`
}

// DefaultOps is how many operations a run has that is to see every answer.
const DefaultOps = 20_000

// dumps is how many times in a run with CheckEnd all rows are compared.
const dumps = 4

// maxMismatches ends a run: what follows the first few is their echo.
const maxMismatches = 10

// Parity drives two empty stores with the same operations and compares every
// answer, and every row of every table after each failure and at the end. It ends
// early after ten mismatches. The error is the context's, or of a store that does
// not answer; the report is never nil.
func Parity(ctx context.Context, ref, sub tasktwin.Store, opts ParityOptions) (*ParityReport, error) {
	report := &ParityReport{Seed: opts.Seed, Preset: opts.Preset, Methods: []MethodStats{}, Mismatches: []Mismatch{}, Missed: []MethodOutcome{}}
	if err := opts.valid(); err != nil {
		return report, err
	}
	for _, s := range []tasktwin.Store{ref, sub} {
		if err := s.Ping(ctx); err != nil {
			return report, fmt.Errorf("conformance: Parity: %T does not answer: %w", s, err)
		}
	}
	program := opts.Program
	if program == nil {
		program = Generate(opts.Seed, opts.Preset, opts.Ops)
	}
	p := &parity{opts: opts, report: report, rec: NewRecord(), total: len(program)}
	p.rec.simple = opts.SimpleProtocol
	err := p.run(ctx, program, NewPair(ref, sub, p.rec, 0))
	report.Methods = slices.SortedFunc(deref(p.rec.stats), func(a, b MethodStats) int { return cmp.Compare(a.Method, b.Method) })
	report.Mismatches = append(report.Mismatches, p.rec.Mismatches...)
	report.Missed = append(report.Missed, p.rec.missed()...)
	if p.first > 0 {
		report.Program = program[:p.first].Balanced().String()
	}
	return report, err
}

func (o ParityOptions) valid() error {
	switch {
	case o.Ops < 0:
		return fmt.Errorf("conformance: ParityOptions.Ops is %d: it must not be negative", o.Ops)
	case !o.Preset.Valid():
		return fmt.Errorf("conformance: ParityOptions.Preset is %q: it must be one of %v", o.Preset, AllPresets())
	case o.Check != CheckFailures && o.Check != CheckEnd:
		return fmt.Errorf("conformance: ParityOptions.Check is %q: it must be empty or %q", o.Check, CheckEnd)
	}
	return nil
}

// parity is a run.
type parity struct {
	opts   ParityOptions
	report *ParityReport
	rec    *Record
	total  int
	first  int // how much of the program there is up to the first mismatch
	err    error
}

func (p *parity) run(ctx context.Context, program Program, both *Pair) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	most := maxMismatches
	if p.opts.FirstOnly {
		most = 1
	}
	r := &Runner{Ops: program}
	compare := func() {
		if _, err := both.Dump(context.WithoutCancel(ctx)); err != nil && p.err == nil {
			p.err = fmt.Errorf("conformance: Parity: compare the rows: %w", err)
			stop()
		}
	}
	r.After = func(s tasktwin.Store, _ Op, err error) {
		p.report.Ops = r.at
		l, ok := s.(*Pair)
		if ok && l.Depth == 0 {
			both = l // a fork takes its place
		}
		switch {
		case err == nil || !ok:
		case l.Depth > 0:
			// Whether the transaction goes on shows in the next answer.
			l.probe(ctx)
		case p.opts.Check == CheckFailures:
			compare()
		}
		if p.opts.Check == CheckEnd && p.total >= 100*dumps && p.report.Ops%(p.total/dumps) == 0 && l == both {
			compare()
		}
		if p.first == 0 && len(p.rec.Mismatches) > 0 {
			p.first = p.report.Ops
		}
		if p.opts.Progress != nil {
			p.opts.Progress(p.report.Ops)
		}
		if len(p.rec.Mismatches) >= most {
			stop()
		}
	}
	err := r.Run(ctx, both, false)
	if len(p.rec.Mismatches) >= most || p.err != nil {
		return p.err
	}
	if err != nil {
		return err
	}
	compare()
	both.CompareForks(ctx)
	if p.first == 0 && len(p.rec.Mismatches) > 0 {
		p.first = p.total
	}
	return p.err
}

func deref(m map[string]*MethodStats) func(func(MethodStats) bool) {
	return func(yield func(MethodStats) bool) {
		for s := range maps.Values(m) {
			if !yield(*s) {
				return
			}
		}
	}
}
