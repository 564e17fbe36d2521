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

// Where a row has the columns of its parameters and no others, the compiler says so.

func toOrganization(r tasktwin.Organization) tasktwin.InsertOrganizationParams {
	return tasktwin.InsertOrganizationParams(r)
}

func toUser(r tasktwin.User) tasktwin.InsertUserParams { return tasktwin.InsertUserParams(r) }

func toTemplate(r tasktwin.Template) tasktwin.InsertTemplateParams {
	return tasktwin.InsertTemplateParams(r)
}

func toTemplateVersion(r tasktwin.TemplateVersion) tasktwin.InsertTemplateVersionParams {
	return tasktwin.InsertTemplateVersionParams(r)
}

func toWorkspace(r tasktwin.Workspace) tasktwin.InsertWorkspaceParams {
	return tasktwin.InsertWorkspaceParams(r)
}

func toJob(r tasktwin.ProvisionerJob) tasktwin.InsertProvisionerJobParams {
	return tasktwin.InsertProvisionerJobParams{
		ID: r.ID, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt, StartedAt: r.StartedAt, CanceledAt: r.CanceledAt,
		CompletedAt: r.CompletedAt, Error: r.Error, OrganizationID: r.OrganizationID, InitiatorID: r.InitiatorID,
	}
}

func toBuild(r tasktwin.WorkspaceBuild) tasktwin.InsertWorkspaceBuildParams {
	return tasktwin.InsertWorkspaceBuildParams(r)
}

func toAgent(r tasktwin.WorkspaceAgent) tasktwin.InsertWorkspaceAgentParams {
	return tasktwin.InsertWorkspaceAgentParams(r)
}

func toApp(r tasktwin.WorkspaceApp) tasktwin.InsertWorkspaceAppParams {
	return tasktwin.InsertWorkspaceAppParams(r)
}

func toStatus(r tasktwin.WorkspaceAppStatus) tasktwin.InsertWorkspaceAppStatusParams {
	return tasktwin.InsertWorkspaceAppStatusParams(r)
}

func toTask(r tasktwin.Task) tasktwin.InsertTaskParams {
	return tasktwin.InsertTaskParams{
		ID: r.ID, OrganizationID: r.OrganizationID, OwnerID: r.OwnerID, Name: r.Name, DisplayName: r.DisplayName, WorkspaceID: r.WorkspaceID,
		TemplateVersionID: r.TemplateVersionID, TemplateParameters: r.TemplateParameters, Prompt: r.Prompt, CreatedAt: r.CreatedAt,
	}
}

func toBinding(r tasktwin.TaskWorkspaceApp) tasktwin.UpsertTaskWorkspaceAppParams {
	return tasktwin.UpsertTaskWorkspaceAppParams{
		TaskID: r.TaskID, WorkspaceBuildNumber: r.WorkspaceBuildNumber,
		WorkspaceAgentID: r.WorkspaceAgentID, WorkspaceAppID: r.WorkspaceAppID,
	}
}

func toSnapshot(r tasktwin.TaskSnapshot) tasktwin.UpsertTaskSnapshotParams {
	return tasktwin.UpsertTaskSnapshotParams(r)
}
