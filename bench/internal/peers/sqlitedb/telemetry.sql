-- pgdb's query for SQLite: linear in the number of rows of the tasks that qualify.
WITH qualifying AS MATERIALIZED (
    SELECT
        tasks.id AS task_id,
        tasks.workspace_id,
        (
            SELECT workspace_app_id FROM task_workspace_apps
            WHERE task_id = tasks.id
            ORDER BY workspace_build_number DESC
            LIMIT 1
        ) AS workspace_app_id,
        stop.created_at AS stop_at,
        stop.reason AS stop_reason,
        start.created_at AS start_at,
        start.reason AS start_reason,
        start.build_number AS start_number,
        CASE
            WHEN stop.created_at > start.created_at OR start.created_at IS NULL AND stop.created_at IS NOT NULL
                THEN stop.created_at
            ELSE ?2
        END AS end_at
    FROM tasks
    LEFT JOIN workspace_builds AS stop
        ON stop.workspace_id = tasks.workspace_id
        AND stop.build_number = (
            SELECT build_number FROM workspace_builds
            WHERE workspace_id = tasks.workspace_id AND transition = 'stop'
            ORDER BY build_number DESC
            LIMIT 1
        )
    LEFT JOIN workspace_builds AS start
        ON start.workspace_id = tasks.workspace_id
        AND start.build_number = (
            SELECT build_number FROM workspace_builds
            WHERE workspace_id = tasks.workspace_id AND transition = 'start'
            ORDER BY build_number DESC
            LIMIT 1
        )
    WHERE tasks.deleted_at IS NULL
        AND EXISTS (
            SELECT 1 FROM workspace_builds
            WHERE workspace_id = tasks.workspace_id AND workspace_builds.created_at > ?1
        )
), timeline AS (
    SELECT qualifying.*, NULL AS at, NULL AS state, NULL AS app_id, 0 AS kind FROM qualifying
    UNION ALL
    SELECT qualifying.*, workspace_app_statuses.created_at, workspace_app_statuses.state, workspace_app_statuses.app_id, 1
    FROM qualifying
    CROSS JOIN task_workspace_apps ON task_workspace_apps.task_id = qualifying.task_id
    CROSS JOIN workspace_app_statuses ON workspace_app_statuses.app_id = task_workspace_apps.workspace_app_id
    UNION ALL
    SELECT qualifying.*, workspace_builds.created_at, NULL, NULL, 2
    FROM qualifying
    CROSS JOIN workspace_builds
        ON workspace_builds.workspace_id = qualifying.workspace_id AND workspace_builds.build_number > 1
), intervals AS (
    SELECT
        timeline.*,
        coalesce(
            lead(at) OVER (PARTITION BY task_id ORDER BY at NULLS FIRST, kind, state IS NOT 'working'),
            end_at
        ) AS until
    FROM timeline
), sums AS (
    SELECT
        task_id, workspace_id, workspace_app_id, stop_at, stop_reason, start_at, start_reason, start_number,
        max(at) FILTER (WHERE state = 'working' AND (stop_at IS NULL OR at <= stop_at)) AS last_working_at,
        min(at) FILTER (
            WHERE app_id = workspace_app_id AND at > start_at AND (stop_at IS NULL OR start_at > stop_at)
        ) AS first_status_at,
        coalesce(sum(until - at) FILTER (WHERE state = 'working'), 0) AS active
    FROM intervals
    GROUP BY task_id
)
SELECT
    task_id, workspace_id, workspace_app_id, stop_at, stop_reason, start_at, start_reason, start_number,
    last_working_at, first_status_at,
    CASE WHEN active < 0 THEN (active - 500) / 1000 ELSE (active + 500) / 1000 END
FROM sums
ORDER BY task_id
