-- name: GetTelemetryTaskEvents :many
-- Linear in the rows of the tasks that qualify: each is looked up by index once,
-- and its timeline sorted once. The head row of each task, which carries what
-- holds for the whole task, sorts before its timeline; nothing is joined back.
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
        resumed.created_at AS resumed_at,
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
        SELECT workspace_app_statuses.created_at
        FROM workspace_app_statuses
        WHERE workspace_app_statuses.app_id = binding.workspace_app_id
            AND workspace_app_statuses.created_at > start.created_at
            AND (stop.created_at IS NULL OR start.created_at > stop.created_at)
        ORDER BY workspace_app_statuses.created_at
        LIMIT 1
    ) AS resumed ON true
    WHERE tasks.deleted_at IS NULL
        AND EXISTS (
            SELECT FROM workspace_builds
            WHERE workspace_builds.workspace_id = tasks.workspace_id
                AND workspace_builds.created_at > @created_after::timestamptz
        )
), timeline AS (
    SELECT qualifying.*, NULL::timestamptz AS at, NULL::workspace_app_status_state AS state, 0 AS kind
    FROM qualifying
    UNION ALL
    SELECT qualifying.*, workspace_app_statuses.created_at, workspace_app_statuses.state, 1
    FROM qualifying
    JOIN task_workspace_apps ON task_workspace_apps.task_id = qualifying.task_id
    JOIN workspace_app_statuses ON workspace_app_statuses.app_id = task_workspace_apps.workspace_app_id
    UNION ALL
    SELECT qualifying.*, workspace_builds.created_at, NULL, 2
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
    (array_agg(intervals.workspace_id) FILTER (WHERE intervals.kind = 0))[1]::uuid AS workspace_id,
    (array_agg(intervals.workspace_app_id) FILTER (WHERE intervals.kind = 0))[1]::uuid AS workspace_app_id,
    min(intervals.stop_at)::timestamptz AS stop_build_created_at,
    min(intervals.stop_reason)::build_reason AS stop_build_reason,
    min(intervals.start_at)::timestamptz AS start_build_created_at,
    min(intervals.start_reason)::build_reason AS start_build_reason,
    min(intervals.start_number)::integer AS start_build_number,
    (max(intervals.at) FILTER (
        WHERE intervals.state = 'working' AND (intervals.stop_at IS NULL OR intervals.at <= intervals.stop_at)
    ))::timestamptz AS last_working_status_at,
    min(intervals.resumed_at)::timestamptz AS first_status_after_resume_at,
    round(coalesce(sum(
        EXTRACT(EPOCH FROM intervals.until)::numeric - EXTRACT(EPOCH FROM intervals.at)::numeric
    ) FILTER (WHERE intervals.state = 'working'), 0) * 1000)::bigint AS active_duration_ms
FROM intervals
GROUP BY intervals.task_id
ORDER BY intervals.task_id;
