-- name: InsertWorkspaceAgent :one
-- InsertWorkspaceAgentParams are the columns of a new agent.
INSERT INTO workspace_agents
    (id, created_at, updated_at, name, lifecycle_state)
VALUES ($1, $2, $3, $4, $5)
RETURNING *;

-- name: UpdateWorkspaceAgentLifecycleStateByID :one
-- UpdateWorkspaceAgentLifecycleStateByIDParams name an agent and its new state.
UPDATE workspace_agents
SET lifecycle_state = $2, updated_at = $3
WHERE id = $1
RETURNING *;

-- name: GetWorkspaceAgentByID :one
SELECT * FROM workspace_agents WHERE id = $1;

-- name: DeleteWorkspaceAgentByID :one
DELETE FROM workspace_agents WHERE id = $1 RETURNING id;

-- name: DumpWorkspaceAgents :many
SELECT * FROM workspace_agents ORDER BY id;
