package conformance

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
	"github.com/tasktwin/tasktwin/memdb"
)

// agentTx are the calls of a transaction, and its level.
type agentTx struct {
	level tasktwin.IsolationLevel
	calls []agentCall
}

// agentTxModel is the model of all agents, in which a transaction is one operation. Its state
// has the lifecycle state of each agent.
//
// The order has to agree with real time: a transaction that begins after another has returned
// comes after it. Serializable snapshot isolation promises that. If T commits before the
// snapshot of U, T cannot have to come after U: each cycle of dependencies has two reads in a
// row of what others overwrite, the last of which commits first, and a step in real time, like
// one from a write to its reader, is none of the two.
var agentTxModel = porcupine.Model{
	Init: func() any { return [3]tasktwin.WorkspaceAgentLifecycleState{} },
	Step: func(state, input, output any) (bool, any) {
		agents := state.([3]tasktwin.WorkspaceAgentLifecycleState)
		for i, call := range input.(agentTx).calls {
			agent := &agents[call.key-1]
			ok, next := agentModel.Step(*agent, call, output.([]agentAnswer)[i])
			if !ok {
				return false, state
			}
			*agent = next.(tasktwin.WorkspaceAgentLifecycleState)
		}
		return true, agents
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprintf("%v: %v", input, output) },
}

// run runs the transaction, and returns the answers and its outcome: "ok" if it was committed.
// One that fails has done nothing.
func (x agentTx) run(t *testing.T, s tasktwin.Store) (answers []agentAnswer, outcome string) {
	t.Helper()
	err := s.InTx(t.Context(), func(tx tasktwin.Store) error {
		for _, call := range x.calls {
			runtime.Gosched() // so that transactions overlap
			answer := call.call(t, tx)
			if answer.err != "ok" && answer.err != "no rows" {
				outcome = answer.err
				return errors.New(outcome)
			}
			answers = append(answers, answer)
		}
		return nil
	}, &tasktwin.TxOptions{Isolation: x.level})
	if outcome == "" {
		outcome = stores.Outcome(err)
	}
	return answers, outcome
}

// randomSerializable returns a transaction that reads and writes any of the agents.
func randomSerializable(r *rand.Rand) agentTx {
	x := agentTx{level: tasktwin.Serializable}
	for range 2 + r.IntN(3) {
		x.calls = append(x.calls, agentCall{
			kind:  []string{"get", "get", "get", "update", "update", "insert", "delete"}[r.IntN(7)],
			key:   1 + r.Uint64N(3),
			state: tasktwin.AllWorkspaceAgentLifecycleStateValues()[r.IntN(9)],
		})
	}
	return x
}

// randomOfOneAgent returns a transaction below serializable that has a serial order: at
// repeatable read, because it is about one row, which only the first of two may update; at
// read committed, because it locks that row first.
func randomOfOneAgent(r *rand.Rand) agentTx {
	x := agentTx{level: []tasktwin.IsolationLevel{tasktwin.ReadCommitted, tasktwin.RepeatableRead}[r.IntN(2)]}
	key := 1 + r.Uint64N(3)
	for i := range 2 + r.IntN(3) {
		kind := []string{"get", "get", "update"}[r.IntN(3)]
		if i == 0 && x.level == tasktwin.ReadCommitted {
			kind = "update"
		}
		x.calls = append(x.calls, agentCall{kind, key, tasktwin.AllWorkspaceAgentLifecycleStateValues()[r.IntN(9)]})
	}
	return x
}

// txHistory runs transactions of eight goroutines on a store, and those again that fail with
// 40001 or 40P01. It returns those that were committed, and how often one failed. If filled is
// set, the agents are there before.
func txHistory(
	t *testing.T, s tasktwin.Store, seed uint64, filled bool, random func(*rand.Rand) agentTx,
) (history []porcupine.Operation, failed int) {
	t.Helper()
	var mu sync.Mutex
	start := time.Now()
	do := func(client int, x agentTx) {
		for again := true; again; {
			begin := time.Since(start)
			answers, outcome := x.run(t, s)
			end := time.Since(start)
			again = outcome == "40001" || outcome == "40P01"
			mu.Lock()
			if outcome == "ok" {
				history = append(history, porcupine.Operation{
					ClientId: client, Input: x, Output: answers, Call: begin.Nanoseconds(), Return: end.Nanoseconds(),
				})
			} else {
				failed++
			}
			mu.Unlock()
		}
	}
	if filled {
		ready := tasktwin.WorkspaceAgentLifecycleStateReady
		do(0, agentTx{calls: []agentCall{{"insert", 1, ready}, {"insert", 2, ready}, {"insert", 3, ready}}})
	}
	var clients sync.WaitGroup
	for client := range 8 {
		r := rand.New(rand.NewPCG(seed, uint64(client)))
		clients.Go(func() {
			for range 6 {
				do(client, random(r))
			}
		})
	}
	clients.Wait()
	return history, failed
}

// Some order of the transactions of eight concurrent goroutines explains their answers.
func TestMemdbTransactionsAreLinearizable(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		filled bool
		random func(*rand.Rand) agentTx
	}{
		"serializable":             {false, randomSerializable},
		"below, each on one agent": {true, randomOfOneAgent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rounds := uint64(500)
			if testing.Short() {
				rounds = 50
			}
			seed := setting(t, envSeed, rand.Uint64())
			t.Logf("replay with %s=%d", envSeed, seed)
			committed, failed := 0, 0
			for round := range rounds {
				history, fails := txHistory(t, memdb.New(memdb.Options{}), seed+round, c.filled, c.random)
				committed += len(history)
				failed += fails
				result, info := porcupine.CheckOperationsVerbose(agentTxModel, history, time.Minute)
				if result != porcupine.Ok {
					path := filepath.Join(os.TempDir(), fmt.Sprintf("tasktwin-transactions-%d-%d.html", seed, round))
					require.NoError(t, porcupine.VisualizePath(agentTxModel, info, path))
					t.Fatalf("round %d is %s: its timeline is in %s", round, result, path)
				}
			}
			t.Logf("%d transactions were committed, and %d failed", committed, failed)
			require.Positive(t, failed, "the transactions do not overlap")
		})
	}
}

// weaker is a store that runs transactions of one isolation level at another.
type weaker struct {
	*memdb.DB
	from, to tasktwin.IsolationLevel
}

func (w weaker) InTx(ctx context.Context, fn func(tasktwin.Store) error, opts *tasktwin.TxOptions) error {
	if opts.Isolation == w.from {
		opts = &tasktwin.TxOptions{Isolation: w.to}
	}
	return w.DB.InTx(ctx, fn, opts)
}

// The check finds the write skew of a store whose serializable transactions are of repeatable
// read, and the lost updates of one whose repeatable read is read committed.
func TestCheckOfTransactionsFindsWeakerLevels(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		from, to tasktwin.IsolationLevel
		random   func(*rand.Rand) agentTx
	}{
		"write skew":   {tasktwin.Serializable, tasktwin.RepeatableRead, randomSerializable},
		"lost updates": {tasktwin.RepeatableRead, tasktwin.ReadCommitted, randomOfOneAgent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seed := setting(t, envSeed, rand.Uint64())
			t.Logf("replay with %s=%d", envSeed, seed)
			for round := range uint64(10_000) {
				history, _ := txHistory(t, weaker{memdb.New(memdb.Options{}), c.from, c.to}, seed+round, true, c.random)
				if porcupine.CheckOperationsTimeout(agentTxModel, history, time.Minute) == porcupine.Illegal {
					t.Logf("found in round %d", round)
					return
				}
			}
			t.Error("not found")
		})
	}
}
