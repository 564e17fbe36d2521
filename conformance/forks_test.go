package conformance

import (
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/memdb"
)

// A store and its forks, used at the same time, end like stores that never had
// anything in common.
func TestForksAreIndependent(t *testing.T) {
	t.Parallel()
	const sides = 5
	rounds := 20
	if testing.Short() {
		rounds = 2
	}
	seed := setting(t, envSeed, rand.Uint64())
	t.Logf("replay with %s=%d", envSeed, seed)
	for round := range uint64(rounds) {
		program := generate(seed+round, parity.PresetMixed, 3000)
		shared := program[:len(program)/3].Balanced()
		// Each side skips a different part of the rest.
		rests := make([]parity.Program, sides)
		for i, op := range program[len(program)/3:] {
			for side := range rests {
				if i/7%sides != side {
					rests[side] = append(rests[side], op)
				}
			}
		}
		db := memdb.New(memdb.Options{})
		require.NoError(t, parity.Apply(t.Context(), db, shared, nil))
		stores := []*memdb.DB{db}
		for range sides - 1 {
			stores = append(stores, db.Fork())
		}
		var group sync.WaitGroup
		for side, store := range stores {
			rests[side] = rests[side].Balanced()
			group.Go(func() {
				if err := parity.Apply(t.Context(), store, rests[side], nil); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		for side, store := range stores {
			alone := memdb.New(memdb.Options{})
			// Two programs, as the fork had. In one program, a cancel at the end of
			// the first part would apply to the first operation of the second part.
			require.NoError(t, parity.Apply(t.Context(), alone, shared, nil))
			require.NoError(t, parity.Apply(t.Context(), alone, rests[side], nil))
			require.Empty(t, parity.Compare(contents(t, alone), contents(t, store)), "side %d of seed %d", side, seed+round)
		}
	}
}

// contents returns what a store holds and what is derived from it.
func contents(t *testing.T, db *memdb.DB) []any {
	t.Helper()
	dump, err := db.Dump(t.Context())
	require.NoError(t, err)
	tasks, err := db.ListTasks(t.Context(), tasktwin.ListTasksParams{})
	require.NoError(t, err)
	events, err := db.GetTelemetryTaskEvents(t.Context(), tasktwin.GetTelemetryTaskEventsParams{
		CreatedAfter: program.Epoch.AddDate(-100, 0, 0), Now: program.Epoch.AddDate(1, 0, 0),
	})
	require.NoError(t, err)
	return []any{dump, tasks, events}
}
