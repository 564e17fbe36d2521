package conformance

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
	"github.com/tasktwin/tasktwin/memdb"
)

// agentCall is a call on one workspace agent, and agentAnswer what it returned.
type (
	agentCall struct {
		kind  string // insert, update, get or delete
		key   uint64
		state tasktwin.WorkspaceAgentLifecycleState
	}
	agentAnswer struct {
		state tasktwin.WorkspaceAgentLifecycleState // of a get
		err   string
	}
)

// agentModel is the model of one agent. Its state is the agent's lifecycle state,
// or empty if there is no such row.
var agentModel = porcupine.Model{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		byKey := map[uint64][]porcupine.Operation{}
		for _, op := range history {
			key := op.Input.(agentCall).key
			byKey[key] = append(byKey[key], op)
		}
		var out [][]porcupine.Operation
		for _, part := range byKey {
			out = append(out, part)
		}
		return out
	},
	Init: func() any { return tasktwin.WorkspaceAgentLifecycleState("") },
	Step: func(state, input, output any) (bool, any) {
		now, call, answer := state.(tasktwin.WorkspaceAgentLifecycleState), input.(agentCall), output.(agentAnswer)
		switch {
		case call.kind == "insert" && now == "":
			return answer.err == "ok", call.state
		case call.kind == "insert":
			return answer.err == "23505 workspace_agents_pkey", now
		case now == "":
			return answer.err == "no rows", now
		case call.kind == "update":
			return answer.err == "ok", call.state
		case call.kind == "delete":
			return answer.err == "ok", tasktwin.WorkspaceAgentLifecycleState("")
		default:
			return answer == agentAnswer{now, "ok"}, now
		}
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprintf("%v: %v", input, output) },
}

// call makes the call on a store.
func (c agentCall) call(t *testing.T, s tasktwin.Store) agentAnswer {
	t.Helper()
	var row tasktwin.WorkspaceAgent
	var err error
	switch c.kind {
	case "insert":
		_, err = s.InsertWorkspaceAgent(t.Context(), tasktwin.InsertWorkspaceAgentParams{ID: id(c.key), Name: "a", LifecycleState: c.state})
	case "update":
		_, err = s.UpdateWorkspaceAgentLifecycleStateByID(t.Context(), tasktwin.UpdateWorkspaceAgentLifecycleStateByIDParams{
			ID: id(c.key), LifecycleState: c.state,
		})
	case "delete":
		_, err = s.DeleteWorkspaceAgentByID(t.Context(), id(c.key))
	default:
		row, err = s.GetWorkspaceAgentByID(t.Context(), id(c.key))
	}
	if err != nil {
		row = tasktwin.WorkspaceAgent{}
	}
	return agentAnswer{row.LifecycleState, stores.Outcome(err)}
}

// Some order of the calls of eight concurrent goroutines explains the answers.
func TestMemdbIsLinearizable(t *testing.T) {
	t.Parallel()
	rounds := 1000
	if testing.Short() {
		rounds = 100
	}
	seed := setting(t, envSeed, rand.Uint64())
	t.Logf("replay with %s=%d", envSeed, seed)
	for round := range rounds {
		db := memdb.New(memdb.Options{})
		var mu sync.Mutex
		var history []porcupine.Operation
		var clients sync.WaitGroup
		start := time.Now()
		for client := range 8 {
			r := rand.New(rand.NewPCG(seed, uint64(round*8+client)))
			clients.Go(func() {
				for range 12 {
					call := agentCall{
						kind:  []string{"insert", "update", "update", "get", "get", "get", "delete"}[r.IntN(7)],
						key:   r.Uint64N(3) + 1,
						state: tasktwin.AllWorkspaceAgentLifecycleStateValues()[r.IntN(9)],
					}
					begin := time.Since(start)
					answer := call.call(t, db)
					end := time.Since(start)
					mu.Lock()
					history = append(history, porcupine.Operation{
						ClientId: client, Input: call, Output: answer, Call: begin.Nanoseconds(), Return: end.Nanoseconds(),
					})
					mu.Unlock()
				}
			})
		}
		clients.Wait()
		result, info := porcupine.CheckOperationsVerbose(agentModel, history, time.Minute)
		if result != porcupine.Ok {
			path := filepath.Join(os.TempDir(), fmt.Sprintf("tasktwin-history-%d-%d.html", seed, round))
			require.NoError(t, porcupine.VisualizePath(agentModel, info, path))
			t.Fatalf("round %d is %s: its timeline is in %s", round, result, path)
		}
	}
}

// The model accepts right answers and refuses wrong ones.
func TestModelRefusesStaleReads(t *testing.T) {
	t.Parallel()
	at := func(call agentCall, answer agentAnswer, from, to int64) porcupine.Operation {
		return porcupine.Operation{Input: call, Output: answer, Call: from, Return: to}
	}
	ready := tasktwin.WorkspaceAgentLifecycleStateReady
	insert := at(agentCall{"insert", 1, ready}, agentAnswer{err: "ok"}, 1, 2)
	fresh := at(agentCall{kind: "get", key: 1}, agentAnswer{ready, "ok"}, 3, 4)
	stale := at(agentCall{kind: "get", key: 1}, agentAnswer{err: "no rows"}, 3, 4)
	require.True(t, porcupine.CheckOperations(agentModel, []porcupine.Operation{insert, fresh}))
	require.False(t, porcupine.CheckOperations(agentModel, []porcupine.Operation{insert, stale}))
}

// A read that starts after a write was acknowledged sees that write.
func TestAcknowledgedWritesAreVisible(t *testing.T) {
	t.Parallel()
	rounds := 100_000
	if testing.Short() {
		rounds = 5000
	}
	db := memdb.New(memdb.Options{})
	states := tasktwin.AllWorkspaceAgentLifecycleStateValues()
	_, err := db.InsertWorkspaceAgent(t.Context(), tasktwin.InsertWorkspaceAgentParams{
		ID: id(1), Name: "a", LifecycleState: states[0], UpdatedAt: program.Epoch,
	})
	require.NoError(t, err)
	var acknowledged atomic.Int64
	var done atomic.Bool
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for !done.Load() {
				least := acknowledged.Load()
				row, err := db.GetWorkspaceAgentByID(t.Context(), id(1))
				if got := row.UpdatedAt.Sub(program.Epoch).Microseconds(); err != nil || got < least {
					t.Errorf("read %d after %d was acknowledged: %v", got, least, err)
					return
				}
			}
		})
	}
	for n := range int64(rounds) {
		_, err := db.UpdateWorkspaceAgentLifecycleStateByID(t.Context(), tasktwin.UpdateWorkspaceAgentLifecycleStateByIDParams{
			ID: id(1), LifecycleState: states[n%int64(len(states))], UpdatedAt: program.Epoch.Add(time.Duration(n) * time.Microsecond),
		})
		require.NoError(t, err)
		acknowledged.Store(n)
	}
	done.Store(true)
	readers.Wait()
}
