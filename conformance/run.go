package conformance

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/lockstep"
)

//go:embed testdata/programs
var testdata embed.FS

// The environment variables of a run, for those who replay one.
const (
	envSeed   = "TASKTWIN_SEED"
	envOps    = "TASKTWIN_OPS"
	envPreset = "TASKTWIN_PRESET"
)

// defaultOps is how many operations RunParity generates unless TASKTWIN_OPS says
// otherwise.
const defaultOps = 3000

// testCase is one thing that every engine must do.
type testCase struct {
	// name is the subject, a slash, and the behaviour.
	name string
	// methods are those of [tasktwin.Querier] whose behaviour it asserts.
	methods string
	// alone says that it takes one engine: two in lockstep wait one after the
	// other, and what bounds the one's waiting is over when the other begins. A
	// call that panics on the first does not reach the second.
	alone bool
	run   func(t *testing.T, f *fixture)
}

// Run asserts what every engine must do, each case on a store of its own: open
// returns an empty one, and closes it when the test ends.
func Run(t *testing.T, open func(testing.TB) tasktwin.Store) {
	t.Helper()
	runCases(t, allCases(), open)
}

func runCases(t *testing.T, cases []testCase, open func(testing.TB) tasktwin.Store) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t, newFixture(t, open(t)))
		})
	}
}

// RunParity asserts that two engines answer alike: in every case of [Run], in the
// programs that once showed a mismatch, and in a random one. TASKTWIN_SEED,
// TASKTWIN_OPS and TASKTWIN_PRESET say which; the seed is printed. A program that
// fails is shrunk first.
func RunParity(t *testing.T, reference, subject func(testing.TB) tasktwin.Store) {
	t.Helper()
	t.Run("cases", func(t *testing.T) {
		t.Parallel()
		together := slices.DeleteFunc(allCases(), func(c testCase) bool { return c.alone })
		runCases(t, together, func(tb testing.TB) tasktwin.Store { return Together(tb, reference(tb), subject(tb)) })
	})
	t.Run("programs", func(t *testing.T) {
		t.Parallel()
		for name, program := range savedPrograms(t) {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				compare(t, reference, subject, ParityOptions{Program: program}, "")
			})
		}
	})
	t.Run("matrix", func(t *testing.T) {
		t.Parallel()
		compare(t, reference, subject, ParityOptions{Program: lockstep.Matrix()}, "")
	})
	t.Run("operations", func(t *testing.T) {
		t.Parallel()
		seed, ops := setting(t, envSeed, rand.Uint64()), setting(t, envOps, defaultOps)
		preset := Preset(os.Getenv(envPreset))
		replay := fmt.Sprintf("%s=%d %s=%d %s=%s", envSeed, seed, envOps, ops, envPreset, preset)
		t.Logf("replay with %s", replay)
		compare(t, reference, subject, ParityOptions{Ops: int(ops), Seed: seed, Preset: preset}, "replay with "+replay)
	})
}

// Together returns a store that makes each call on two and returns the reference's
// answer, so that a test of one's own runs on both. The test fails with each call
// that they answer differently and, when it ends, unless they hold the same rows.
// Transactions are compared call by call, too; fn runs once. The stores stay the
// caller's to close, after the test.
func Together(tb testing.TB, reference, subject tasktwin.Store) tasktwin.Store {
	tb.Helper()
	both := lockstep.NewPair(reference, subject, lockstep.NewRecord(), 0)
	tb.Cleanup(func() {
		if usable(both.Ref) && usable(both.Sub) {
			_, _ = both.Dump(context.Background())
		}
		for _, m := range both.Record.Mismatches {
			tb.Error(m)
		}
	})
	return both
}

// savedPrograms are what once was a mismatch, by name.
func savedPrograms(t *testing.T) map[string]Program {
	t.Helper()
	files, err := fs.Glob(testdata, "testdata/programs/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	programs := map[string]Program{}
	for _, file := range files {
		text, err := fs.ReadFile(testdata, file)
		if err != nil {
			t.Fatal(err)
		}
		program, err := ParseProgram(string(text))
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		programs[strings.TrimSuffix(path.Base(file), ".txt")] = program
	}
	return programs
}

// compare fails with a report where two engines differ.
func compare(t *testing.T, reference, subject func(testing.TB) tasktwin.Store, opts ParityOptions, replay string) {
	t.Helper()
	report, err := Parity(t.Context(), reference(t), subject(t), opts)
	if err != nil {
		t.Errorf("%v\n%s", err, replay)
	}
	if len(report.Mismatches) == 0 {
		return
	}
	program, err := ParseProgram(report.Program)
	if err != nil {
		t.Fatal(err)
	}
	// Each attempt is a test of its own, so that its stores are closed with it.
	attempts := 0
	program, err = Shrink(t.Context(), program, func(ctx context.Context, p Program) (failed bool, err error) {
		attempts++
		t.Run(fmt.Sprintf("shrink/%d", attempts), func(t *testing.T) {
			var again *ParityReport
			again, err = Parity(ctx, reference(t), subject(t), ParityOptions{Program: p, Check: CheckEnd, FirstOnly: true, SimpleProtocol: opts.SimpleProtocol})
			failed = len(again.Mismatches) > 0
		})
		return failed, err
	})
	if err != nil {
		t.Error(err)
	}
	last, err := Parity(t.Context(), reference(t), subject(t), ParityOptions{Program: program, SimpleProtocol: opts.SimpleProtocol})
	if err != nil {
		t.Error(err)
	}
	last.Seed, last.Preset = report.Seed, report.Preset
	t.Errorf("%s\n%s%s", last.Text(report.Ops), Explain(t.Context(), reference(t), subject(t), program), replay)
}

// usable reports whether a store has not been closed by its case.
func usable(s tasktwin.Store) bool { return s.Ping(context.Background()) == nil }

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
