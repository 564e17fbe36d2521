-- name: ListWorkspaceAppStatusesByAppID :many
SELECT * FROM workspace_app_statuses WHERE app_id = $1
ORDER BY created_at, id;

-- name: GetLatestWorkspaceAppStatusByAppID :one
SELECT * FROM workspace_app_statuses WHERE app_id = $1
ORDER BY created_at DESC, id DESC
LIMIT 1;

-- name: GetLatestWorkspaceAppStatusesByWorkspaceIDs :many
-- The latest status of each workspace is looked up by index. DISTINCT ON would read all
-- statuses of the workspaces.
SELECT * FROM workspace_app_statuses
WHERE id IN (
    SELECT latest.id
    FROM unnest(@ids::uuid[]) AS listed (workspace_id)
    CROSS JOIN LATERAL (
        SELECT statuses.id FROM workspace_app_statuses AS statuses
        WHERE statuses.workspace_id = listed.workspace_id
        ORDER BY statuses.created_at DESC, statuses.id DESC
        LIMIT 1
    ) AS latest
)
ORDER BY workspace_id;

-- name: GetWorkspaceAppStatusesByAppIDs :many
SELECT * FROM workspace_app_statuses WHERE app_id = ANY(@ids::uuid[])
ORDER BY created_at DESC, id DESC;
