package stores_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/internal/lockstep"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/memdb"
)

// A program of the default size reaches all possible outcomes of all methods, and
// no others, before and from version 18 on.
func TestOutcomesAreReached(t *testing.T) {
	t.Parallel()
	seeds := uint64(4)
	if testing.Short() {
		seeds = 2
	}
	for seed := range seeds {
		version := memdb.Options{PostgresVersion: 17 + int(seed%2)}
		opts := parity.Options{Scratch: memdb.New(memdb.Options{}), Seed: seed, Ops: parity.DefaultOps, Check: parity.CheckEnd}
		report, err := parity.Run(t.Context(), memdb.New(version), memdb.New(version), opts)
		require.NoError(t, err)
		require.Empty(t, report.Mismatches)
		for _, m := range report.Missed {
			t.Errorf("seed %d: %s never answered %q: make its operation in workload/choices.go reach it, or add an exception to stores/outcomes.go",
				seed, m.Method, m.Outcome)
		}
		for _, m := range report.Methods {
			method, ok := stores.Methods.Type().MethodByName(m.Method)
			if !ok {
				continue
			}
			var possible []string
			for _, o := range stores.OutcomesOf(method) {
				possible = append(possible, lockstep.Forms(o)...)
			}
			for o := range m.Outcomes {
				if !slices.Contains(possible, o) {
					t.Errorf("seed %d: %s answered %q, which follows from no rule: if it is right, add it to the exceptions in stores/outcomes.go",
						seed, m.Method, o)
				}
			}
		}
	}
}

// Each exception is of an existing method, and differs from the rules.
func TestExceptionsAreExceptions(t *testing.T) {
	t.Parallel()
	for name, outcomes := range stores.Exceptions {
		method, ok := stores.Methods.Type().MethodByName(name)
		if !ok {
			t.Errorf("the exceptions in stores/outcomes.go list %s, which is not a method of Querier", name)
			continue
		}
		for o, can := range outcomes {
			if slices.Contains(stores.RuleOutcomes(method), o) == can {
				t.Errorf("the exceptions in stores/outcomes.go list %q of %s as %t, which the rules say already", o, name, can)
			}
		}
	}
}
