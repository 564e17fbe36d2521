-- +goose Up

-- The view tasks_with_status: Migrate applies views/*.sql after the migrations.

-- +goose Down

DROP VIEW IF EXISTS tasks_with_status;
