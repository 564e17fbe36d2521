package pgdb

import (
	"context"
	"fmt"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/pgdb/internal/sqlc"
)

func dumpTables(ctx context.Context, q *sqlc.Queries, d *tasktwin.Dump) error {
	steps := []func() error{
		func() error {
			return dumpTable(ctx, "organizations", q.DumpOrganizations, organization, &d.Organizations)
		},
		func() error { return dumpTable(ctx, "users", q.DumpUsers, user, &d.Users) },
		func() error { return dumpTable(ctx, "templates", q.DumpTemplates, template, &d.Templates) },
		func() error {
			return dumpTable(ctx, "template_versions", q.DumpTemplateVersions, templateVersion, &d.TemplateVersions)
		},
		func() error { return dumpTable(ctx, "workspaces", q.DumpWorkspaces, workspace, &d.Workspaces) },
		func() error {
			return dumpTable(ctx, "provisioner_jobs", q.DumpProvisionerJobs, provisionerJob, &d.ProvisionerJobs)
		},
		func() error {
			return dumpTable(ctx, "workspace_builds", q.DumpWorkspaceBuilds, workspaceBuild, &d.WorkspaceBuilds)
		},
		func() error {
			return dumpTable(ctx, "workspace_agents", q.DumpWorkspaceAgents, workspaceAgent, &d.WorkspaceAgents)
		},
		func() error {
			return dumpTable(ctx, "workspace_apps", q.DumpWorkspaceApps, workspaceApp, &d.WorkspaceApps)
		},
		func() error {
			return dumpTable(ctx, "workspace_app_statuses", q.DumpWorkspaceAppStatuses, workspaceAppStatus, &d.WorkspaceAppStatuses)
		},
		func() error { return dumpTable(ctx, "tasks", q.DumpTasks, task, &d.Tasks) },
		func() error {
			return dumpTable(ctx, "task_workspace_apps", q.DumpTaskWorkspaceApps, taskWorkspaceApp, &d.TaskWorkspaceApps)
		},
		func() error {
			return dumpTable(ctx, "task_snapshots", q.DumpTaskSnapshots, taskSnapshot, &d.TaskSnapshots)
		},
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func dumpTable[R, T any](ctx context.Context, name string, query func(context.Context) ([]R, error), convert func(R) T, into *[]T) error {
	rows, err := query(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	*into = convertAll(rows, convert)
	return nil
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
