package parity_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/conformance/twin"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/observe"
	"github.com/tasktwin/tasktwin/tasktest"
)

// Calls that overlap get sessions, as few as they need, and stand where they began.
func TestRecordedCallsGetSessions(t *testing.T) {
	t.Parallel()
	call := func(method string, tx, depth, began, ended int, edits ...func(*observe.Call)) observe.Call {
		c := observe.Call{Method: method, Tx: tx, Depth: depth, Began: began, Ended: ended}
		switch {
		case strings.HasPrefix(method, "Delete"):
			c.Arg = uuid.UUID{15: byte(began)}
		case method == "ListTasks":
			c.Arg = tasktwin.ListTasksParams{}
		}
		for _, edit := range edits {
			edit(&c)
		}
		return c
	}
	ended := func(c *observe.Call) { c.Err = context.Canceled }
	done := func(c *observe.Call) { c.Err, c.Done = context.DeadlineExceeded, true }
	undone := func(c *observe.Call) { c.Cause = errors.New("undo") }
	const read, write = "ListTasks", "DeleteUserByID"
	for name, c := range map[string]struct {
		calls []observe.Call
		want  string
	}{
		"one after the other": {[]observe.Call{call(write, 0, 0, 1, 2), call(read, 0, 0, 3, 4)}, "DeleteUserByID 1|ListTasks"},
		"reads at the same time": {
			[]observe.Call{call(read, 0, 0, 2, 3), call(read, 0, 0, 1, 4), call(write, 0, 0, 5, 6)}, "ListTasks|ListTasks|DeleteUserByID 5",
		},
		"a write during a read": {[]observe.Call{call(write, 0, 0, 2, 3), call(read, 0, 0, 1, 4)}, "A: ListTasks|B: DeleteUserByID 2"},
		"a read during a write": {[]observe.Call{call(read, 0, 0, 2, 3), call(write, 0, 0, 1, 4)}, "A: DeleteUserByID 1|B: ListTasks"},
		"outside of a transaction that is open": {
			[]observe.Call{
				call(observe.Begin, 1, 0, 1, 2), call(write, 0, 0, 3, 4), call(observe.Commit, 1, 0, 5, 6), call(write, 0, 0, 7, 8),
			},
			"A: begin|B: DeleteUserByID 3|A: commit|A: DeleteUserByID 7",
		},
		"two transactions, of which one waits": {
			[]observe.Call{
				call(observe.Begin, 7, 0, 1, 2), call(write, 7, 1, 3, 4), call(observe.Begin, 8, 0, 5, 6), call(observe.Savepoint, 8, 1, 7, 8),
				call(observe.Rollback, 7, 0, 10, 12, undone), call(write, 8, 2, 9, 11), call(observe.Release, 8, 1, 13, 14),
				call(observe.Commit, 8, 0, 15, 16),
			},
			"A: begin|A: DeleteUserByID 3|B: begin|B: savepoint|B: DeleteUserByID 9|A: rollback|B: release|B: commit",
		},
		"canceled while it waits": {
			[]observe.Call{
				call(observe.Begin, 1, 0, 1, 2), call(write, 0, 0, 3, 5, ended), call(read, 1, 1, 4, 6), call(observe.Commit, 1, 0, 7, 8),
			},
			"A: begin|B: DeleteUserByID 3|A: ListTasks|B: cancel|A: commit",
		},
		"canceled while it waits for a transaction that does nothing": {
			[]observe.Call{call(observe.Begin, 1, 0, 1, 2), call(write, 0, 0, 3, 4, ended), call(observe.Commit, 1, 0, 5, 6)},
			"A: begin|B: DeleteUserByID 3|B: cancel|A: commit",
		},
		"canceled before it starts": {
			[]observe.Call{call(observe.Begin, 1, 0, 1, 2), call(write, 0, 0, 3, 5, done), call(read, 1, 1, 4, 6), call(observe.Commit, 1, 0, 7, 8)},
			"A: begin|B: cancel|B: DeleteUserByID 3|A: ListTasks|A: commit",
		},
		"canceled alone": {
			[]observe.Call{call(observe.Begin, 1, 0, 1, 2), call(observe.Commit, 1, 0, 3, 4), call(write, 0, 0, 5, 6, ended)},
			"begin|commit|cancel|DeleteUserByID 5",
		},
		"a beginning that fails": {
			[]observe.Call{call(observe.Begin, 1, 0, 1, 4, ended), call(write, 0, 0, 2, 3)},
			"A: cancel|A: begin|A: commit|B: DeleteUserByID 2",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := parity.NewRecorder()
			for _, call := range c.calls {
				r.Observe(t.Context(), call)
			}
			p, err := r.Program()
			require.NoError(t, err)
			var got []string
			for _, op := range p {
				got = append(got, strings.ReplaceAll(op.String(), "00000000-0000-0000-0000-00000000000", ""))
			}
			require.Equal(t, c.want, strings.Join(got, "|"))
		})
	}
}

// replaySessions replays a program of several sessions on PostgreSQL and on memdb.
func replaySessions(t *testing.T, p parity.Program) *twin.SessionsReport {
	t.Helper()
	opts, err := twin.Options(t.Context(), pgtest.Open(t))
	require.NoError(t, err)
	report, err := twin.RunSessions(t.Context(), pgtest.URL(t), opts, p)
	require.NoError(t, err)
	require.Empty(t, report.Mismatch, p)
	return report
}

// A test of sessions that wait, deadlock and are canceled becomes a program in which they do
// so, too.
func TestRecordedSessionsAreReplayed(t *testing.T) {
	t.Parallel()
	var p parity.Program
	synctest.Test(t, func(t *testing.T) {
		recorder := parity.NewRecorder()
		store := observe.Wrap(memdb.New(memdb.Options{}), recorder.Observe)
		w := tasktest.New(t, store)
		first, second := w.Active().ID, w.Active().ID
		set := func(ctx context.Context, s tasktwin.Store, id uuid.UUID) error {
			_, err := s.UpdateTaskPrompt(ctx, tasktwin.UpdateTaskPromptParams{ID: id, Prompt: "new"})
			return err
		}
		failed := make(chan error, 3)
		err := store.InTx(t.Context(), func(tx tasktwin.Store) error {
			require.NoError(t, set(t.Context(), tx, first))
			go func() { // deadlocks
				failed <- store.InTx(t.Context(), func(other tasktwin.Store) error {
					return errors.Join(set(t.Context(), other, second), set(t.Context(), other, first))
				}, nil)
			}()
			synctest.Wait()
			canceled, cancel := context.WithCancel(t.Context())
			go func() { failed <- set(canceled, store, second) }()
			synctest.Wait()
			cancel()
			require.ErrorIs(t, <-failed, context.Canceled)
			err := set(t.Context(), tx, second) // closes the circle, and fails
			require.NoError(t, <-failed)
			return err
		}, nil)
		failure, ok := errors.AsType[*tasktwin.Error](err)
		require.True(t, ok && failure.Code == tasktwin.DeadlockDetected, err)
		p, err = recorder.Program()
		require.NoError(t, err)
	})
	report := replaySessions(t, p)
	require.Equal(t, []string{"A", "B", "C"}, p.Sessions())
	require.Equal(t, 1, report.Outcomes["UpdateTaskPrompt 40P01"], report.Transcript)
	require.Contains(t, report.Transcript, "C: cancel")
	require.Contains(t, report.Transcript, "waits for B")
}

// What sessions do at the same time in any order becomes a program, which both engines
// answer alike.
func TestSessionsOfAnyOrderAreRecorded(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("the seed is %d", seed)
	recorder := parity.NewRecorder()
	store := observe.Wrap(memdb.New(memdb.Options{}), recorder.Observe)
	w := tasktest.New(t, store)
	ids := []uuid.UUID{w.Active().ID, w.Active().ID}
	var group sync.WaitGroup
	for n := range 4 {
		group.Go(func() {
			rng := rand.New(rand.NewPCG(seed, uint64(n)))
			for i := range 8 {
				_ = store.InTx(t.Context(), func(tx tasktwin.Store) error {
					id := ids[rng.IntN(len(ids))]
					_, err := tx.UpdateTaskPrompt(t.Context(), tasktwin.UpdateTaskPromptParams{ID: id, Prompt: fmt.Sprint(n, i)})
					_, _ = tx.ListTasks(t.Context(), tasktwin.ListTasksParams{})
					return err
				}, &tasktwin.TxOptions{Isolation: []tasktwin.IsolationLevel{"", tasktwin.RepeatableRead}[rng.IntN(2)]})
				_, _ = store.GetTaskByID(t.Context(), ids[rng.IntN(len(ids))])
			}
		})
	}
	group.Wait()
	p, err := recorder.Program()
	require.NoError(t, err)
	if p.Sessions() == nil {
		t.Skip("the goroutines happened to take turns")
	}
	replaySessions(t, p)
}

// The program of a fork begins with that of the store.
func TestRecordedForksAreReplayed(t *testing.T) {
	t.Parallel()
	recorder, memory := parity.NewRecorder(), memdb.New(memdb.Options{})
	base := tasktest.New(t, observe.Wrap(memory, recorder.Observe))
	id := base.Active().ID
	own, fork := recorder.Fork(), memory.Fork()
	task := base.On(t, observe.Wrap(fork, own.Observe)).Find(id).Pause(tasktwin.BuildReasonTaskAutoPause)
	base.Find(id).Delete()

	p, err := own.Program()
	require.NoError(t, err)
	require.Contains(t, p.String(), "\nfork\n")
	db := pgtest.Open(t)
	opts, err := twin.Options(t.Context(), db)
	require.NoError(t, err)
	report, err := parity.Run(t.Context(), db, memdb.New(opts), parity.Options{Program: p, Fork: twin.Fork})
	require.NoError(t, err)
	require.Empty(t, report.Mismatches)
	require.Empty(t, parity.Compare(dump(t, fork), dump(t, db)))
	require.Equal(t, tasktwin.TaskStatusPaused, task.Status())

	// Programs of several sessions have no forks: the calls go on in one of them.
	own.Observe(t.Context(), observe.Call{Method: "ListTasks", Arg: tasktwin.ListTasksParams{}, Began: 1001, Ended: 1004})
	own.Observe(t.Context(), observe.Call{Method: "DeleteUserByID", Arg: uuid.UUID{15: 1}, Began: 1002, Ended: 1003})
	p, err = own.Program()
	require.NoError(t, err)
	require.NotContains(t, p.String(), "fork")
	require.Equal(t, []string{"A", "B"}, p.Sessions())
	replaySessions(t, p)

	recorder.Observe(t.Context(), observe.Call{Method: observe.Begin, Tx: 9, Began: 1001, Ended: 1002})
	_, err = recorder.Fork().Program()
	require.ErrorContains(t, err, "transaction 9 is still open")
}
