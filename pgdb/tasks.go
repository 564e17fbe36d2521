package pgdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/pgdb/internal/sqlc"
)

// InsertTask implements [tasktwin.Querier].
func (q queries) InsertTask(ctx context.Context, arg tasktwin.InsertTaskParams) (tasktwin.Task, error) {
	return one(ctx, q, nothing, (*sqlc.Queries).InsertTask, sqlc.InsertTaskParams(arg), task)
}

// UpdateTaskWorkspaceID implements [tasktwin.Querier].
func (q queries) UpdateTaskWorkspaceID(ctx context.Context, arg tasktwin.UpdateTaskWorkspaceIDParams) (tasktwin.Task, error) {
	return one(ctx, q, nothing, (*sqlc.Queries).UpdateTaskWorkspaceID, sqlc.UpdateTaskWorkspaceIDParams(arg), task)
}

// UpsertTaskWorkspaceApp implements [tasktwin.Querier].
func (q queries) UpsertTaskWorkspaceApp(ctx context.Context, arg tasktwin.UpsertTaskWorkspaceAppParams) (tasktwin.TaskWorkspaceApp, error) {
	return one(ctx, q, nothing, (*sqlc.Queries).UpsertTaskWorkspaceApp, sqlc.UpsertTaskWorkspaceAppParams(arg), taskWorkspaceApp)
}

// GetTaskByID implements [tasktwin.Querier].
func (q queries) GetTaskByID(ctx context.Context, id uuid.UUID) (tasktwin.TaskWithStatus, error) {
	return one(ctx, q, nothing, (*sqlc.Queries).GetTaskByID, id, taskWithStatus)
}

// GetTaskByWorkspaceID implements [tasktwin.Querier].
func (q queries) GetTaskByWorkspaceID(ctx context.Context, workspaceID uuid.NullUUID) (tasktwin.TaskWithStatus, error) {
	return one(ctx, q, nothing, (*sqlc.Queries).GetTaskByWorkspaceID, workspaceID, taskWithStatus)
}

// GetTaskByOwnerIDAndName implements [tasktwin.Querier].
func (q queries) GetTaskByOwnerIDAndName(ctx context.Context, arg tasktwin.GetTaskByOwnerIDAndNameParams) (tasktwin.TaskWithStatus, error) {
	return one(ctx, q, nothing, (*sqlc.Queries).GetTaskByOwnerIDAndName, sqlc.GetTaskByOwnerIDAndNameParams(arg), taskWithStatus)
}

// ListTasks implements [tasktwin.Querier].
func (q queries) ListTasks(ctx context.Context, arg tasktwin.ListTasksParams) ([]tasktwin.TaskWithStatus, error) {
	check := nothing
	if arg.Status != "" {
		check = func() error { return valid(arg.Status) }
	}
	switch {
	case arg.OwnerID != uuid.Nil:
		return many(ctx, q, check, (*sqlc.Queries).ListTasksByOwner, sqlc.ListTasksByOwnerParams{
			OwnerID: arg.OwnerID, OrganizationID: arg.OrganizationID, Status: string(arg.Status),
		}, taskWithStatus)
	case arg.OrganizationID != uuid.Nil:
		return many(ctx, q, check, (*sqlc.Queries).ListTasksByOrganization, sqlc.ListTasksByOrganizationParams{
			OrganizationID: arg.OrganizationID, Status: string(arg.Status),
		}, taskWithStatus)
	case arg.Status != "":
		return many(ctx, q, check, (*sqlc.Queries).ListTasksByStatus, arg.Status, taskWithStatus)
	default:
		return many(ctx, q, check, func(s *sqlc.Queries, ctx context.Context, _ struct{}) ([]sqlc.TasksWithStatus, error) {
			return s.ListTasks(ctx)
		}, struct{}{}, taskWithStatus)
	}
}

// UpdateTaskPrompt implements [tasktwin.Querier].
func (q queries) UpdateTaskPrompt(ctx context.Context, arg tasktwin.UpdateTaskPromptParams) (tasktwin.Task, error) {
	return one(ctx, q, nothing, (*sqlc.Queries).UpdateTaskPrompt, sqlc.UpdateTaskPromptParams(arg), task)
}

// GetTaskSnapshot implements [tasktwin.Querier].
func (q queries) GetTaskSnapshot(ctx context.Context, taskID uuid.UUID) (tasktwin.TaskSnapshot, error) {
	return one(ctx, q, nothing, (*sqlc.Queries).GetTaskSnapshot, taskID, taskSnapshot)
}

// ListTaskWorkspaceAppsByTaskID implements [tasktwin.Querier].
func (q queries) ListTaskWorkspaceAppsByTaskID(ctx context.Context, taskID uuid.UUID) ([]tasktwin.TaskWorkspaceApp, error) {
	return many(ctx, q, nothing, (*sqlc.Queries).ListTaskWorkspaceAppsByTaskID, taskID, taskWorkspaceApp)
}

// DeleteTask implements [tasktwin.Querier].
func (q queries) DeleteTask(ctx context.Context, arg tasktwin.DeleteTaskParams) (uuid.UUID, error) {
	return one(ctx, q, nothing, (*sqlc.Queries).DeleteTask, sqlc.DeleteTaskParams{ID: arg.ID, DeletedAt: arg.DeletedAt}, same)
}

// UpsertTaskSnapshot implements [tasktwin.Querier].
func (q queries) UpsertTaskSnapshot(ctx context.Context, arg tasktwin.UpsertTaskSnapshotParams) error {
	return q.run(ctx, nothing, func(s *sqlc.Queries) error {
		return s.UpsertTaskSnapshot(ctx, sqlc.UpsertTaskSnapshotParams(arg))
	})
}
