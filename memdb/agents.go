package memdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

func (q queries) InsertWorkspaceAgent(ctx context.Context, arg tasktwin.InsertWorkspaceAgentParams) (tasktwin.WorkspaceAgent, error) {
	r := (*agt)(&arg)
	return insertRow(ctx, q.x, workspaceAgents, r, func() error {
		return firstError(enum(r.LifecycleState), timestamp(&r.CreatedAt), timestamp(&r.UpdatedAt), text(r.Name), varchar(&r.Name, 64))
	}, plain)
}

func (q queries) UpdateWorkspaceAgentLifecycleStateByID(ctx context.Context, arg tasktwin.UpdateWorkspaceAgentLifecycleStateByIDParams) (tasktwin.WorkspaceAgent, error) {
	return updateRow(ctx, q.x, workspaceAgents, func() error {
		return firstError(enum(arg.LifecycleState), timestamp(&arg.UpdatedAt))
	}, idOf[agt](workspaceAgents, arg.ID), func(a *agt) {
		a.LifecycleState, a.UpdatedAt = arg.LifecycleState, arg.UpdatedAt
	}, plain)
}

func (q queries) GetWorkspaceAgentByID(ctx context.Context, id uuid.UUID) (tasktwin.WorkspaceAgent, error) {
	return getRow(ctx, q.x, noArguments, idOf[agt](workspaceAgents, id), plain)
}

func (q queries) DeleteWorkspaceAgentByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return deleteRow(ctx, q.x, workspaceAgents, id)
}
