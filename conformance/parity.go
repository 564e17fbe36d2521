package conformance

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/tasktwin/tasktwin"
)

// ParityOptions say how Parity runs.
type ParityOptions struct {
	// Ops is the number of operations to generate.
	Ops int
	// Seed decides which. Parity on the same engines with the same seed makes
	// the same calls.
	Seed uint64
	// Progress, if set, is called after each operation with how many are done.
	Progress func(done int)
}

// ParityReport is what Parity found.
type ParityReport struct {
	Seed uint64 `json:"seed"`
	// Ops is the number of operations made. A transaction is one, and so are
	// those inside it, so that Calls add up to more.
	Ops        int           `json:"ops"`
	Methods    []MethodStats `json:"methods"` // by name
	Mismatches []Mismatch    `json:"mismatches"`
	// Sequence is every call up to the first mismatch, empty without one.
	Sequence []string `json:"sequence,omitempty"`
}

// dumps is how many times in a run every row of every table is compared.
const dumps = 4

// maxMismatches ends a run: what follows the first few is their echo.
const maxMismatches = 10

// Parity drives two empty stores with the same random operations and compares
// every answer, and four times, the last at the end, every row of every table. It
// ends early after ten mismatches. The error is the context's, or of a store that
// does not answer; the report is never nil.
func Parity(ctx context.Context, ref, sub tasktwin.Store, opts ParityOptions) (*ParityReport, error) {
	report := &ParityReport{Seed: opts.Seed, Methods: []MethodStats{}, Mismatches: []Mismatch{}}
	if opts.Ops < 0 {
		return report, fmt.Errorf("conformance: ParityOptions.Ops is %d: it must not be negative", opts.Ops)
	}
	for _, s := range []tasktwin.Store{ref, sub} {
		if err := s.Ping(ctx); err != nil {
			return report, fmt.Errorf("conformance: Parity: %T does not answer: %w", s, err)
		}
	}
	rec := newRecord()
	rec.keep = true
	both := newLockstep(ref, sub, rec, 0)
	g := newGenerator(opts.Seed)
	defer func() {
		report.Methods = slices.SortedFunc(deref(rec.stats), func(a, b MethodStats) int { return cmp.Compare(a.Method, b.Method) })
		report.Mismatches = append(report.Mismatches, rec.mismatches...)
		if len(rec.mismatches) > 0 {
			report.Sequence = rec.sequence
		}
	}()
	for i := range opts.Ops {
		if err := ctx.Err(); err != nil {
			return report, err
		}
		_ = g.next()(ctx, both) // failures are answers like others
		report.Ops = i + 1
		if opts.Progress != nil {
			opts.Progress(i + 1)
		}
		if len(rec.mismatches) >= maxMismatches {
			return report, nil
		}
		if (i+1)%max(1, opts.Ops/dumps) == 0 || i+1 == opts.Ops {
			if _, err := both.Dump(ctx); err != nil {
				return report, fmt.Errorf("conformance: Parity: compare the rows: %w", err)
			}
		}
	}
	return report, ctx.Err()
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
