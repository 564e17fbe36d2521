package pgdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/pgdb/internal/sqlc"
)

// InsertWorkspaceAgent implements [tasktwin.Querier].
func (q queries) InsertWorkspaceAgent(ctx context.Context, arg tasktwin.InsertWorkspaceAgentParams) (tasktwin.WorkspaceAgent, error) {
	return one(ctx, q, func() error { return valid(arg.LifecycleState) }, (*sqlc.Queries).InsertWorkspaceAgent, sqlc.InsertWorkspaceAgentParams(arg), workspaceAgent)
}

// UpdateWorkspaceAgentLifecycleStateByID implements [tasktwin.Querier].
func (q queries) UpdateWorkspaceAgentLifecycleStateByID(ctx context.Context, arg tasktwin.UpdateWorkspaceAgentLifecycleStateByIDParams) (tasktwin.WorkspaceAgent, error) {
	return one(ctx, q, func() error { return valid(arg.LifecycleState) }, (*sqlc.Queries).UpdateWorkspaceAgentLifecycleStateByID, sqlc.UpdateWorkspaceAgentLifecycleStateByIDParams(arg), workspaceAgent)
}

// GetWorkspaceAgentByID implements [tasktwin.Querier].
func (q queries) GetWorkspaceAgentByID(ctx context.Context, id uuid.UUID) (tasktwin.WorkspaceAgent, error) {
	return one(ctx, q, nothing, (*sqlc.Queries).GetWorkspaceAgentByID, id, workspaceAgent)
}

// DeleteWorkspaceAgentByID implements [tasktwin.Querier].
func (q queries) DeleteWorkspaceAgentByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return one(ctx, q, nothing, (*sqlc.Queries).DeleteWorkspaceAgentByID, id, same)
}
