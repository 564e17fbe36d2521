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

-- name: DeleteTask :one
-- The snapshot is deleted whether or not the task is live: a data-modifying CTE is
-- executed completely even if nothing reads it.
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
