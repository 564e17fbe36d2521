-- name: GetTelemetryTaskEvents :many
-- The query starts from the recent builds and looks up their rows by index, so that
-- it is linear in the number of rows of the tasks that qualify. This must not depend
-- on the planner's estimates, even if the tables have never been analyzed:
--   - OFFSET 0 keeps a lateral subquery from being merged into the outer query. A
--     subquery that refers to the row on its left can then only be the inner side of
--     a nested loop, which reads one table by one key. The condition on deleted_at is
--     outside of such a subquery, because the planner might otherwise use the partial
--     index on it and read every task for each row.
--   - For a LIMIT that the planner does not know, it expects a tenth of the rows in
--     the requested order. It then uses the index on created_at, even if every build
--     is recent.
-- Durations are summed as intervals, which are exact. The intervals of a timeline do
-- not overlap, so their sum fits whenever the length of the timeline does. The
-- difference of two timestamps may not fit, but their differences to a timestamp in
-- the middle do.
--
-- GetTelemetryTaskEventsParams choose the window of telemetry.
--   CreatedAfter: a workspace counts if it has a build later than this.
--   Now ends the interval of a task that is not over.
-- GetTelemetryTaskEventsRow has the telemetry of one task.
--   WorkspaceAppID is of the binding with the highest build number.
--   StopBuildCreatedAt and StopBuildReason are of the stop build with the
--     highest build number, which need not be the latest in time.
--   StartBuildCreatedAt, StartBuildReason and StartBuildNumber are of the
--     start build with the highest build number.
--   LastWorkingStatusAt is the latest working entry of the task's timeline
--     that is not later than the stop build, where there is one.
--   FirstStatusAfterResumeAt is the earliest status of WorkspaceAppID
--     strictly later than the start build, of a workspace that is not stopped.
--   ActiveDurationMS is in milliseconds, rounded once, half away from zero.
--     It can be negative where now or the stop build is earlier than a status.
WITH heads AS (
    SELECT
        live.id AS task_id,
        live.workspace_id,
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
    FROM (
        SELECT DISTINCT builds.workspace_id
        FROM (
            SELECT workspace_builds.workspace_id
            FROM workspace_builds
            WHERE workspace_builds.created_at > @created_after::timestamptz
            ORDER BY workspace_builds.created_at
            LIMIT (SELECT 9223372036854775807)
        ) AS builds
    ) AS recent
    CROSS JOIN LATERAL (
        SELECT tasks.id, tasks.workspace_id, tasks.deleted_at
        FROM tasks
        WHERE tasks.workspace_id = recent.workspace_id
        OFFSET 0
    ) AS live
    LEFT JOIN LATERAL (
        SELECT task_workspace_apps.workspace_app_id
        FROM task_workspace_apps
        WHERE task_workspace_apps.task_id = live.id
        ORDER BY task_workspace_apps.workspace_build_number DESC
        LIMIT 1
    ) AS binding ON true
    LEFT JOIN LATERAL (
        SELECT workspace_builds.created_at, workspace_builds.reason
        FROM workspace_builds
        WHERE workspace_builds.workspace_id = recent.workspace_id AND workspace_builds.transition = 'stop'
        ORDER BY workspace_builds.build_number DESC
        LIMIT 1
    ) AS stop ON true
    LEFT JOIN LATERAL (
        SELECT workspace_builds.created_at, workspace_builds.reason, workspace_builds.build_number
        FROM workspace_builds
        WHERE workspace_builds.workspace_id = recent.workspace_id AND workspace_builds.transition = 'start'
        ORDER BY workspace_builds.build_number DESC
        LIMIT 1
    ) AS start ON true
    WHERE live.deleted_at IS NULL
)
SELECT
    heads.task_id,
    heads.workspace_id,
    heads.workspace_app_id,
    heads.stop_at AS stop_build_created_at,
    heads.stop_reason AS stop_build_reason,
    heads.start_at AS start_build_created_at,
    heads.start_reason AS start_build_reason,
    heads.start_number AS start_build_number,
    activity.last_working_at::timestamp with time zone AS last_working_status_at,
    activity.first_after_resume_at::timestamp with time zone AS first_status_after_resume_at,
    activity.duration_ms::bigint AS active_duration_ms
FROM heads
CROSS JOIN LATERAL (
    SELECT
        max(entries.at) FILTER (
            WHERE entries.state = 'working' AND (heads.stop_at IS NULL OR entries.at <= heads.stop_at)
        ) AS last_working_at,
        min(entries.at) FILTER (
            WHERE entries.app_id = heads.workspace_app_id
                AND entries.at > heads.start_at
                AND (heads.stop_at IS NULL OR heads.start_at > heads.stop_at)
        ) AS first_after_resume_at,
        round(coalesce(EXTRACT(EPOCH FROM sum(
            (coalesce(entries.until, heads.end_at) - '2000-01-01 00:00:00+00'::timestamptz)
                - (entries.at - '2000-01-01 00:00:00+00'::timestamptz)
        ) FILTER (WHERE entries.state = 'working'))::numeric, 0) * 1000)::bigint AS duration_ms
    FROM (
        -- Boundaries have no state, and sort after the statuses.
        SELECT
            timeline.at,
            timeline.state,
            timeline.app_id,
            lead(timeline.at) OVER (ORDER BY timeline.at, timeline.state) AS until
        FROM (
            SELECT statuses.created_at AS at, statuses.state, statuses.app_id
            FROM task_workspace_apps
            CROSS JOIN LATERAL (
                SELECT workspace_app_statuses.created_at, workspace_app_statuses.state, workspace_app_statuses.app_id
                FROM workspace_app_statuses
                WHERE workspace_app_statuses.app_id = task_workspace_apps.workspace_app_id
                OFFSET 0
            ) AS statuses
            WHERE task_workspace_apps.task_id = heads.task_id
            UNION ALL
            SELECT workspace_builds.created_at, NULL, NULL
            FROM workspace_builds
            WHERE workspace_builds.workspace_id = heads.workspace_id AND workspace_builds.build_number > 1
        ) AS timeline
    ) AS entries
) AS activity
ORDER BY heads.task_id;
