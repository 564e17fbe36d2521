package pgsessions

import (
	"context"
	"fmt"
	"strings"

	"github.com/tasktwin/tasktwin"
)

// tables are those with rows.
var tables = []string{
	"task_snapshots", "task_workspace_apps", "tasks", "workspace_app_statuses", "workspace_apps", "workspace_agents",
	"workspace_builds", "provisioner_jobs", "workspaces", "template_versions", "templates", "users", "organizations",
}

// Reset replaces all rows. Few rows are deleted much faster than tables are
// truncated.
func (d *DB) Reset(ctx context.Context, rows *tasktwin.Dump) error {
	sql := "BEGIN; SET LOCAL session_replication_role = replica; DELETE FROM " + strings.Join(tables, "; DELETE FROM ") + "; COMMIT"
	if _, err := d.control.Pool().Exec(ctx, sql); err != nil {
		return fmt.Errorf("conformance: delete all rows: %w", err)
	}
	return d.control.Load(ctx, rows)
}
