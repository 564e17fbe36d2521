package bench

import (
	"context"
	"fmt"

	"github.com/tasktwin/tasktwin"
)

// loadFast loads rows in the fastest way that a store supports.
func loadFast(ctx context.Context, store tasktwin.Store, d *tasktwin.Dump) error {
	if loader, ok := store.(tasktwin.Loader); ok {
		return loader.Load(ctx, d)
	}
	return Load(ctx, store, d)
}

// Load inserts rows through a store's own methods, in one transaction.
func Load(ctx context.Context, store tasktwin.Store, d *tasktwin.Dump) error {
	return store.InTx(ctx, func(s tasktwin.Store) error {
		for _, load := range []func() error{
			func() error {
				return insert(ctx, d.Organizations, s.InsertOrganization, func(r tasktwin.Organization) tasktwin.InsertOrganizationParams {
					return tasktwin.InsertOrganizationParams(r)
				})
			},
			func() error {
				return insert(ctx, d.Users, s.InsertUser, func(r tasktwin.User) tasktwin.InsertUserParams {
					return tasktwin.InsertUserParams(r)
				})
			},
			func() error {
				return insert(ctx, d.Templates, s.InsertTemplate, func(r tasktwin.Template) tasktwin.InsertTemplateParams {
					return tasktwin.InsertTemplateParams(r)
				})
			},
			func() error {
				return insert(ctx, d.TemplateVersions, s.InsertTemplateVersion, func(r tasktwin.TemplateVersion) tasktwin.InsertTemplateVersionParams {
					return tasktwin.InsertTemplateVersionParams(r)
				})
			},
			func() error {
				return insert(ctx, d.Workspaces, s.InsertWorkspace, func(r tasktwin.Workspace) tasktwin.InsertWorkspaceParams {
					return tasktwin.InsertWorkspaceParams(r)
				})
			},
			func() error {
				return insert(ctx, d.ProvisionerJobs, s.InsertProvisionerJob, func(r tasktwin.ProvisionerJob) tasktwin.InsertProvisionerJobParams {
					return tasktwin.InsertProvisionerJobParams{
						ID: r.ID, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt, StartedAt: r.StartedAt, CanceledAt: r.CanceledAt,
						CompletedAt: r.CompletedAt, Error: r.Error, OrganizationID: r.OrganizationID, InitiatorID: r.InitiatorID,
					}
				})
			},
			func() error {
				return insert(ctx, d.WorkspaceBuilds, s.InsertWorkspaceBuild, func(r tasktwin.WorkspaceBuild) tasktwin.InsertWorkspaceBuildParams {
					return tasktwin.InsertWorkspaceBuildParams(r)
				})
			},
			func() error {
				return insert(ctx, d.WorkspaceAgents, s.InsertWorkspaceAgent, func(r tasktwin.WorkspaceAgent) tasktwin.InsertWorkspaceAgentParams {
					return tasktwin.InsertWorkspaceAgentParams(r)
				})
			},
			func() error {
				return insert(ctx, d.WorkspaceApps, s.InsertWorkspaceApp, func(r tasktwin.WorkspaceApp) tasktwin.InsertWorkspaceAppParams {
					return tasktwin.InsertWorkspaceAppParams(r)
				})
			},
			func() error {
				return insert(ctx, d.WorkspaceAppStatuses, s.InsertWorkspaceAppStatus,
					func(r tasktwin.WorkspaceAppStatus) tasktwin.InsertWorkspaceAppStatusParams {
						return tasktwin.InsertWorkspaceAppStatusParams(r)
					})
			},
			func() error { return insert(ctx, d.Tasks, s.InsertTask, insertTaskParams) },
			func() error {
				return insert(ctx, d.TaskWorkspaceApps, s.UpsertTaskWorkspaceApp,
					func(r tasktwin.TaskWorkspaceApp) tasktwin.UpsertTaskWorkspaceAppParams {
						return tasktwin.UpsertTaskWorkspaceAppParams{
							TaskID: r.TaskID, WorkspaceBuildNumber: r.WorkspaceBuildNumber,
							WorkspaceAgentID: r.WorkspaceAgentID, WorkspaceAppID: r.WorkspaceAppID,
						}
					})
			},
		} {
			if err := load(); err != nil {
				return err
			}
		}
		return nil
	}, nil)
}

func insertTaskParams(r tasktwin.Task) tasktwin.InsertTaskParams {
	return tasktwin.InsertTaskParams{
		ID: r.ID, OrganizationID: r.OrganizationID, OwnerID: r.OwnerID, Name: r.Name, DisplayName: r.DisplayName, WorkspaceID: r.WorkspaceID,
		TemplateVersionID: r.TemplateVersionID, TemplateParameters: r.TemplateParameters, Prompt: r.Prompt, CreatedAt: r.CreatedAt,
	}
}

func insert[R, P any](ctx context.Context, rows []R, query func(context.Context, P) (R, error), params func(R) P) error {
	for _, row := range rows {
		if _, err := query(ctx, params(row)); err != nil {
			return fmt.Errorf("load %T: %w", row, err)
		}
	}
	return nil
}
