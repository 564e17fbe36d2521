-- name: ListTaskWorkspaceAppsByTaskID :many
SELECT * FROM task_workspace_apps WHERE task_id = $1
ORDER BY workspace_build_number;

-- name: UpsertTaskWorkspaceApp :one
-- UpsertTaskWorkspaceAppParams are the columns of a binding.
INSERT INTO task_workspace_apps (task_id, workspace_build_number, workspace_agent_id, workspace_app_id)
VALUES ($1, $2, $3, $4)
ON CONFLICT (task_id, workspace_build_number) DO UPDATE
SET workspace_agent_id = EXCLUDED.workspace_agent_id, workspace_app_id = EXCLUDED.workspace_app_id
RETURNING *;

-- name: DumpTaskWorkspaceApps :many
SELECT * FROM task_workspace_apps ORDER BY task_id, workspace_build_number;
