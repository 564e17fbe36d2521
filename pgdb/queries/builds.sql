-- name: InsertWorkspaceBuild :one
-- InsertWorkspaceBuildParams are the columns of a new build.
INSERT INTO workspace_builds
    (id, created_at, updated_at, workspace_id, template_version_id, build_number, transition, initiator_id, job_id, reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
RETURNING *;

-- name: GetLatestWorkspaceBuildByWorkspaceID :one
SELECT * FROM workspace_builds WHERE workspace_id = $1
ORDER BY build_number DESC
LIMIT 1;

-- name: ListWorkspaceBuildsByWorkspaceID :many
SELECT * FROM workspace_builds WHERE workspace_id = $1
ORDER BY build_number;

-- name: DumpWorkspaceBuilds :many
SELECT * FROM workspace_builds ORDER BY id;
