package conformance

import (
	"database/sql"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/cases"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/pgdb"
	"github.com/tasktwin/tasktwin/tasktest"
)

// Each engine derives the status that a task of tasktest was asked to have, and telemetry has
// the pause that its verbs made.
func TestTasktestOnEachEngine(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB) tasktwin.Store{"memdb": openMemdb, "pgdb": openPgdb} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := tasktest.New(t, open(t))
			for want, insert := range map[tasktwin.TaskStatus]func(*tasktest.World, ...tasktest.Edit) *tasktest.Task{
				tasktwin.TaskStatusPending:      (*tasktest.World).Pending,
				tasktwin.TaskStatusInitializing: (*tasktest.World).Initializing,
				tasktwin.TaskStatusActive:       (*tasktest.World).Active,
				tasktwin.TaskStatusPaused:       (*tasktest.World).Paused,
				tasktwin.TaskStatusUnknown:      (*tasktest.World).Unknown,
				tasktwin.TaskStatusError:        (*tasktest.World).Failed,
			} {
				require.Equal(t, want, insert(w).Status())
				require.Equal(t, want, w.Task(want).Status())
			}
			_, err := w.Store().GetTaskByID(t.Context(), w.Deleted().ID)
			require.ErrorIs(t, err, sql.ErrNoRows)

			begin := w.Clock.Now()
			task := w.Pending().Start().Working()
			w.Clock.Advance(time.Minute)
			task.Idle().Pause(tasktwin.BuildReasonTaskManualPause)
			require.Equal(t, tasktwin.TaskStatusPaused, task.Status())
			w.Clock.Advance(time.Minute)
			task.Resume()
			require.Equal(t, tasktwin.TaskStatusActive, task.Status())
			rows, err := w.Store().GetTelemetryTaskEvents(t.Context(), tasktwin.GetTelemetryTaskEventsParams{
				CreatedAfter: begin.Add(time.Minute), Now: w.Clock.Now(),
			})
			require.NoError(t, err)
			require.Len(t, rows, 1, "of the task that was resumed")
			require.Equal(t, time.Minute.Milliseconds(), rows[0].ActiveDurationMS)
			require.Equal(t, tasktwin.BuildReasonTaskManualPause, rows[0].StopBuildReason.V)
		})
	}
}

// failing is a test that fails.
type failing struct{ testing.TB }

func (failing) Fatalf(string, ...any) { runtime.Goexit() }

// A test that fails inside of a transaction rolls it back, and keeps no connection.
func TestTasktestFailsInATransaction(t *testing.T) {
	t.Parallel()
	db := openAt(t, pgtest.URL(t), pgdb.Options{MaxConns: 1})
	w, ended := tasktest.New(t, db), make(chan struct{})
	go func() {
		defer close(ended)
		_ = db.InTx(t.Context(), func(tx tasktwin.Store) error {
			w.On(failing{t}, tx).Active().Start()
			return nil
		}, nil)
	}()
	<-ended
	require.Equal(t, tasktwin.TaskStatusActive, w.Active().Status())
}

// The same seed gives the same rows on both engines: made one by one, by a load, and by inserts.
func TestTasktestMakesTheSameRows(t *testing.T) {
	t.Parallel()
	const seed = 7
	live := func(store tasktwin.Store) *tasktwin.Dump {
		w := tasktest.New(t, store, tasktest.Seed(seed))
		for _, status := range tasktwin.AllTaskStatusValues() {
			w.Task(status)
			w.Clock.Advance(time.Second)
		}
		w.Active().Working().Pause(tasktwin.BuildReasonTaskAutoPause).Resume().Complete().Delete()
		w.Populate(60, tasktest.History{Statuses: 10})
		rows, err := store.(tasktwin.Dumper).Dump(t.Context())
		require.NoError(t, err)
		return rows
	}
	want := live(openPgdb(t))
	require.Empty(t, parity.Compare(want, live(openMemdb(t))))

	inserted := openPgdb(t)
	require.NoError(t, tasktest.Insert(t.Context(), inserted, want))
	rows, err := inserted.(tasktwin.Dumper).Dump(t.Context())
	require.NoError(t, err)
	require.Empty(t, parity.Compare(want, rows))
}

// Insert inserts every table with every column, whatever is added later.
func TestTasktestInsertsEveryColumn(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB) tasktwin.Store{"memdb": openMemdb, "pgdb": openPgdb} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, want := open(t), cases.EveryColumn()
			require.NoError(t, tasktest.Insert(t.Context(), store, want))
			rows, err := store.(tasktwin.Dumper).Dump(t.Context())
			require.NoError(t, err)
			require.Empty(t, parity.Compare(want, rows))
		})
	}
}
