-- name: InsertWorkspace :one
-- InsertWorkspaceParams are the columns of a new workspace.
INSERT INTO workspaces
    (id, created_at, updated_at, owner_id, organization_id, template_id, deleted, name, group_acl, user_acl)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
RETURNING *;

-- name: UpdateWorkspaceACLByID :one
-- UpdateWorkspaceACLByIDParams name a workspace and its new access lists.
UPDATE workspaces
SET group_acl = $2, user_acl = $3
WHERE id = $1
RETURNING *;

-- name: GetWorkspaceByID :one
SELECT * FROM workspaces WHERE id = $1;

-- name: DeleteWorkspaceByID :one
DELETE FROM workspaces WHERE id = $1 RETURNING id;

-- name: DumpWorkspaces :many
SELECT * FROM workspaces ORDER BY id;
