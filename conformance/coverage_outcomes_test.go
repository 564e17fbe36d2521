package conformance

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/memdb"
)

// A program of the default size sees every answer that a method can give, and
// none that is not in the list.
func TestOutcomesAreReached(t *testing.T) {
	t.Parallel()
	seeds := uint64(3)
	if testing.Short() {
		seeds = 1
	}
	for seed := range seeds {
		report, err := Parity(t.Context(), memdb.New(memdb.Options{}), memdb.New(memdb.Options{}), ParityOptions{Seed: seed, Ops: DefaultOps, Check: CheckEnd})
		require.NoError(t, err)
		require.Empty(t, report.Mismatches)
		for _, m := range report.Missed {
			t.Errorf("seed %d: %s never answered %q: make its operation in generate_choices.go reach it, or take it out of outcomes.go",
				seed, m.Method, m.Outcome)
		}
		for _, m := range report.Methods {
			method, ok := querierType.MethodByName(m.Method)
			if !ok {
				continue
			}
			for o := range m.Outcomes {
				if !slices.Contains(outcomesOf(method), o) {
					t.Errorf("seed %d: %s can answer %q: list it under %s in constraintOutcomes, in outcomes.go", seed, m.Method, o, m.Method)
				}
			}
		}
	}
}

// What is listed by hand is of methods that there are, and follows from no rule.
func TestOutcomesAreListed(t *testing.T) {
	t.Parallel()
	for name, listed := range constraintOutcomes {
		method, ok := querierType.MethodByName(name)
		if !ok {
			t.Errorf("constraintOutcomes, in outcomes.go, lists %s, which is not a method of Querier", name)
			continue
		}
		for _, o := range listed {
			if slices.Contains(ruleOutcomes(method), o) {
				t.Errorf("constraintOutcomes, in outcomes.go, lists %q of %s, which follows from a rule", o, name)
			}
		}
	}
}
