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
		report, err := Parity(t.Context(), memdb.New(memdb.Options{}), memdb.New(memdb.Options{}), ParityOptions{Seed: seed, Ops: DefaultOps, Check: CheckEnd})
		require.NoError(t, err)
		require.Empty(t, report.Mismatches)
		require.Empty(t, report.Missed, "seed %d", seed)
		for _, m := range report.Methods {
			for o := range m.Outcomes {
				if lockstep.Outcomes[m.Method] != nil && !slices.Contains(lockstep.Outcomes[m.Method], o) {
					t.Errorf("%s can answer %q, which is not in the list", m.Method, o)
				}
			}
		}
	}
}

// Every method of Querier has its answers listed.
func TestOutcomesAreListed(t *testing.T) {
	t.Parallel()
	for method := range lockstep.QuerierType.Methods() {
		require.Contains(t, lockstep.Outcomes, method.Name)
		require.Contains(t, lockstep.Outcomes[method.Name], "ok")
	}
	require.Len(t, lockstep.Outcomes, lockstep.QuerierType.NumMethod())
}
