package pgdb

import (
	"context"
	"fmt"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/pgdb/internal/sqlc"
)

func dumpTables(ctx context.Context, q *sqlc.Queries, d *tasktwin.Dump) error {
	steps := []func(context.Context) error{
		dumpTable("organizations", q.DumpOrganizations, organization, &d.Organizations),
		dumpTable("users", q.DumpUsers, user, &d.Users),
		dumpTable("templates", q.DumpTemplates, template, &d.Templates),
		dumpTable("template_versions", q.DumpTemplateVersions, templateVersion, &d.TemplateVersions),
		dumpTable("workspaces", q.DumpWorkspaces, workspace, &d.Workspaces),
		dumpTable("provisioner_jobs", q.DumpProvisionerJobs, provisionerJob, &d.ProvisionerJobs),
		dumpTable("workspace_builds", q.DumpWorkspaceBuilds, workspaceBuild, &d.WorkspaceBuilds),
		dumpTable("workspace_agents", q.DumpWorkspaceAgents, workspaceAgent, &d.WorkspaceAgents),
		dumpTable("workspace_apps", q.DumpWorkspaceApps, workspaceApp, &d.WorkspaceApps),
		dumpTable("workspace_app_statuses", q.DumpWorkspaceAppStatuses, workspaceAppStatus, &d.WorkspaceAppStatuses),
		dumpTable("tasks", q.DumpTasks, task, &d.Tasks),
		dumpTable("task_workspace_apps", q.DumpTaskWorkspaceApps, taskWorkspaceApp, &d.TaskWorkspaceApps),
		dumpTable("task_snapshots", q.DumpTaskSnapshots, taskSnapshot, &d.TaskSnapshots),
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// dumpTable makes a step that reads a table.
func dumpTable[R, T any](name string, query func(context.Context) ([]R, error), convert func(R) T, into *[]T) func(context.Context) error {
	return func(ctx context.Context) error {
		rows, err := query(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		*into = convertAll(rows, convert)
		return nil
	}
}

// Dump returns every row of every table as of one moment, each table by its
// primary key.
func (db *DB) Dump(ctx context.Context) (*tasktwin.Dump, error) {
	var d *tasktwin.Dump
	err := db.InTx(ctx, func(s tasktwin.Store) error {
		var err error
		d, err = s.(*tx).Dump(ctx)
		return err
	}, &tasktwin.TxOptions{Isolation: tasktwin.RepeatableRead, ReadOnly: true})
	return d, err
}

// Dump returns every row of every table, as the transaction sees them.
func (t *tx) Dump(ctx context.Context) (*tasktwin.Dump, error) {
	var d tasktwin.Dump
	err := t.run(ctx, nothing, func(q *sqlc.Queries) error { return dumpTables(ctx, q, &d) })
	if err != nil {
		return nil, err
	}
	return &d, nil
}
