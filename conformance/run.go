package conformance

import (
	"context"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/tasktwin/tasktwin"
)

// The environment variables of a run, for those who replay one.
const (
	envSeed = "TASKTWIN_SEED"
	envOps  = "TASKTWIN_OPS"
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
	run     func(t *testing.T, f *fixture)
}

// Run asserts what every engine must do, each case on a store of its own: open
// returns an empty one, and closes it when the test ends.
func Run(t *testing.T, open func(testing.TB) tasktwin.Store) {
	t.Helper()
	for _, c := range allCases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t, newFixture(t, open(t)))
		})
	}
}

// RunParity asserts that two engines answer alike: in every case of [Run], and to
// a random sequence of operations, after which every row of every table is
// compared. TASKTWIN_SEED and TASKTWIN_OPS set the sequence; the seed is printed.
func RunParity(t *testing.T, reference, subject func(testing.TB) tasktwin.Store) {
	t.Helper()
	t.Run("cases", func(t *testing.T) {
		t.Parallel()
		Run(t, func(tb testing.TB) tasktwin.Store {
			both := newLockstep(reference(tb), subject(tb), newRecord(), 0)
			tb.Cleanup(func() {
				if usable(both.ref) && usable(both.sub) {
					_, _ = both.Dump(context.Background())
				}
				for _, m := range both.record.mismatches {
					tb.Error(m)
				}
			})
			return both
		})
	})
	t.Run("operations", func(t *testing.T) {
		t.Parallel()
		seed, ops := setting(t, envSeed, rand.Uint64()), setting(t, envOps, defaultOps)
		replay := envSeed + "=" + strconv.FormatUint(seed, 10) + " " + envOps + "=" + strconv.FormatUint(ops, 10)
		t.Logf("replay with %s", replay)
		report, err := Parity(t.Context(), reference(t), subject(t), ParityOptions{Ops: int(ops), Seed: seed})
		if err != nil {
			t.Errorf("%v\nreplay with %s", err, replay)
		}
		for _, m := range report.Mismatches {
			t.Errorf("%s\nreplay with %s", m, replay)
		}
		if len(report.Mismatches) > 0 {
			t.Logf("the calls up to the first mismatch:\n%s", strings.Join(report.Sequence, "\n"))
		}
	})
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
