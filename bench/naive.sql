-- The telemetry query as it is defined: it builds a timeline of all tasks, in which
-- each task looks for its own entries. It has the same result as pgdb's query, but
-- takes quadratic time.
-- $1 is now, $2 is created_after.
WITH timeline AS MATERIALIZED (
    SELECT task_workspace_apps.task_id, workspace_app_statuses.created_at AS at, workspace_app_statuses.state
    FROM task_workspace_apps
    JOIN workspace_app_statuses ON workspace_app_statuses.app_id = task_workspace_apps.workspace_app_id
    UNION ALL
    SELECT tasks.id, workspace_builds.created_at, NULL
    FROM tasks
    JOIN workspace_builds ON workspace_builds.workspace_id = tasks.workspace_id AND workspace_builds.build_number > 1
)
SELECT
    tasks.id,
    tasks.workspace_id,
    binding.workspace_app_id,
    stop.created_at,
    stop.reason,
    start.created_at,
    start.reason,
    start.build_number,
    last_working.at,
    first_after_resume.at,
    coalesce(active.ms, 0)
FROM tasks
LEFT JOIN LATERAL (
    SELECT task_workspace_apps.workspace_app_id
    FROM task_workspace_apps
    WHERE task_workspace_apps.task_id = tasks.id
    ORDER BY task_workspace_apps.workspace_build_number DESC
    LIMIT 1
) AS binding ON true
LEFT JOIN LATERAL (
    SELECT workspace_builds.created_at, workspace_builds.reason
    FROM workspace_builds
    WHERE workspace_builds.workspace_id = tasks.workspace_id AND workspace_builds.transition = 'stop'
    ORDER BY workspace_builds.build_number DESC
    LIMIT 1
) AS stop ON true
LEFT JOIN LATERAL (
    SELECT workspace_builds.created_at, workspace_builds.reason, workspace_builds.build_number
    FROM workspace_builds
    WHERE workspace_builds.workspace_id = tasks.workspace_id AND workspace_builds.transition = 'start'
    ORDER BY workspace_builds.build_number DESC
    LIMIT 1
) AS start ON true
LEFT JOIN LATERAL (
    SELECT max(timeline.at) AS at
    FROM timeline
    WHERE timeline.task_id = tasks.id AND timeline.state = 'working' AND (stop.created_at IS NULL OR timeline.at <= stop.created_at)
) AS last_working ON true
LEFT JOIN LATERAL (
    SELECT min(workspace_app_statuses.created_at) AS at
    FROM workspace_app_statuses
    WHERE workspace_app_statuses.app_id = binding.workspace_app_id
        AND workspace_app_statuses.created_at > start.created_at
        AND (stop.created_at IS NULL OR start.created_at > stop.created_at)
) AS first_after_resume ON true
LEFT JOIN LATERAL (
    SELECT round(sum(EXTRACT(EPOCH FROM entries.until)::numeric - EXTRACT(EPOCH FROM entries.at)::numeric) * 1000)::bigint AS ms
    FROM (
        SELECT
            timeline.at,
            timeline.state,
            lead(timeline.at, 1, CASE
                WHEN stop.created_at > start.created_at OR start.created_at IS NULL AND stop.created_at IS NOT NULL
                    THEN stop.created_at
                ELSE $1::timestamptz
            END) OVER (ORDER BY timeline.at, timeline.state) AS until
        FROM timeline
        WHERE timeline.task_id = tasks.id
    ) AS entries
    WHERE entries.state = 'working'
) AS active ON true
WHERE tasks.deleted_at IS NULL
    AND EXISTS (
        SELECT FROM workspace_builds
        WHERE workspace_builds.workspace_id = tasks.workspace_id AND workspace_builds.created_at > $2::timestamptz
    )
ORDER BY tasks.id
