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
