package bench

import (
	"errors"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/tasktest"
)

// fixture has the twenty rows of a unit test.
var fixture = Size{Tasks: 1, Builds: 2, Statuses: 7}

// Time per unit test (20 rows, 10 operations and a check of their results), for
// each way to give the test its own store. PostgreSQL is configured for the
// fastest tests: durability is off.
func BenchmarkUnitTest(b *testing.B) {
	skipLong(b)
	rows := World(fixture)

	b.Run("way=memdb-new", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			db := memdb.New(memdb.Options{})
			require.NoError(b, tasktest.Insert(b.Context(), db, rows))
			unitTest(b, db)
		}
	})
	b.Run("way=memdb-fork", func(b *testing.B) {
		seeded := loadMemdb(b, fixture)
		b.ReportAllocs()
		for b.Loop() {
			unitTest(b, seeded.Fork())
		}
	})
	b.Run("way=postgres-clone", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			life := &lasting{TB: b}
			db := pgtest.Open(life)
			require.NoError(b, tasktest.Insert(b.Context(), db, rows))
			unitTest(b, db)
			life.end()
		}
	})
	b.Run("way=postgres-rollback", func(b *testing.B) {
		db := pgtest.Open(b)
		b.ReportAllocs()
		for b.Loop() {
			err := db.InTx(b.Context(), func(tx tasktwin.Store) error {
				require.NoError(b, tasktest.Insert(b.Context(), tx, rows))
				unitTest(b, tx)
				return errRollBack
			}, nil)
			if !errors.Is(err, errRollBack) {
				b.Fatal(err)
			}
		}
	})
}

// unitTest does ten operations on the fixture and checks each result.
func unitTest(t testing.TB, s tasktwin.Store) {
	t.Helper()
	ctx := t.Context()
	task, err := s.GetTaskByID(ctx, TaskID(0))
	require.NoError(t, err)
	require.Equal(t, tasktwin.TaskStatusError, task.Status)
	second, err := s.InsertTask(ctx, tasktwin.InsertTaskParams{
		ID: TaskID(1), OrganizationID: task.OrganizationID, OwnerID: task.OwnerID, Name: "second", TemplateVersionID: task.TemplateVersionID,
		TemplateParameters: []byte(`{}`), Prompt: "Write a test", CreatedAt: Now,
	})
	require.NoError(t, err)
	found, err := s.GetTaskByOwnerIDAndName(ctx, tasktwin.GetTaskByOwnerIDAndNameParams{OwnerID: task.OwnerID, Name: "SECOND"})
	require.NoError(t, err)
	require.Equal(t, second.ID, found.ID)
	_, err = s.UpdateTaskPrompt(ctx, tasktwin.UpdateTaskPromptParams{ID: second.ID, Prompt: "Write two"})
	require.NoError(t, err)
	_, err = s.InsertWorkspaceAppStatus(ctx, newStatuses(fixture, 1)[0])
	require.NoError(t, err)
	err = s.UpsertTaskSnapshot(ctx, tasktwin.UpsertTaskSnapshotParams{
		TaskID: second.ID, LogSnapshot: []byte(`{"lines": 3}`), LogSnapshotCreatedAt: Now,
	})
	require.NoError(t, err)
	snapshot, err := s.GetTaskSnapshot(ctx, second.ID)
	require.NoError(t, err)
	require.Equal(t, `{"lines": 3}`, string(snapshot.LogSnapshot))
	events, err := s.GetTelemetryTaskEvents(ctx, tasktwin.GetTelemetryTaskEventsParams{Now: Now})
	require.NoError(t, err)
	require.Len(t, events, 1)
	deleted, err := s.DeleteTask(ctx, tasktwin.DeleteTaskParams{ID: task.ID, DeletedAt: Now})
	require.NoError(t, err)
	require.Equal(t, task.ID, deleted)
	left, err := s.ListTasks(ctx, tasktwin.ListTasksParams{OwnerID: task.OwnerID})
	require.NoError(t, err)
	require.Len(t, left, 1)
	require.Equal(t, "Write two", left[0].Prompt)
	require.Equal(t, uuid.NullUUID{}, left[0].WorkspaceID)
}
