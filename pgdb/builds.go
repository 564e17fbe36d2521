package pgdb

import (
	"cmp"
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/pgdb/internal/sqlc"
)

// InsertWorkspaceBuild implements [tasktwin.Querier].
func (q queries) InsertWorkspaceBuild(ctx context.Context, arg tasktwin.InsertWorkspaceBuildParams) (tasktwin.WorkspaceBuild, error) {
	return one(ctx, q, func() error { return cmp.Or(valid(arg.Transition), valid(arg.Reason)) }, (*sqlc.Queries).InsertWorkspaceBuild, sqlc.InsertWorkspaceBuildParams(arg), workspaceBuild)
}

// GetLatestWorkspaceBuildByWorkspaceID implements [tasktwin.Querier].
func (q queries) GetLatestWorkspaceBuildByWorkspaceID(ctx context.Context, workspaceID uuid.UUID) (tasktwin.WorkspaceBuild, error) {
	return one(ctx, q, nothing, (*sqlc.Queries).GetLatestWorkspaceBuildByWorkspaceID, workspaceID, workspaceBuild)
}

// ListWorkspaceBuildsByWorkspaceID implements [tasktwin.Querier].
func (q queries) ListWorkspaceBuildsByWorkspaceID(ctx context.Context, workspaceID uuid.UUID) ([]tasktwin.WorkspaceBuild, error) {
	return many(ctx, q, nothing, (*sqlc.Queries).ListWorkspaceBuildsByWorkspaceID, workspaceID, workspaceBuild)
}
