-- name: InsertWorkspaceAppStatus :one
-- InsertWorkspaceAppStatusParams are the columns of a new status.
INSERT INTO workspace_app_statuses
    (id, created_at, agent_id, app_id, workspace_id, state, message, uri)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
RETURNING *;

-- name: DumpWorkspaceAppStatuses :many
SELECT * FROM workspace_app_statuses ORDER BY id;
