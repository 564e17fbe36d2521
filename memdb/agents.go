package memdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// agt is a row of workspace_agents, kept small.
type agt struct {
	id                   uuid.UUID
	createdAt, updatedAt instant
	name                 string
	state                code
}

func copyAgent(_ *state, a *agt) tasktwin.WorkspaceAgent {
	return tasktwin.WorkspaceAgent{
		ID: a.id, CreatedAt: a.createdAt.time(), UpdatedAt: a.updatedAt.time(), Name: a.name, LifecycleState: lifecycleStates[a.state-1],
	}
}

func parseAgent(r *tasktwin.WorkspaceAgent) (fresh[agt], error) {
	if err := firstError(enum(r.LifecycleState), timestamp(&r.CreatedAt), timestamp(&r.UpdatedAt), text(r.Name), varchar(&r.Name, 64)); err != nil {
		return fresh[agt]{}, err
	}
	return fresh[agt]{row: &agt{r.ID, at(r.CreatedAt), at(r.UpdatedAt), r.Name, codeOf(r.LifecycleState, lifecycleStates)}}, nil
}

func (q queries) InsertWorkspaceAgent(ctx context.Context, arg tasktwin.InsertWorkspaceAgentParams) (tasktwin.WorkspaceAgent, error) {
	a, err := parseAgent((*tasktwin.WorkspaceAgent)(&arg))
	return insertRow(ctx, q, &agentsTable, a, err, copyAgent)
}

func (q queries) UpdateWorkspaceAgentLifecycleStateByID(ctx context.Context, arg tasktwin.UpdateWorkspaceAgentLifecycleStateByIDParams) (tasktwin.WorkspaceAgent, error) {
	parsed := firstError(enum(arg.LifecycleState), timestamp(&arg.UpdatedAt))
	return updateRow(ctx, q, &agentsTable, arg.ID, parsed, func(a *agt) {
		a.state, a.updatedAt = codeOf(arg.LifecycleState, lifecycleStates), at(arg.UpdatedAt)
	}, copyAgent)
}

func (q queries) GetWorkspaceAgentByID(ctx context.Context, id uuid.UUID) (tasktwin.WorkspaceAgent, error) {
	return getRow(ctx, q, &agentsTable, id, copyAgent)
}

func (q queries) DeleteWorkspaceAgentByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return deleteRow(ctx, q, &agentsTable, id)
}
