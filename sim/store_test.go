package sim_test

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/sim"
)

// renamingStore is a store that changes the names of inserted rows.
type renamingStore struct{ tasktwin.Store }

func (s renamingStore) InsertOrganization(ctx context.Context, arg tasktwin.InsertOrganizationParams) (tasktwin.Organization, error) {
	arg.Name += " elsewhere"
	return s.Store.InsertOrganization(ctx, arg)
}

func (s renamingStore) InsertUser(ctx context.Context, arg tasktwin.InsertUserParams) (tasktwin.User, error) {
	arg.Username += " elsewhere"
	return s.Store.InsertUser(ctx, arg)
}

func (s renamingStore) InTx(ctx context.Context, do func(tasktwin.Store) error, opts *tasktwin.TxOptions) error {
	return s.Store.InTx(ctx, func(tx tasktwin.Store) error { return do(renamingStore{tx}) }, opts)
}

// Rows of other programs in the store are ignored.
func TestARunCountsItsOwnTasks(t *testing.T) {
	t.Parallel()
	w := newWorld(t, smallParams())
	want, _ := run(t, w, sim.IdleTimeout(time.Hour))
	p := smallParams()
	p.Seed++
	other := newWorld(t, p)
	db := seeded(t, w)
	if err := other.Seed(t.Context(), renamingStore{db}); err != nil {
		t.Fatal(err)
	}
	if result, err := other.Run(t.Context(), db, sim.IdleTimeout(0), sim.Options{}); err != nil || result.Pauses == 0 {
		t.Fatal(result, err)
	}
	// The store's own count of tasks by status is the expected one.
	counted := map[tasktwin.TaskStatus]int{}
	alone := seeded(t, w)
	if _, err := w.Run(t.Context(), alone, sim.IdleTimeout(time.Hour), sim.Options{}); err != nil {
		t.Fatal(err)
	}
	for _, status := range tasktwin.AllTaskStatusValues() {
		tasks, err := alone.ListTasks(t.Context(), tasktwin.ListTasksParams{Status: status})
		if err != nil {
			t.Fatal(err)
		}
		if len(tasks) > 0 {
			counted[status] = len(tasks)
		}
	}
	if !maps.Equal(want.Statuses, counted) || len(counted) < 2 {
		t.Errorf("%v, the store counts %v", want.Statuses, counted)
	}
	if got, err := w.Run(t.Context(), db, sim.IdleTimeout(time.Hour), sim.Options{}); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("beside others: %+v, %v, want %+v", got, err, want)
	}
}

// stateRecorder is a store that records the states of agents and apps.
type stateRecorder struct {
	tasktwin.Store
	agents map[uuid.UUID][]tasktwin.WorkspaceAgentLifecycleState
	apps   map[uuid.UUID][]tasktwin.WorkspaceAppHealth
}

func (s stateRecorder) UpdateWorkspaceAgentLifecycleStateByID(
	ctx context.Context, arg tasktwin.UpdateWorkspaceAgentLifecycleStateByIDParams,
) (tasktwin.WorkspaceAgent, error) {
	s.agents[arg.ID] = append(s.agents[arg.ID], arg.LifecycleState)
	return s.Store.UpdateWorkspaceAgentLifecycleStateByID(ctx, arg)
}

func (s stateRecorder) UpdateWorkspaceAppHealthByID(
	ctx context.Context, arg tasktwin.UpdateWorkspaceAppHealthByIDParams,
) (tasktwin.WorkspaceApp, error) {
	s.apps[arg.ID] = append(s.apps[arg.ID], arg.Health)
	return s.Store.UpdateWorkspaceAppHealthByID(ctx, arg)
}

func (s stateRecorder) InTx(ctx context.Context, do func(tasktwin.Store) error, opts *tasktwin.TxOptions) error {
	return s.Store.InTx(ctx, func(tx tasktwin.Store) error {
		s.Store = tx
		return do(s)
	}, opts)
}

func TestAgentsAndAppsGoThroughTheirStates(t *testing.T) {
	t.Parallel()
	p := smallParams()
	p.BuildFailure, p.Stuck, p.Unhealthy, p.Deletion = 0.2, 0.3, 0.3, 1
	w := newWorld(t, p)
	db := memdb.New(memdb.Options{})
	if err := w.Seed(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	s := stateRecorder{db, map[uuid.UUID][]tasktwin.WorkspaceAgentLifecycleState{}, map[uuid.UUID][]tasktwin.WorkspaceAppHealth{}}
	if _, err := w.Run(t.Context(), s, sim.IdleTimeout(20*time.Minute), sim.Options{}); err != nil {
		t.Fatal(err)
	}
	const (
		starting = tasktwin.WorkspaceAgentLifecycleStateStarting
		late     = tasktwin.WorkspaceAgentLifecycleStateStartTimeout
		ready    = tasktwin.WorkspaceAgentLifecycleStateReady
		stopping = tasktwin.WorkspaceAgentLifecycleStateShuttingDown
		off      = tasktwin.WorkspaceAgentLifecycleStateOff
	)
	ends, delays := 0, 0
	for id, states := range s.agents {
		onTime := []tasktwin.WorkspaceAgentLifecycleState{starting, ready, stopping, off}
		delayed := []tasktwin.WorkspaceAgentLifecycleState{starting, late, ready, stopping, off}
		if !beginsWith(onTime, states) && !beginsWith(delayed, states) {
			t.Errorf("agent %s: %v", id, states)
		}
		if states[len(states)-1] == off {
			ends++
		}
		if slices.Contains(states, late) {
			delays++
		}
	}
	hasShare(t, "agents that are delayed", delays, len(s.agents), p.Stuck)
	unwell, still := 0, 0
	for id, states := range s.apps {
		for i, state := range states {
			if want := i%2 == 0; (state == tasktwin.WorkspaceAppHealthHealthy) != want {
				t.Errorf("app %s: %v", id, states)
			}
		}
		unwell += len(states) / 2
		if len(states)%2 == 0 {
			still++
		}
	}
	if ends < 50 || unwell < 50 || still > unwell/4 {
		t.Errorf("%d of %d agents are off; apps were unwell %d times, %d still are", ends, len(s.agents), unwell, still)
	}
}

func beginsWith[T comparable](whole, part []T) bool {
	return len(part) <= len(whole) && slices.Equal(whole[:len(part)], part)
}

// A long name is truncated to the column's length, in the store and for policies.
func TestLongNamesAreCutOff(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, want string }{
		{strings.Repeat("é", 127), strings.Repeat("é", 127)},
		{strings.Repeat("é", 128), strings.Repeat("é", 126) + "…"},
	} {
		p := exact(sim.Turn{At: in(0), Work: time.Hour})
		p.Recording.Tasks[0].Name = test.name
		told := ""
		_, dump := run(t, newWorld(t, p), policyFunc(func(task sim.TaskView, _ time.Time) sim.Action {
			told = task.Name
			return sim.Keep()
		}))
		if got := dump.Tasks[0].DisplayName; got != test.want || told != test.want {
			t.Errorf("%d letters in the store, %d told", len([]rune(got)), len([]rune(told)))
		}
	}
}

// Worlds with the same start are equal, even if one start has a monotonic clock.
func TestAWorldHasNoMonotonicClock(t *testing.T) {
	t.Parallel()
	p := smallParams()
	now := time.Now()
	p.Start = now.Add(-time.Duration(now.Nanosecond() % 1000))
	if got := newWorld(t, p).Params().Start; got != got.Round(0) || !got.Equal(p.Start) {
		t.Errorf("%v", got)
	}
}
