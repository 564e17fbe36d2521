-- name: GetTelemetryTaskEvents :many
-- Linear in the rows of the tasks that qualify: each is looked up by index once,
-- and its timeline sorted once. A head row for each task keeps those without a
-- timeline, and sorts before it. What holds for the whole task travels with each
-- row: nothing is joined back, so that no estimate can turn it into a product.
WITH qualifying AS (
    SELECT
        tasks.id AS task_id,
        tasks.workspace_id,
        binding.workspace_app_id,
        stop.created_at AS stop_at,
        stop.reason AS stop_reason,
        start.created_at AS start_at,
        start.reason AS start_reason,
        start.build_number AS start_number,
        CASE
            WHEN stop.created_at > start.created_at OR start.created_at IS NULL AND stop.created_at IS NOT NULL
                THEN stop.created_at
            ELSE @now::timestamptz
        END AS end_at
    FROM tasks
    LEFT JOIN LATERAL (
        SELECT task_workspace_apps.workspace_app_id
        FROM task_workspace_apps
        WHERE task_workspace_apps.task_id = tasks.id
        ORDER BY task_workspace_apps.workspace_build_number DESC
        LIMIT 1
    ) AS binding ON true
    LEFT JOIN workspace_builds AS stop
        ON stop.workspace_id = tasks.workspace_id
        AND stop.build_number = (
            SELECT workspace_builds.build_number
            FROM workspace_builds
            WHERE workspace_builds.workspace_id = tasks.workspace_id AND workspace_builds.transition = 'stop'
            ORDER BY workspace_builds.build_number DESC
            LIMIT 1
        )
    LEFT JOIN workspace_builds AS start
        ON start.workspace_id = tasks.workspace_id
        AND start.build_number = (
            SELECT workspace_builds.build_number
            FROM workspace_builds
            WHERE workspace_builds.workspace_id = tasks.workspace_id AND workspace_builds.transition = 'start'
            ORDER BY workspace_builds.build_number DESC
            LIMIT 1
        )
    WHERE tasks.deleted_at IS NULL
        AND EXISTS (
            SELECT FROM workspace_builds
            WHERE workspace_builds.workspace_id = tasks.workspace_id
                AND workspace_builds.created_at > @created_after::timestamptz
        )
), timeline AS (
    SELECT qualifying.*, NULL::timestamptz AS at, NULL::workspace_app_status_state AS state, NULL::uuid AS app_id, 0 AS kind
    FROM qualifying
    UNION ALL
    SELECT qualifying.*, workspace_app_statuses.created_at, workspace_app_statuses.state, workspace_app_statuses.app_id, 1
    FROM qualifying
    JOIN task_workspace_apps ON task_workspace_apps.task_id = qualifying.task_id
    JOIN workspace_app_statuses ON workspace_app_statuses.app_id = task_workspace_apps.workspace_app_id
    UNION ALL
    SELECT qualifying.*, workspace_builds.created_at, NULL, NULL, 2
    FROM qualifying
    JOIN workspace_builds ON workspace_builds.workspace_id = qualifying.workspace_id AND workspace_builds.build_number > 1
), intervals AS (
    SELECT
        timeline.*,
        coalesce(lead(timeline.at) OVER (
            PARTITION BY timeline.task_id ORDER BY timeline.at NULLS FIRST, timeline.kind, timeline.state
        ), timeline.end_at) AS until
    FROM timeline
)
SELECT
    intervals.task_id,
    intervals.workspace_id,
    intervals.workspace_app_id,
    intervals.stop_at AS stop_build_created_at,
    intervals.stop_reason AS stop_build_reason,
    intervals.start_at AS start_build_created_at,
    intervals.start_reason AS start_build_reason,
    intervals.start_number AS start_build_number,
    max(intervals.at) FILTER (
        WHERE intervals.state = 'working' AND (intervals.stop_at IS NULL OR intervals.at <= intervals.stop_at)
    )::timestamp with time zone AS last_working_status_at,
    min(intervals.at) FILTER (
        WHERE intervals.app_id = intervals.workspace_app_id
            AND intervals.at > intervals.start_at
            AND (intervals.stop_at IS NULL OR intervals.start_at > intervals.stop_at)
    )::timestamp with time zone AS first_status_after_resume_at,
    round(coalesce(sum(
        EXTRACT(EPOCH FROM intervals.until)::numeric - EXTRACT(EPOCH FROM intervals.at)::numeric
    ) FILTER (WHERE intervals.state = 'working'), 0) * 1000)::bigint AS active_duration_ms
FROM intervals
GROUP BY intervals.task_id, intervals.workspace_id, intervals.workspace_app_id, intervals.stop_at, intervals.stop_reason,
    intervals.start_at, intervals.start_reason, intervals.start_number
ORDER BY intervals.task_id;
