package pgdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/pgdb/internal/sqlc"
)

// InsertWorkspace implements [tasktwin.Querier].
func (q queries) InsertWorkspace(ctx context.Context, arg tasktwin.InsertWorkspaceParams) (tasktwin.Workspace, error) {
	return one(ctx, q, nothing, (*sqlc.Queries).InsertWorkspace, sqlc.InsertWorkspaceParams(arg), workspace)
}

// UpdateWorkspaceACLByID implements [tasktwin.Querier].
func (q queries) UpdateWorkspaceACLByID(ctx context.Context, arg tasktwin.UpdateWorkspaceACLByIDParams) (tasktwin.Workspace, error) {
	return one(ctx, q, nothing, (*sqlc.Queries).UpdateWorkspaceACLByID, sqlc.UpdateWorkspaceACLByIDParams(arg), workspace)
}

// GetWorkspaceByID implements [tasktwin.Querier].
func (q queries) GetWorkspaceByID(ctx context.Context, id uuid.UUID) (tasktwin.Workspace, error) {
	return one(ctx, q, nothing, (*sqlc.Queries).GetWorkspaceByID, id, workspace)
}

// DeleteWorkspaceByID implements [tasktwin.Querier].
func (q queries) DeleteWorkspaceByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return one(ctx, q, nothing, (*sqlc.Queries).DeleteWorkspaceByID, id, same)
}
