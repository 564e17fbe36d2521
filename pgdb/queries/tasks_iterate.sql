-- name: AllTasks :many
-- A cursor on it has its first rows early: the first tasks, as many as four fetches
-- return, are found by their order alone, and what a task is joined with is looked up
-- when its row is fetched. The other tasks are listed as by ListTasks, which takes less time for each. The parts
-- of a UNION ALL are carried out one after the other. OFFSET 0 keeps the view's joins
-- inside of the loop over the ids.
SELECT listed.* FROM (
    SELECT tasks.id FROM tasks
    WHERE tasks.deleted_at IS NULL
    ORDER BY tasks.created_at DESC, tasks.id
    LIMIT 1600
) AS early
CROSS JOIN LATERAL (SELECT * FROM tasks_with_status WHERE tasks_with_status.id = early.id OFFSET 0) AS listed
WHERE @status::text = '' OR listed.status = NULLIF(@status::text, '')::task_status
UNION ALL
SELECT listed.* FROM (
    SELECT * FROM tasks_with_status
    ORDER BY tasks_with_status.created_at DESC, tasks_with_status.id
    OFFSET 1600
) AS listed
WHERE @status::text = '' OR listed.status = NULLIF(@status::text, '')::task_status;

-- name: AllTasksByOrganization :many
SELECT listed.* FROM (
    SELECT tasks.id FROM tasks
    WHERE tasks.organization_id = @organization_id AND tasks.deleted_at IS NULL
    ORDER BY tasks.created_at DESC, tasks.id
    LIMIT 1600
) AS early
CROSS JOIN LATERAL (SELECT * FROM tasks_with_status WHERE tasks_with_status.id = early.id OFFSET 0) AS listed
WHERE @status::text = '' OR listed.status = NULLIF(@status::text, '')::task_status
UNION ALL
SELECT listed.* FROM (
    SELECT * FROM tasks_with_status
    WHERE tasks_with_status.organization_id = @organization_id
    ORDER BY tasks_with_status.created_at DESC, tasks_with_status.id
    OFFSET 1600
) AS listed
WHERE @status::text = '' OR listed.status = NULLIF(@status::text, '')::task_status;
