package pgdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/pgdb/internal/sqlc"
)

// InsertWorkspaceApp implements [tasktwin.Querier].
func (q queries) InsertWorkspaceApp(ctx context.Context, arg tasktwin.InsertWorkspaceAppParams) (tasktwin.WorkspaceApp, error) {
	return one(ctx, q, func() error { return valid(arg.Health) }, (*sqlc.Queries).InsertWorkspaceApp, sqlc.InsertWorkspaceAppParams(arg), workspaceApp)
}

// UpdateWorkspaceAppHealthByID implements [tasktwin.Querier].
func (q queries) UpdateWorkspaceAppHealthByID(ctx context.Context, arg tasktwin.UpdateWorkspaceAppHealthByIDParams) (tasktwin.WorkspaceApp, error) {
	return one(ctx, q, func() error { return valid(arg.Health) }, (*sqlc.Queries).UpdateWorkspaceAppHealthByID, sqlc.UpdateWorkspaceAppHealthByIDParams(arg), workspaceApp)
}

// InsertWorkspaceAppStatus implements [tasktwin.Querier].
func (q queries) InsertWorkspaceAppStatus(ctx context.Context, arg tasktwin.InsertWorkspaceAppStatusParams) (tasktwin.WorkspaceAppStatus, error) {
	return one(ctx, q, func() error { return valid(arg.State) }, (*sqlc.Queries).InsertWorkspaceAppStatus, sqlc.InsertWorkspaceAppStatusParams(arg), workspaceAppStatus)
}

// GetWorkspaceAppByID implements [tasktwin.Querier].
func (q queries) GetWorkspaceAppByID(ctx context.Context, id uuid.UUID) (tasktwin.WorkspaceApp, error) {
	return one(ctx, q, nothing, (*sqlc.Queries).GetWorkspaceAppByID, id, workspaceApp)
}

// ListWorkspaceAppStatusesByAppID implements [tasktwin.Querier].
func (q queries) ListWorkspaceAppStatusesByAppID(ctx context.Context, appID uuid.UUID) ([]tasktwin.WorkspaceAppStatus, error) {
	return many(ctx, q, nothing, (*sqlc.Queries).ListWorkspaceAppStatusesByAppID, appID, workspaceAppStatus)
}

// DeleteWorkspaceAppByID implements [tasktwin.Querier].
func (q queries) DeleteWorkspaceAppByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return one(ctx, q, nothing, (*sqlc.Queries).DeleteWorkspaceAppByID, id, same)
}
