package conformance

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/internal/lockstep"
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
		opts := ParityOptions{Seed: seed, Ops: DefaultOps, Check: CheckEnd}
		report, err := Parity(t.Context(), memdb.New(memdb.Options{}), memdb.New(memdb.Options{}), opts)
		require.NoError(t, err)
		require.Empty(t, report.Mismatches)
		for _, m := range report.Missed {
			t.Errorf("seed %d: %s never answered %q: make its operation in generate_choices.go reach it, or add an exception to outcomes.go",
				seed, m.Method, m.Outcome)
		}
		for _, m := range report.Methods {
			method, ok := lockstep.QuerierType.MethodByName(m.Method)
			if !ok {
				continue
			}
			for o := range m.Outcomes {
				if !slices.Contains(lockstep.OutcomesOf(method), o) {
					t.Errorf("seed %d: %s answered %q, which follows from no rule: if it is right, add it to the exceptions in outcomes.go",
						seed, m.Method, o)
				}
			}
		}
	}
}

// An exception is of a method that there is, and is none where a rule says the same.
func TestExceptionsAreExceptions(t *testing.T) {
	t.Parallel()
	for name, outcomes := range lockstep.Exceptions {
		method, ok := lockstep.QuerierType.MethodByName(name)
		if !ok {
			t.Errorf("the exceptions in outcomes.go list %s, which is not a method of Querier", name)
			continue
		}
		for o, can := range outcomes {
			if slices.Contains(lockstep.RuleOutcomes(method), o) == can {
				t.Errorf("the exceptions in outcomes.go list %q of %s as %t, which the rules say already", o, name, can)
			}
		}
	}
}
