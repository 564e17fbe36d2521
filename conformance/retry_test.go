package conformance_test

import (
	"context"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/faults"
	"github.com/tasktwin/tasktwin/memdb"
)

// onBothEngines runs a test on an empty store of each engine.
func onBothEngines(t *testing.T, test func(t *testing.T, db tasktwin.Store)) {
	t.Helper()
	t.Run("memdb", func(t *testing.T) {
		t.Parallel()
		test(t, memdb.New(memdb.Options{}))
	})
	t.Run("pgdb", func(t *testing.T) {
		t.Parallel()
		test(t, pgtest.Open(t))
	})
}

// A transaction that has read what another one has changed fails with 40001, and runs again.
func TestRetryAfterASerializationFailure(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, db tasktwin.Store) {
		for _, level := range []tasktwin.IsolationLevel{tasktwin.RepeatableRead, tasktwin.Serializable} {
			id, err := newTask(t.Context(), db)
			require.NoError(t, err)
			var codes []tasktwin.SQLState
			opts := tasktwin.RetryOptions{Tx: tasktwin.TxOptions{Isolation: level}}
			err = tasktwin.Retry(t.Context(), db, opts, func(tx tasktwin.Store) error {
				task, err := tx.GetTaskByID(t.Context(), id)
				require.NoError(t, err)
				if len(codes) < 2 { // another session is faster
					require.NoError(t, setPrompt(t.Context(), db, id, task.Prompt+"B"))
				}
				err = setPrompt(t.Context(), tx, id, task.Prompt+"A")
				codes = append(codes, codeOf(err))
				return err
			})
			require.NoError(t, err)
			require.Equal(t, []tasktwin.SQLState{tasktwin.SerializationFailure, tasktwin.SerializationFailure, ""}, codes, level)
			task, err := db.GetTaskByID(t.Context(), id)
			require.NoError(t, err)
			require.Equal(t, "BBA", task.Prompt, level)
		}
	})
}

// Two transactions lock two rows in different orders: one of them fails with 40P01, and runs
// again when the other has ended.
func TestRetryAfterADeadlock(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, db tasktwin.Store) {
		var ids [2]uuid.UUID
		for i := range ids {
			var err error
			ids[i], err = newTask(t.Context(), db)
			require.NoError(t, err)
		}
		var bothHaveOne, ended sync.WaitGroup
		bothHaveOne.Add(2)
		var codes [2][]tasktwin.SQLState
		names := [2]string{"A", "B"}
		for s := range 2 {
			ended.Go(func() {
				err := tasktwin.Retry(t.Context(), db, tasktwin.RetryOptions{}, func(tx tasktwin.Store) error {
					if err := setPrompt(t.Context(), tx, ids[s], names[s]); err != nil {
						return err
					}
					if codes[s] == nil {
						bothHaveOne.Done()
						bothHaveOne.Wait()
					}
					err := setPrompt(t.Context(), tx, ids[1-s], names[s])
					codes[s] = append(codes[s], codeOf(err))
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		ended.Wait()
		// The one that runs again may be faster than the other one, which then fails, too.
		deadlocks := 0
		for _, each := range codes {
			require.Empty(t, each[len(each)-1])
			for _, code := range each[:len(each)-1] {
				require.Equal(t, tasktwin.DeadlockDetected, code)
				deadlocks++
			}
		}
		require.Positive(t, deadlocks)
		var prompts [2]string
		for i, id := range ids {
			task, err := db.GetTaskByID(t.Context(), id)
			require.NoError(t, err)
			prompts[i] = task.Prompt
		}
		require.Contains(t, names, prompts[0])
		require.Equal(t, prompts[0], prompts[1])
	})
}

func setPrompt(ctx context.Context, s tasktwin.Store, id uuid.UUID, prompt string) error {
	_, err := s.UpdateTaskPrompt(ctx, tasktwin.UpdateTaskPromptParams{ID: id, Prompt: prompt})
	return err
}

// A lost connection is retried, but for a commit whose outcome is not known. The faults are
// those of pgdb: see TestFaultsAreLikeLostConnections.
func TestRetryAfterALostConnection(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, db tasktwin.Store) {
		for name, c := range map[string]struct {
			rules    []*faults.Rule
			attempts int
			unknown  bool
		}{
			"begin and statement": {
				[]*faults.Rule{faults.LoseConnection().On(faults.Begin).First(2), faults.Fail(tasktwin.AdminShutdown).On("InsertUser").First(3)},
				4, false,
			},
			"no server":      {[]*faults.Rule{faults.Fail(tasktwin.CannotConnectNow).On(faults.Begin).First(5)}, 1, false},
			"commit":         {[]*faults.Rule{faults.LoseConnection().On(faults.Commit).First(1)}, 1, true},
			"answer":         {[]*faults.Rule{faults.LoseConnection().On(faults.Commit).After().First(1)}, 1, true},
			"commit refused": {[]*faults.Rule{faults.Fail(tasktwin.SerializationFailure).On(faults.Commit).First(2)}, 3, false},
		} {
			attempts, user := 0, tasktwin.InsertUserParams{ID: uuid.New(), Username: name}
			err := tasktwin.Retry(t.Context(), faults.Wrap(db, c.rules...), tasktwin.RetryOptions{}, func(tx tasktwin.Store) error {
				attempts++
				_, err := tx.InsertUser(t.Context(), user)
				return err
			})
			require.Equal(t, c.attempts, attempts, name)
			if c.unknown {
				require.ErrorIs(t, err, tasktwin.ErrCommitUnknown, name)
				require.True(t, tasktwin.IsConnectionError(err), name)
			} else {
				require.NoError(t, err, name)
				_, again := db.InsertUser(t.Context(), user)
				require.True(t, tasktwin.IsUniqueViolation(again, tasktwin.UniqueUsersPKey), "%s: %v", name, again)
			}
		}
	})
}
