-- name: ListTasks :many
-- There is a query for each filter that has an index. In a single query, an OR with
-- the value that means any would prevent a generic plan from using the index.
SELECT * FROM tasks_with_status
ORDER BY created_at DESC, id;

-- name: ListTasksByStatus :many
SELECT * FROM tasks_with_status
WHERE status = @status
ORDER BY created_at DESC, id;

-- name: ListTasksByOwner :many
-- NULLIF keeps the empty status, which means any, from being cast to the enum: both
-- sides of an OR may be evaluated.
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

-- name: GetTasksByWorkspaceIDs :many
SELECT * FROM tasks_with_status WHERE workspace_id = ANY(@ids::uuid[])
ORDER BY created_at DESC, id;
