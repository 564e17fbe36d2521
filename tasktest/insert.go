package tasktest

import (
	"context"
	"fmt"

	"github.com/tasktwin/tasktwin"
)

// Insert inserts rows, in one transaction, through the statements of a store, for stores that
// are no [tasktwin.Loader] and to measure those statements. The tables come in the order of
// the fields. It ignores the values of generated columns. The error names the method and the
// parameters.
func Insert(ctx context.Context, store tasktwin.Store, rows *tasktwin.Dump) error {
	return store.InTx(ctx, func(tx tasktwin.Store) error {
		for _, table := range []func() error{
			func() error {
				return each(ctx, "InsertOrganization", tx.InsertOrganization, rows.Organizations, toOrganization)
			},
			func() error { return each(ctx, "InsertUser", tx.InsertUser, rows.Users, toUser) },
			func() error { return each(ctx, "InsertTemplate", tx.InsertTemplate, rows.Templates, toTemplate) },
			func() error {
				return each(ctx, "InsertTemplateVersion", tx.InsertTemplateVersion, rows.TemplateVersions, toTemplateVersion)
			},
			func() error { return each(ctx, "InsertWorkspace", tx.InsertWorkspace, rows.Workspaces, toWorkspace) },
			func() error {
				return each(ctx, "InsertProvisionerJob", tx.InsertProvisionerJob, rows.ProvisionerJobs, toJob)
			},
			func() error {
				return each(ctx, "InsertWorkspaceBuild", tx.InsertWorkspaceBuild, rows.WorkspaceBuilds, toBuild)
			},
			func() error {
				return each(ctx, "InsertWorkspaceAgent", tx.InsertWorkspaceAgent, rows.WorkspaceAgents, toAgent)
			},
			func() error { return each(ctx, "InsertWorkspaceApp", tx.InsertWorkspaceApp, rows.WorkspaceApps, toApp) },
			func() error {
				return each(ctx, "InsertWorkspaceAppStatus", tx.InsertWorkspaceAppStatus, rows.WorkspaceAppStatuses, toStatus)
			},
			func() error { return each(ctx, "InsertTask", tx.InsertTask, rows.Tasks, toTask) },
			func() error { return deleteTasks(ctx, tx, rows.Tasks) },
			func() error {
				return each(ctx, "UpsertTaskWorkspaceApp", tx.UpsertTaskWorkspaceApp, rows.TaskWorkspaceApps, toBinding)
			},
			func() error {
				return each(ctx, "UpsertTaskSnapshot", upsertSnapshot(tx), rows.TaskSnapshots, toSnapshot)
			},
		} {
			if err := table(); err != nil {
				return err
			}
		}
		return nil
	}, nil)
}

// each makes a statement of each row.
func each[R, P, A any](
	ctx context.Context, method string, query func(context.Context, P) (A, error), rows []R, params func(R) P,
) error {
	for _, row := range rows {
		arg := params(row)
		if _, err := query(ctx, arg); err != nil {
			return fmt.Errorf("tasktest: %s: %w\nwith %s", method, err, text(arg))
		}
	}
	return nil
}

// deleteTasks deletes the tasks that are deleted, which an insert cannot say.
func deleteTasks(ctx context.Context, tx tasktwin.Store, tasks []tasktwin.Task) error {
	var args []tasktwin.DeleteTaskParams
	for _, row := range tasks {
		if row.DeletedAt.Valid {
			args = append(args, tasktwin.DeleteTaskParams{ID: row.ID, DeletedAt: row.DeletedAt.Time})
		}
	}
	return each(ctx, "DeleteTask", tx.DeleteTask, args, func(arg tasktwin.DeleteTaskParams) tasktwin.DeleteTaskParams { return arg })
}

func upsertSnapshot(tx tasktwin.Store) func(context.Context, tasktwin.UpsertTaskSnapshotParams) (struct{}, error) {
	return func(ctx context.Context, arg tasktwin.UpsertTaskSnapshotParams) (struct{}, error) {
		return struct{}{}, tx.UpsertTaskSnapshot(ctx, arg)
	}
}
