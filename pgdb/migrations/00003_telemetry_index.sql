-- +goose Up

-- Finds the builds after a given time, with which telemetry starts.
CREATE INDEX workspace_builds_created_at_idx ON workspace_builds (created_at, workspace_id);

-- +goose Down

DROP INDEX workspace_builds_created_at_idx;
