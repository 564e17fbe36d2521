-- name: InsertTask :one
-- InsertTaskParams are the columns of a new task.
INSERT INTO tasks
    (id, organization_id, owner_id, name, display_name, workspace_id, template_version_id, template_parameters, prompt, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
RETURNING *;

-- name: UpdateTaskWorkspaceID :one
-- UpdateTaskWorkspaceIDParams name a task and the workspace it gets.
UPDATE tasks
SET workspace_id = $2
FROM workspaces
JOIN template_versions ON template_versions.template_id = workspaces.template_id
WHERE tasks.id = $1
    AND tasks.workspace_id IS NULL
    AND workspaces.id = $2
    AND template_versions.id = tasks.template_version_id
RETURNING tasks.*;

-- name: UpsertTaskWorkspaceApp :one
-- UpsertTaskWorkspaceAppParams are the columns of a binding.
INSERT INTO task_workspace_apps (task_id, workspace_build_number, workspace_agent_id, workspace_app_id)
VALUES ($1, $2, $3, $4)
ON CONFLICT (task_id, workspace_build_number) DO UPDATE
SET workspace_agent_id = EXCLUDED.workspace_agent_id, workspace_app_id = EXCLUDED.workspace_app_id
RETURNING *;

-- name: DumpTaskWorkspaceApps :many
SELECT * FROM task_workspace_apps ORDER BY task_id, workspace_build_number;

-- name: GetTaskByID :one
SELECT * FROM tasks_with_status WHERE id = @id;

-- name: GetTaskByWorkspaceID :one
SELECT * FROM tasks_with_status WHERE workspace_id = @workspace_id
ORDER BY created_at DESC, id
LIMIT 1;

-- name: GetTaskByOwnerIDAndName :one
-- GetTaskByOwnerIDAndNameParams name a task by its owner and, in any case, its
-- name.
SELECT * FROM tasks_with_status WHERE owner_id = @owner_id AND lower(name) = lower(@name);

-- name: ListTasks :many
-- The list has a query for each filter that an index serves: an OR with the value
-- that means any would keep a plan that is made once from using it.
SELECT * FROM tasks_with_status
ORDER BY created_at DESC, id;

-- name: ListTasksByStatus :many
SELECT * FROM tasks_with_status
WHERE status = @status
ORDER BY created_at DESC, id;

-- name: ListTasksByOwner :many
-- NULLIF keeps the empty status, which means any, from the cast to the enum: the
-- planner may evaluate both sides of an OR.
SELECT * FROM tasks_with_status
WHERE owner_id = @owner_id
    AND (@organization_id::uuid = '00000000-0000-0000-0000-000000000000' OR organization_id = @organization_id::uuid)
    AND (@status::text = '' OR status = NULLIF(@status::text, '')::task_status)
ORDER BY created_at DESC, id;

-- name: ListTasksByOrganization :many
SELECT * FROM tasks_with_status
WHERE organization_id = @organization_id
    AND (@status::text = '' OR status = NULLIF(@status::text, '')::task_status)
ORDER BY created_at DESC, id;

-- name: DeleteTask :one
-- The snapshot goes whether or not the task was still live: a data-modifying CTE
-- runs to its end even where nothing reads it.
--
-- DeleteTaskParams name a task and the time of its deletion.
--   ID is the task.
--   DeletedAt is when it is deleted.
WITH deleted AS (
    UPDATE tasks SET deleted_at = @deleted_at::timestamptz WHERE tasks.id = @id AND tasks.deleted_at IS NULL
    RETURNING tasks.id
), snapshot AS (
    DELETE FROM task_snapshots WHERE task_id = @id
)
SELECT deleted.id FROM deleted;

-- name: UpdateTaskPrompt :one
-- UpdateTaskPromptParams name a task and its new prompt.
UPDATE tasks
SET prompt = $2
WHERE id = $1 AND deleted_at IS NULL
RETURNING *;

-- name: DumpTasks :many
SELECT * FROM tasks ORDER BY id;

-- name: UpsertTaskSnapshot :exec
-- UpsertTaskSnapshotParams are the columns of a snapshot.
INSERT INTO task_snapshots (task_id, log_snapshot, log_snapshot_created_at)
VALUES ($1, $2, $3)
ON CONFLICT (task_id) DO UPDATE
SET log_snapshot = EXCLUDED.log_snapshot, log_snapshot_created_at = EXCLUDED.log_snapshot_created_at;

-- name: GetTaskSnapshot :one
SELECT * FROM task_snapshots WHERE task_id = @task_id;

-- name: DumpTaskSnapshots :many
SELECT * FROM task_snapshots ORDER BY task_id;
