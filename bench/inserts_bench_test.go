package bench

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// batch is the number of rows that are inserted before the store is replaced by a
// fresh one, so that its size does not depend on the number of iterations. It is
// one row per task. A batch therefore touches the whole store, and the cost of
// copying nodes on the first writes of a fork has the same weight for each size.
func batch(size Size) int { return size.Tasks }

type taskInserter interface {
	InsertTask(ctx context.Context, arg tasktwin.InsertTaskParams) (tasktwin.Task, error)
}

func insertTaskParams(r tasktwin.Task) tasktwin.InsertTaskParams {
	return tasktwin.InsertTaskParams{
		ID: r.ID, OrganizationID: r.OrganizationID, OwnerID: r.OwnerID, Name: r.Name, DisplayName: r.DisplayName, WorkspaceID: r.WorkspaceID,
		TemplateVersionID: r.TemplateVersionID, TemplateParameters: r.TemplateParameters, Prompt: r.Prompt, CreatedAt: r.CreatedAt,
	}
}

// newTasks returns tasks that are not in a data set.
func newTasks(size Size, n int) []tasktwin.InsertTaskParams {
	like := insertTaskParams(World(Size{Tasks: 1}).Tasks[0])
	like.WorkspaceID = uuid.NullUUID{}
	args := make([]tasktwin.InsertTaskParams, n)
	for i := range args {
		args[i] = like
		args[i].ID, args[i].Name = TaskID(size.Tasks+i), TaskName(size.Tasks+i)
	}
	return args
}

func BenchmarkInsertTask(b *testing.B) {
	writes(b, onAll, func(b *testing.B, size Size, fresh func() taskInserter) {
		args := newTasks(size, batch(size))
		inBatches(b, size, fresh, func(s taskInserter, n int) error {
			_, err := s.InsertTask(b.Context(), args[n])
			return err
		})
	})
}

// inBatches runs inserts with a fresh store for each batch.
func inBatches[Q any](b *testing.B, size Size, fresh func() Q, insert func(s Q, n int) error) {
	b.Helper()
	b.ReportAllocs()
	store := fresh()
	for n := 0; b.Loop(); n++ {
		if n == batch(size) {
			b.StopTimer()
			store, n = fresh(), 0
			b.StartTimer()
		}
		if err := insert(store, n); err != nil {
			b.Fatal(err)
		}
	}
	fresh()
}

// The upsert replaces an existing binding.
func BenchmarkUpsertTaskWorkspaceApp(b *testing.B) {
	writes(b, onBoth, func(b *testing.B, size Size, fresh func() tasktwin.Store) {
		inBatches(b, size, fresh, func(s tasktwin.Store, n int) error {
			_, err := s.UpsertTaskWorkspaceApp(b.Context(), sameBinding(size, n))
			return err
		})
	})
}

// sameBinding is the first binding of the n-th task.
func sameBinding(size Size, n int) tasktwin.UpsertTaskWorkspaceAppParams {
	return tasktwin.UpsertTaskWorkspaceAppParams{
		TaskID: TaskID(n), WorkspaceBuildNumber: 1,
		WorkspaceAgentID: uuid.NullUUID{UUID: id(kindAgent, n*size.Builds), Valid: true},
		WorkspaceAppID:   uuid.NullUUID{UUID: id(kindApp, n*size.Builds), Valid: true},
	}
}

type statusInserter interface {
	InsertWorkspaceAppStatus(ctx context.Context, arg tasktwin.InsertWorkspaceAppStatusParams) (tasktwin.WorkspaceAppStatus, error)
}

// newStatuses returns statuses that are not in a data set, spread over its tasks.
func newStatuses(size Size, n int) []tasktwin.InsertWorkspaceAppStatusParams {
	args := make([]tasktwin.InsertWorkspaceAppStatusParams, n)
	for i := range args {
		task := i * 7919 % size.Tasks
		serial := task * size.Builds
		args[i] = tasktwin.InsertWorkspaceAppStatusParams{
			ID: id(kindOther, i), CreatedAt: Now, AgentID: id(kindAgent, serial), AppID: id(kindApp, serial),
			WorkspaceID: id(kindWorkspace, task), State: tasktwin.WorkspaceAppStatusStateWorking, Message: Message(i),
		}
	}
	return args
}

func BenchmarkInsertWorkspaceAppStatus(b *testing.B) {
	writes(b, onAll, func(b *testing.B, size Size, fresh func() statusInserter) {
		args := newStatuses(size, batch(size))
		inBatches(b, size, fresh, func(s statusInserter, n int) error {
			_, err := s.InsertWorkspaceAppStatus(b.Context(), args[n])
			return err
		})
	})
}
