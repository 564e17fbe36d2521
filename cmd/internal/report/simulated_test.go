package report

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/sim"
)

// The page of a simulation has the simulation's results, to the millisecond. Builds and
// tasks fail often, and tasks are deleted in every state.
func TestAgreesWithTheSimulation(t *testing.T) {
	t.Parallel()
	params := func(seed uint64) sim.Params {
		p := sim.DefaultParams()
		p.Seed, p.Users, p.Duration = seed, 6, 6*24*time.Hour
		p.BuildFailure, p.Stuck, p.Unhealthy, p.Failure, p.Deletion = 0.25, 0.1, 0.1, 0.2, 0.9
		return p
	}
	recorded := params(1)
	recorded.Recording = recording(recorded)
	for name, p := range map[string]sim.Params{"1": params(1), "2": params(2), "3": params(3), "recorded": recorded} {
		for _, policy := range []sim.Policy{sim.Never{}, sim.IdleTimeout(0), sim.IdleTimeout(30 * time.Minute), sim.NewAdaptive(0.9)} {
			t.Run(name+" "+policy.Name(), func(t *testing.T) {
				t.Parallel()
				w, err := sim.NewWorld(p)
				require.NoError(t, err)
				store := memdb.New(memdb.Options{})
				t.Cleanup(func() { require.NoError(t, store.Close()) })
				require.NoError(t, w.Seed(t.Context(), store))
				r, err := w.Run(t.Context(), store, policy, sim.Options{})
				require.NoError(t, err)
				for _, from := range []tasktwin.Store{store, tables{store}} {
					page, err := Collect(t.Context(), from, Options{Now: r.Until})
					require.NoError(t, err)
					got := page.Totals()
					require.Equal(t, Totals{
						Tasks: r.Tasks, Deleted: r.Deleted, Owners: got.Owners, Pauses: r.Pauses, Resumes: r.Resumes,
						LifetimeMS: r.LifetimeMS, RunningMS: r.RunningMS, ActiveMS: r.ActiveMS, IdleMS: r.IdleRunningMS,
						BuildingMS: r.BuildingMS, PausedMS: r.PausedMS, FailedMS: got.FailedMS,
					}, got)
					require.Zero(t, page.mismatched)
				}
				require.Positive(t, r.FailedBuilds)
				require.Positive(t, r.BuildingMS)
			})
		}
	}
}

// recording returns tasks whose turns and notes share instants, as in logs with coarse
// clocks.
func recording(p sim.Params) *sim.Recording {
	var r sim.Recording
	for i := range 60 {
		task := sim.RecordedTask{Name: fmt.Sprint("Task ", i), Owner: fmt.Sprint("owner ", i%7)}
		at := p.Start.Add(time.Duration(i) * time.Hour)
		for turn := range 8 {
			task.Turns = append(task.Turns,
				sim.Turn{At: at, Work: time.Duration(turn%3) * 7 * time.Minute, Message: "Work"},
				sim.Turn{At: at, Message: "Note at the same time"},
				sim.Turn{At: at.Add(10 * time.Second), Message: "Note soon after"},
			)
			at = at.Add(time.Duration(1+(i*turn)%90) * 10 * time.Minute)
		}
		r.Tasks = append(r.Tasks, task)
	}
	return &r
}
