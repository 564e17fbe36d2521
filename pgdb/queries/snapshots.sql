-- name: UpsertTaskSnapshot :exec
-- UpsertTaskSnapshotParams are the columns of a snapshot.
INSERT INTO task_snapshots (task_id, log_snapshot, log_snapshot_created_at)
VALUES ($1, $2, $3)
ON CONFLICT (task_id) DO UPDATE
SET log_snapshot = EXCLUDED.log_snapshot, log_snapshot_created_at = EXCLUDED.log_snapshot_created_at;

-- name: GetTaskSnapshot :one
SELECT * FROM task_snapshots WHERE task_id = @task_id;

-- name: DumpTaskSnapshots :many
SELECT * FROM task_snapshots ORDER BY task_id;
