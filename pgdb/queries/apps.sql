-- name: InsertWorkspaceApp :one
-- InsertWorkspaceAppParams are the columns of a new app.
INSERT INTO workspace_apps
    (id, created_at, agent_id, display_name, slug, health)
VALUES ($1, $2, $3, $4, $5, $6)
RETURNING *;

-- name: UpdateWorkspaceAppHealthByID :one
-- UpdateWorkspaceAppHealthByIDParams name an app and its new health.
UPDATE workspace_apps
SET health = $2
WHERE id = $1
RETURNING *;

-- name: GetWorkspaceAppByID :one
SELECT * FROM workspace_apps WHERE id = $1;

-- name: DeleteWorkspaceAppByID :one
DELETE FROM workspace_apps WHERE id = $1 RETURNING id;

-- name: DumpWorkspaceApps :many
SELECT * FROM workspace_apps ORDER BY id;
