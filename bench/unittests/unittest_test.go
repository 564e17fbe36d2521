package unittests

import (
	"context"
	"io"
	"log"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	tclog "github.com/testcontainers/testcontainers-go/log"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/bench"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
)

func TestMain(m *testing.M) {
	// Its log would stand between the results. Errors have what matters of it.
	tclog.SetDefault(log.New(io.Discard, "", 0))
	pgtest.Main(m)
}

// store has the methods that the unit test calls.
type store interface {
	GetTaskByID(ctx context.Context, id uuid.UUID) (tasktwin.TaskWithStatus, error)
	GetTaskByOwnerIDAndName(ctx context.Context, arg tasktwin.GetTaskByOwnerIDAndNameParams) (tasktwin.TaskWithStatus, error)
	ListTasks(ctx context.Context, arg tasktwin.ListTasksParams) ([]tasktwin.TaskWithStatus, error)
	InsertTask(ctx context.Context, arg tasktwin.InsertTaskParams) (tasktwin.Task, error)
	UpdateTaskPrompt(ctx context.Context, arg tasktwin.UpdateTaskPromptParams) (tasktwin.Task, error)
	DeleteTask(ctx context.Context, arg tasktwin.DeleteTaskParams) (uuid.UUID, error)
	InsertWorkspaceAppStatus(ctx context.Context, arg tasktwin.InsertWorkspaceAppStatusParams) (tasktwin.WorkspaceAppStatus, error)
	UpsertTaskSnapshot(ctx context.Context, arg tasktwin.UpsertTaskSnapshotParams) error
	GetTaskSnapshot(ctx context.Context, taskID uuid.UUID) (tasktwin.TaskSnapshot, error)
	GetTelemetryTaskEvents(
		ctx context.Context, arg tasktwin.GetTelemetryTaskEventsParams,
	) ([]tasktwin.GetTelemetryTaskEventsRow, error)
}

// fixture has the twenty rows of a unit test.
var fixture = bench.World(bench.Size{Tasks: 1, Builds: 2, Statuses: 7})

// statusID is the id of the status that the unit test inserts.
var statusID = uuid.MustParse("5a3c5a3c-0000-4000-8000-000000000001")

// unitTest does ten operations on the fixture and checks each result.
func unitTest(t testing.TB, s store) {
	t.Helper()
	ctx := t.Context()
	task, err := s.GetTaskByID(ctx, bench.TaskID(0))
	require.NoError(t, err)
	require.Equal(t, tasktwin.TaskStatusError, task.Status)
	second, err := s.InsertTask(ctx, tasktwin.InsertTaskParams{
		ID: bench.TaskID(1), OrganizationID: task.OrganizationID, OwnerID: task.OwnerID, Name: "second",
		TemplateVersionID: task.TemplateVersionID, TemplateParameters: []byte(`{}`), Prompt: "Write a test", CreatedAt: bench.Now,
	})
	require.NoError(t, err)
	found, err := s.GetTaskByOwnerIDAndName(ctx, tasktwin.GetTaskByOwnerIDAndNameParams{OwnerID: task.OwnerID, Name: "SECOND"})
	require.NoError(t, err)
	require.Equal(t, second.ID, found.ID)
	_, err = s.UpdateTaskPrompt(ctx, tasktwin.UpdateTaskPromptParams{ID: second.ID, Prompt: "Write two"})
	require.NoError(t, err)
	_, err = s.InsertWorkspaceAppStatus(ctx, newStatus())
	require.NoError(t, err)
	err = s.UpsertTaskSnapshot(ctx, tasktwin.UpsertTaskSnapshotParams{
		TaskID: second.ID, LogSnapshot: []byte(`{"lines": 3}`), LogSnapshotCreatedAt: bench.Now,
	})
	require.NoError(t, err)
	snapshot, err := s.GetTaskSnapshot(ctx, second.ID)
	require.NoError(t, err)
	require.Equal(t, `{"lines": 3}`, string(snapshot.LogSnapshot))
	events, err := s.GetTelemetryTaskEvents(ctx, tasktwin.GetTelemetryTaskEventsParams{Now: bench.Now})
	require.NoError(t, err)
	require.Len(t, events, 1)
	deleted, err := s.DeleteTask(ctx, tasktwin.DeleteTaskParams{ID: task.ID, DeletedAt: bench.Now})
	require.NoError(t, err)
	require.Equal(t, task.ID, deleted)
	left, err := s.ListTasks(ctx, tasktwin.ListTasksParams{OwnerID: task.OwnerID})
	require.NoError(t, err)
	require.Len(t, left, 1)
	require.Equal(t, "Write two", left[0].Prompt)
	require.Equal(t, uuid.NullUUID{}, left[0].WorkspaceID)
}

// newStatus is another status of the fixture's first app.
func newStatus() tasktwin.InsertWorkspaceAppStatusParams {
	s := tasktwin.InsertWorkspaceAppStatusParams(fixture.WorkspaceAppStatuses[0])
	s.ID, s.CreatedAt = statusID, bench.Now
	return s
}
