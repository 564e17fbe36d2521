package memdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

func parseAgent(r *agt) error {
	return firstError(enum(r.LifecycleState), timestamp(&r.CreatedAt), timestamp(&r.UpdatedAt), text(r.Name), varchar(&r.Name, 64))
}

func (q queries) InsertWorkspaceAgent(ctx context.Context, arg tasktwin.InsertWorkspaceAgentParams) (tasktwin.WorkspaceAgent, error) {
	r := (*agt)(&arg)
	return insertRow(ctx, q, &agentsTable, r, parseAgent(r), plain)
}

func (q queries) UpdateWorkspaceAgentLifecycleStateByID(ctx context.Context, arg tasktwin.UpdateWorkspaceAgentLifecycleStateByIDParams) (tasktwin.WorkspaceAgent, error) {
	parsed := firstError(enum(arg.LifecycleState), timestamp(&arg.UpdatedAt))
	return updateRow(ctx, q, &agentsTable, arg.ID, parsed, func(a *agt) {
		a.LifecycleState, a.UpdatedAt = arg.LifecycleState, arg.UpdatedAt
	}, plain)
}

func (q queries) GetWorkspaceAgentByID(ctx context.Context, id uuid.UUID) (tasktwin.WorkspaceAgent, error) {
	return getRow(ctx, q, &agentsTable, id, plain)
}

func (q queries) DeleteWorkspaceAgentByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return deleteRow(ctx, q, &agentsTable, id)
}
