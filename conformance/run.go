package conformance

import (
	"slices"
	"testing"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/cases"
)

// Run tests an engine against the suite, each case on a store of its own. open
// returns an empty store, which it closes when the test ends.
func Run(t *testing.T, open func(testing.TB) tasktwin.Store, opts ...Option) {
	t.Helper()
	runCases(t, cases.All(), open, applyOptions(t, opts))
}

func runCases(t *testing.T, all []cases.Case, open func(testing.TB) tasktwin.Store, o *options) {
	t.Helper()
	for _, c := range all {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			if reason, ok := o.deviations[c.Name]; ok {
				deviates(t, c, open, reason)
				return
			}
			c.Run(t, cases.NewFixture(t, open(t)))
		})
	}
}

// deviates runs a case that is declared to fail.
func deviates(t *testing.T, c cases.Case, open func(testing.TB) tasktwin.Store, reason string) {
	t.Helper()
	var r recorder
	failed := r.run(t, func(tb testing.TB) { c.Run(tb, cases.NewFixture(tb, open(tb))) })
	switch {
	case failed:
		t.Skipf("deviates: %s\n%s", reason, r.log())
	case t.Skipped():
		return
	}
	t.Errorf("the engine passes this case, and is declared to deviate (%s): take the declaration out", reason)
}

// inLockstep returns the cases that can run on two engines in lockstep.
func inLockstep() []cases.Case {
	return slices.DeleteFunc(cases.All(), func(c cases.Case) bool { return c.Alone })
}
