-- +goose Up

-- The view tasks_with_status: Migrate applies views/*.sql after the migrations.

-- +goose Down

DROP VIEW tasks_with_status;
