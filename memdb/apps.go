package memdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

func (q queries) InsertWorkspaceApp(ctx context.Context, arg tasktwin.InsertWorkspaceAppParams) (tasktwin.WorkspaceApp, error) {
	r := (*app)(&arg)
	return insertRow(ctx, q.x, workspaceApps, r, func() error {
		return firstError(enum(r.Health), timestamp(&r.CreatedAt), text(r.DisplayName), text(r.Slug), varchar(&r.DisplayName, 64))
	}, plain)
}

func (q queries) UpdateWorkspaceAppHealthByID(ctx context.Context, arg tasktwin.UpdateWorkspaceAppHealthByIDParams) (tasktwin.WorkspaceApp, error) {
	return updateRow(ctx, q.x, workspaceApps, enum(arg.Health), idOf[app](workspaceApps, arg.ID),
		func(a *app) { a.Health = arg.Health }, plain)
}

func (q queries) InsertWorkspaceAppStatus(ctx context.Context, arg tasktwin.InsertWorkspaceAppStatusParams) (tasktwin.WorkspaceAppStatus, error) {
	r := (*stat)(&arg)
	return insertRow(ctx, q.x, workspaceAppStatuses, r, func() error {
		return firstError(enum(r.State), timestamp(&r.CreatedAt), text(r.Message), nullText(&r.URI))
	}, plain)
}

func (q queries) GetWorkspaceAppByID(ctx context.Context, id uuid.UUID) (tasktwin.WorkspaceApp, error) {
	return getRow(ctx, q.x, noArguments, idOf[app](workspaceApps, id), plain)
}

func (q queries) ListTaskWorkspaceAppsByTaskID(ctx context.Context, taskID uuid.UUID) ([]tasktwin.TaskWorkspaceApp, error) {
	return listRows[tasktwin.TaskWorkspaceApp](ctx, q.x, taskWorkspaceApps, primaryKey, taskID)
}

func (q queries) ListWorkspaceAppStatusesByAppID(ctx context.Context, appID uuid.UUID) ([]tasktwin.WorkspaceAppStatus, error) {
	return listRows[tasktwin.WorkspaceAppStatus](ctx, q.x, workspaceAppStatuses, statusesByApp, appID)
}

func (q queries) DeleteWorkspaceAppByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return deleteRow(ctx, q.x, workspaceApps, id)
}
