package conformance

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/sim"
)

// The same seed gives the same simulation in memory and on PostgreSQL, down to the
// last row.
func TestSimulationsAreTheSameOnBothEngines(t *testing.T) {
	t.Parallel()
	params := sim.DefaultParams()
	params.Users, params.Duration = 5, 3*24*time.Hour
	params.BuildFailure, params.Stuck, params.Unhealthy = 0.1, 0.1, 0.1
	recorded := params
	recorded.Duration = 24 * time.Hour
	recorded.Recording = &sim.Recording{Tasks: []sim.RecordedTask{
		{Name: "a", Owner: "Ada", Turns: []sim.Turn{
			{At: params.Start, Work: time.Hour, Message: "begin"},
			{At: params.Start.Add(3 * time.Hour), Message: "a note"},
			{At: params.Start.Add(3 * time.Hour), Work: time.Minute, Message: "go on"},
		}},
		{Name: "b", Owner: "ada", Turns: []sim.Turn{{At: params.Start.Add(time.Hour), Message: "nothing to do"}}},
	}}
	for _, test := range []struct {
		name   string
		params sim.Params
		policy sim.Policy
	}{
		{"time-out", params, sim.IdleTimeout(10 * time.Minute)},
		{"adaptive", params, sim.NewAdaptive(0.5)},
		{"recording", recorded, sim.IdleTimeout(time.Hour)},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			world, err := sim.NewWorld(test.params)
			require.NoError(t, err)
			memory, postgres := memdb.New(memdb.Options{}), pgtest.Open(t)
			require.NoError(t, world.Seed(ctx, memory))
			require.NoError(t, world.Seed(ctx, postgres))
			inMemory, err := world.Run(ctx, memory, test.policy, sim.Options{})
			require.NoError(t, err)
			onPostgres, err := world.Run(ctx, postgres, test.policy, sim.Options{})
			require.NoError(t, err)
			require.Equal(t, onPostgres, inMemory)
			require.Positive(t, inMemory.Pauses)
			rows, err := memory.Dump(ctx)
			require.NoError(t, err)
			want, err := postgres.Dump(ctx)
			require.NoError(t, err)
			require.Empty(t, parity.Compare(want, rows))
		})
	}
}
