-- +goose Up

-- The builds later than an instant, which telemetry starts from.
CREATE INDEX workspace_builds_created_at_idx ON workspace_builds (created_at, workspace_id);

-- +goose Down

DROP INDEX workspace_builds_created_at_idx;
