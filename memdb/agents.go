package memdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb/internal/cow"
	"github.com/tasktwin/tasktwin/memdb/internal/rel"
)

// agentRow is a row of workspace_agents in compact form.
type agentRow struct {
	id                   uuid.UUID
	createdAt, updatedAt pgTime
	name                 string
	state                code
}

// agentTable holds the rows of workspace_agents and their index.
type agentTable struct {
	rel.Table[agentRow]
	byID cow.Hash
}

var agents table[agentRow]

func defineAgents() {
	d := &agents
	d.Name = "workspace_agents"
	d.Table = func(t *tables) *rel.Table[agentRow] { return &t.agents.Table }
	d.id = func(r *agentRow) uuid.UUID { return r.id }
	d.Unique = []rel.Unique[tables, agentRow]{
		byID(tasktwin.UniqueWorkspaceAgentsPKey, func(t *tables) *cow.Hash { return &t.agents.byID }, d.id),
	}
	d.keys = []key[agentRow]{d.primaryKey("id")}
	dumped(d, func(d *tasktwin.Dump) *[]tasktwin.WorkspaceAgent { return &d.WorkspaceAgents }, rowsOf(d, copyAgent),
		func(_ int, r *tasktwin.WorkspaceAgent) (pendingRow[agentRow], error) {
			row := *r
			return parseAgent(&row)
		})
}

func copyAgent(_ *state, a *agentRow) tasktwin.WorkspaceAgent {
	return tasktwin.WorkspaceAgent{
		ID: a.id, CreatedAt: a.createdAt.time(), UpdatedAt: a.updatedAt.time(), Name: a.name, LifecycleState: lifecycleStates[a.state-1],
	}
}

func parseAgent(r *tasktwin.WorkspaceAgent) (pendingRow[agentRow], error) {
	if err := firstError(enum(r.LifecycleState), timestamp(&r.CreatedAt), timestamp(&r.UpdatedAt),
		text(r.Name), varchar(&r.Name, 64)); err != nil {
		return pendingRow[agentRow]{}, err
	}
	a := &agentRow{
		r.ID, pgTimeOf(r.CreatedAt), pgTimeOf(r.UpdatedAt), r.Name, codeOf(r.LifecycleState, lifecycleStates),
	}
	return pendingRow[agentRow]{row: a}, nil
}

// InsertWorkspaceAgent implements [tasktwin.Querier].
func (q queries) InsertWorkspaceAgent(ctx context.Context, arg tasktwin.InsertWorkspaceAgentParams) (tasktwin.WorkspaceAgent, error) {
	a, err := parseAgent((*tasktwin.WorkspaceAgent)(&arg))
	return insertRow(ctx, q, &agents, a, err, copyAgent)
}

// UpdateWorkspaceAgentLifecycleStateByID implements [tasktwin.Querier].
func (q queries) UpdateWorkspaceAgentLifecycleStateByID(
	ctx context.Context, arg tasktwin.UpdateWorkspaceAgentLifecycleStateByIDParams,
) (tasktwin.WorkspaceAgent, error) {
	argErr := firstError(enum(arg.LifecycleState), timestamp(&arg.UpdatedAt))
	return updateRow(ctx, q, &agents, arg.ID, argErr, func(a *agentRow) {
		a.state, a.updatedAt = codeOf(arg.LifecycleState, lifecycleStates), pgTimeOf(arg.UpdatedAt)
	}, copyAgent)
}

// GetWorkspaceAgentByID implements [tasktwin.Querier].
func (q queries) GetWorkspaceAgentByID(ctx context.Context, id uuid.UUID) (tasktwin.WorkspaceAgent, error) {
	return getRow(ctx, q, &agents, id, copyAgent)
}

// DeleteWorkspaceAgentByID implements [tasktwin.Querier].
func (q queries) DeleteWorkspaceAgentByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return deleteRow(ctx, q, &agents, id)
}
