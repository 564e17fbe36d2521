-- tasks_with_status has one row per live task. The status is derived from the build,
-- the agent and the app, in this order: the agent matters only if the build is
-- active, and the app only if the agent is.
--
-- TaskWithStatus is a row of the view tasks_with_status: a task that is not
-- deleted and whose owner exists, its derived status, and what the status was
-- derived from. The workspace's access lists are {} where the task has no
-- workspace.
CREATE OR REPLACE VIEW tasks_with_status AS
SELECT
    tasks.id,
    tasks.organization_id,
    tasks.owner_id,
    tasks.name,
    tasks.workspace_id,
    tasks.template_version_id,
    tasks.template_parameters,
    tasks.prompt,
    tasks.created_at,
    tasks.deleted_at,
    tasks.display_name,
    coalesce(workspaces.group_acl, '{}'::jsonb) AS workspace_group_acl,
    coalesce(workspaces.user_acl, '{}'::jsonb) AS workspace_user_acl,
    (CASE
        WHEN tasks.workspace_id IS NULL THEN 'pending'::task_status
        WHEN build_status.status <> 'active'::task_status THEN build_status.status
        WHEN agent_status.status <> 'active'::task_status THEN agent_status.status
        ELSE app_status.status
    END)::task_status AS status,
    jsonb_build_object(
        'build', jsonb_build_object(
            'transition', builds.transition, 'job_status', jobs.job_status, 'computed', build_status.status
        ),
        'agent', jsonb_build_object(
            'lifecycle_state', agents.lifecycle_state, 'computed', agent_status.status
        ),
        'app', jsonb_build_object(
            'health', apps.health, 'computed', app_status.status
        )
    ) AS status_debug,
    bindings.workspace_build_number,
    bindings.workspace_agent_id,
    bindings.workspace_app_id,
    agents.lifecycle_state AS workspace_agent_lifecycle_state,
    apps.health AS workspace_app_health,
    owners.username AS owner_username,
    owners.name AS owner_name,
    owners.avatar_url AS owner_avatar_url
FROM tasks
JOIN users AS owners ON owners.id = tasks.owner_id
LEFT JOIN workspaces ON workspaces.id = tasks.workspace_id
LEFT JOIN LATERAL (
    SELECT
        task_workspace_apps.workspace_build_number,
        task_workspace_apps.workspace_agent_id,
        task_workspace_apps.workspace_app_id
    FROM task_workspace_apps
    WHERE task_workspace_apps.task_id = tasks.id
    ORDER BY task_workspace_apps.workspace_build_number DESC
    LIMIT 1
) AS bindings ON true
LEFT JOIN workspace_builds AS builds
    ON builds.workspace_id = tasks.workspace_id AND builds.build_number = bindings.workspace_build_number
LEFT JOIN provisioner_jobs AS jobs ON jobs.id = builds.job_id
LEFT JOIN workspace_agents AS agents ON agents.id = bindings.workspace_agent_id
LEFT JOIN workspace_apps AS apps ON apps.id = bindings.workspace_app_id
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN jobs.job_status IS NULL THEN 'pending'::task_status
        WHEN jobs.job_status IN ('failed', 'canceling', 'canceled') THEN 'error'::task_status
        WHEN builds.transition IN ('stop', 'delete') AND jobs.job_status = 'succeeded' THEN 'paused'::task_status
        WHEN builds.transition = 'start' AND jobs.job_status = 'pending' THEN 'pending'::task_status
        WHEN builds.transition = 'start' AND jobs.job_status IN ('running', 'succeeded') THEN 'active'::task_status
        ELSE 'unknown'::task_status
    END AS status
) AS build_status
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN agents.lifecycle_state IS NULL OR agents.lifecycle_state IN ('created', 'starting') THEN 'initializing'::task_status
        WHEN agents.lifecycle_state IN ('ready', 'start_timeout', 'start_error') THEN 'active'::task_status
        ELSE 'unknown'::task_status
    END AS status
) AS agent_status
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN apps.health = 'initializing' THEN 'initializing'::task_status
        WHEN apps.health = 'unhealthy' THEN 'error'::task_status
        WHEN apps.health IN ('healthy', 'disabled') THEN 'active'::task_status
        ELSE 'unknown'::task_status
    END AS status
) AS app_status
WHERE tasks.deleted_at IS NULL;
