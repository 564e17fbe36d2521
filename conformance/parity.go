package conformance

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/lockstep"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
	"github.com/tasktwin/tasktwin/conformance/internal/workload"
	"github.com/tasktwin/tasktwin/conformance/parity"
)

//go:embed testdata/programs
var testdata embed.FS

// Environment variables that replay a run.
const (
	envSeed   = "TASKTWIN_SEED"
	envOps    = "TASKTWIN_OPS"
	envPreset = "TASKTWIN_PRESET"
)

// suiteOps is the number of operations that RunParity generates unless
// TASKTWIN_OPS is set.
const suiteOps = 3000

// RunParity asserts that two engines answer alike: in every case of [Run], in the
// programs that once showed a mismatch, and in a random one. It prints the seed of
// the random program; TASKTWIN_SEED, TASKTWIN_OPS and TASKTWIN_PRESET replay it.
// It shrinks a program that fails.
func RunParity(t *testing.T, reference, subject func(testing.TB) tasktwin.Store, opts ...Option) {
	t.Helper()
	r := newParityRun(t, reference, subject, opts...)
	if r.scratch == nil {
		r.scratch = subject
	}
	parts := map[string]func(*testing.T){
		"cases": r.cases, "programs": r.programs, "matrix": r.matrix, "accepted": r.acceptedPrograms, "operations": r.operations,
	}
	// After all parts have run to their end, so that a difference that did not occur
	// is no longer one. Parts are skipped where a store cannot be opened, such as one
	// of PostgreSQL on a machine that has none.
	t.Cleanup(func() {
		for _, d := range r.accept {
			if r.accepted[d.Name] == 0 && r.parts == len(parts) {
				t.Errorf("%q did not occur: it is no longer a difference to accept", d.Name)
			}
		}
	})
	for _, name := range []string{"cases", "programs", "matrix", "accepted", "operations"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			t.Cleanup(func() {
				r.mu.Lock()
				defer r.mu.Unlock()
				if !t.Skipped() {
					r.parts++
				}
			})
			parts[name](t)
		})
	}
}

// parityRun is a run of RunParity.
type parityRun struct {
	*options
	reference, subject func(testing.TB) tasktwin.Store

	mu       sync.Mutex
	accepted map[string]int // how often each accepted difference occurred
	parts    int            // how many parts have ended without being skipped
}

func newParityRun(t *testing.T, reference, subject func(testing.TB) tasktwin.Store, opts ...Option) *parityRun {
	t.Helper()
	return &parityRun{options: applyOptions(t, opts), reference: reference, subject: subject, accepted: map[string]int{}}
}

// count adds up how often accepted differences occurred.
func (r *parityRun) count(accepted []parity.Accepted) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range accepted {
		r.accepted[a.Name] += a.Count
	}
}

func (r *parityRun) cases(t *testing.T) {
	runCases(t, inLockstep(), func(tb testing.TB) tasktwin.Store {
		rec := stores.NewRecord(r.accept...)
		tb.Cleanup(func() { r.count(rec.Accepted()) })
		return together(tb, r.reference(tb), r.subject(tb), rec)
	}, r.options)
}

// programs runs the programs that once showed a mismatch.
func (r *parityRun) programs(t *testing.T) {
	for name, program := range savedPrograms(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r.compare(t, parity.Options{Program: program}, "")
		})
	}
}

func (r *parityRun) matrix(t *testing.T) {
	r.compare(t, parity.Options{Program: workload.Matrix()}, "")
}

// acceptedPrograms runs the programs that show the accepted differences.
func (r *parityRun) acceptedPrograms(t *testing.T) {
	for _, d := range r.accept {
		if d.Program != nil {
			t.Run(d.Name, func(t *testing.T) {
				t.Parallel()
				r.compare(t, parity.Options{Program: d.Program}, "")
			})
		}
	}
}

func (r *parityRun) operations(t *testing.T) {
	seed, ops := setting(t, envSeed, rand.Uint64()), setting(t, envOps, suiteOps)
	preset := parity.Preset(os.Getenv(envPreset))
	replay := fmt.Sprintf("%s=%d %s=%d %s=%s", envSeed, seed, envOps, ops, envPreset, preset)
	t.Logf("replay with %s", replay)
	r.compare(t, parity.Options{Ops: int(ops), Seed: seed, Preset: preset, Scratch: r.scratch(t)}, "replay with "+replay)
}

// compare runs a program, and fails with a report if the engines differ.
func (r *parityRun) compare(t *testing.T, opts parity.Options, replay string) {
	t.Helper()
	opts.Accept, opts.Fork = r.accept, r.fork
	report, err := parity.Run(t.Context(), r.reference(t), r.subject(t), opts)
	if err != nil {
		t.Errorf("%v\n%s", err, replay)
	}
	r.count(report.Accepted)
	if len(report.Mismatches) == 0 {
		return
	}
	program, err := parity.ParseProgram(report.Program)
	if err != nil {
		t.Fatal(err)
	}
	// Each attempt is a subtest, so that its stores are closed when it ends.
	attempts := 0
	again := parity.Options{Check: parity.CheckEnd, FirstOnly: true, Accept: r.accept, Fork: r.fork}
	program, err = parity.Shrink(t.Context(), program, func(ctx context.Context, p parity.Program) (failed bool, err error) {
		attempts++
		t.Run(fmt.Sprintf("shrink/%d", attempts), func(t *testing.T) {
			opts := again
			opts.Program = p
			var report *parity.Report
			report, err = parity.Run(ctx, r.reference(t), r.subject(t), opts)
			failed = len(report.Mismatches) > 0
		})
		return failed, err
	})
	if err != nil {
		t.Error(err)
	}
	last, err := parity.Run(t.Context(), r.reference(t), r.subject(t), parity.Options{Program: program, Accept: r.accept, Fork: r.fork})
	if err != nil {
		t.Error(err)
	}
	explained := ""
	if r.explain != nil {
		explained = r.explain(t.Context(), r.reference(t), r.subject(t), program)
	}
	t.Errorf("%s\n%s%s", last.Text(report.Ops), explained, replay)
}

// Together returns a store that makes each call on two stores and returns the
// reference's answer, so that a test of your own runs on both. The test fails at
// each call that they answer differently, unless [Accept] allows it, and at its
// end if they do not hold the same rows. Calls in transactions are compared, too,
// but a transaction's function runs only once. Together does not close the stores;
// close them after the test. A store that is nil fails the test at once.
//
// Several goroutines may use the store. Calls outside of transactions take turns, and
// so do the calls in one transaction, so that both stores get them in the same order.
// Sessions that overlap cannot be compared, because what they wait for depends on the
// time that each store takes. So while InTx runs, calls on the store itself fail on
// other goroutines, and fail the test, with an error that names both calls. Inside of
// InTx's function, on its own goroutine, they are made: see [tasktwin.ErrStoreInTx].
func Together(tb testing.TB, reference, subject tasktwin.Store, opts ...Option) tasktwin.Store {
	tb.Helper()
	switch {
	case reference == nil:
		tb.Fatal("conformance: Together: the reference store is nil")
	case subject == nil:
		tb.Fatal("conformance: Together: the subject store is nil")
	}
	return together(tb, reference, subject, stores.NewRecord(applyOptions(tb, opts).accept...))
}

func together(tb testing.TB, reference, subject tasktwin.Store, rec *lockstep.Record) tasktwin.Store {
	tb.Helper()
	both := stores.Together(reference, subject, rec)
	tb.Cleanup(func() {
		if usable(reference) && usable(subject) {
			_, _ = both.Dump(context.Background())
		}
		for _, m := range rec.Mismatches() {
			tb.Error(m)
		}
		for _, err := range both.Overlaps() {
			tb.Error(err)
		}
	})
	return both
}

// usable reports whether the case has left the store open.
func usable(s tasktwin.Store) bool { return s.Ping(context.Background()) == nil }

// savedPrograms returns the programs that once showed a mismatch, by name.
func savedPrograms(t *testing.T) map[string]parity.Program {
	t.Helper()
	files, err := fs.Glob(testdata, "testdata/programs/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	programs := map[string]parity.Program{}
	for _, file := range files {
		text, err := fs.ReadFile(testdata, file)
		if err != nil {
			t.Fatal(err)
		}
		program, err := parity.ParseProgram(string(text))
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		programs[strings.TrimSuffix(path.Base(file), ".txt")] = program
	}
	return programs
}

func setting(t *testing.T, name string, otherwise uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s is %q: it must be a whole number, not negative", name, text)
	}
	return n
}
