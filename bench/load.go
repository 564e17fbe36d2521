package bench

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tasktwin/tasktwin"
)

// loadFast loads rows in the fastest way that a store has.
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
				return insert(ctx, d.WorkspaceAppStatuses, s.InsertWorkspaceAppStatus, func(r tasktwin.WorkspaceAppStatus) tasktwin.InsertWorkspaceAppStatusParams {
					return tasktwin.InsertWorkspaceAppStatusParams(r)
				})
			},
			func() error { return insert(ctx, d.Tasks, s.InsertTask, insertTaskParams) },
			func() error {
				return insert(ctx, d.TaskWorkspaceApps, s.UpsertTaskWorkspaceApp, func(r tasktwin.TaskWorkspaceApp) tasktwin.UpsertTaskWorkspaceAppParams {
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

// Copy loads rows into PostgreSQL with COPY, which is many times faster than
// one statement a row. It leaves the tables without statistics.
func Copy(ctx context.Context, pool *pgxpool.Pool, d *tasktwin.Dump) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		for _, table := range tables(d) {
			_, err := tx.CopyFrom(ctx, pgx.Identifier{table.name}, table.columns, pgx.CopyFromSlice(table.rows, table.values))
			if err != nil {
				return fmt.Errorf("copy %s: %w", table.name, err)
			}
		}
		return nil
	})
}

// table is what COPY wants to know.
type table struct {
	name    string
	columns []string
	rows    int
	values  func(i int) ([]any, error)
}

func tableOf[R any](name string, rows []R, columns []string, values func(R) []any) table {
	return table{name: name, columns: columns, rows: len(rows), values: func(i int) ([]any, error) { return values(rows[i]), nil }}
}

func tables(d *tasktwin.Dump) []table {
	return []table{
		tableOf("organizations", d.Organizations,
			[]string{"id", "name", "display_name", "created_at", "updated_at"},
			func(r tasktwin.Organization) []any {
				return []any{r.ID, r.Name, r.DisplayName, r.CreatedAt, r.UpdatedAt}
			}),
		tableOf("users", d.Users,
			[]string{"id", "email", "username", "created_at", "updated_at"},
			func(r tasktwin.User) []any { return []any{r.ID, r.Email, r.Username, r.CreatedAt, r.UpdatedAt} }),
		tableOf("templates", d.Templates,
			[]string{"id", "created_at", "updated_at", "organization_id", "name", "active_version_id", "created_by"},
			func(r tasktwin.Template) []any {
				return []any{r.ID, r.CreatedAt, r.UpdatedAt, r.OrganizationID, r.Name, r.ActiveVersionID, r.CreatedBy}
			}),
		tableOf("template_versions", d.TemplateVersions,
			[]string{"id", "template_id", "organization_id", "created_at", "updated_at", "name", "created_by"},
			func(r tasktwin.TemplateVersion) []any {
				return []any{r.ID, r.TemplateID, r.OrganizationID, r.CreatedAt, r.UpdatedAt, r.Name, r.CreatedBy}
			}),
		tableOf("workspaces", d.Workspaces,
			[]string{"id", "created_at", "updated_at", "owner_id", "organization_id", "template_id", "name", "group_acl", "user_acl"},
			func(r tasktwin.Workspace) []any {
				return []any{r.ID, r.CreatedAt, r.UpdatedAt, r.OwnerID, r.OrganizationID, r.TemplateID, r.Name, r.GroupACL, r.UserACL}
			}),
		tableOf("provisioner_jobs", d.ProvisionerJobs,
			[]string{"id", "created_at", "updated_at", "started_at", "completed_at", "error", "organization_id", "initiator_id"},
			func(r tasktwin.ProvisionerJob) []any {
				return []any{r.ID, r.CreatedAt, r.UpdatedAt, r.StartedAt, r.CompletedAt, r.Error, r.OrganizationID, r.InitiatorID}
			}),
		tableOf("workspace_builds", d.WorkspaceBuilds,
			[]string{"id", "created_at", "updated_at", "workspace_id", "template_version_id", "build_number", "transition", "initiator_id", "job_id", "reason"},
			func(r tasktwin.WorkspaceBuild) []any {
				return []any{
					r.ID, r.CreatedAt, r.UpdatedAt, r.WorkspaceID, r.TemplateVersionID, r.BuildNumber,
					string(r.Transition), r.InitiatorID, r.JobID, string(r.Reason),
				}
			}),
		tableOf("workspace_agents", d.WorkspaceAgents,
			[]string{"id", "created_at", "updated_at", "name", "lifecycle_state"},
			func(r tasktwin.WorkspaceAgent) []any {
				return []any{r.ID, r.CreatedAt, r.UpdatedAt, r.Name, string(r.LifecycleState)}
			}),
		tableOf("workspace_apps", d.WorkspaceApps,
			[]string{"id", "created_at", "agent_id", "display_name", "slug", "health"},
			func(r tasktwin.WorkspaceApp) []any {
				return []any{r.ID, r.CreatedAt, r.AgentID, r.DisplayName, r.Slug, string(r.Health)}
			}),
		tableOf("workspace_app_statuses", d.WorkspaceAppStatuses,
			[]string{"id", "created_at", "agent_id", "app_id", "workspace_id", "state", "message"},
			func(r tasktwin.WorkspaceAppStatus) []any {
				return []any{r.ID, r.CreatedAt, r.AgentID, r.AppID, r.WorkspaceID, string(r.State), r.Message}
			}),
		tableOf("tasks", d.Tasks,
			[]string{"id", "organization_id", "owner_id", "name", "workspace_id", "template_version_id", "template_parameters", "prompt", "created_at", "display_name"},
			func(r tasktwin.Task) []any {
				return []any{
					r.ID, r.OrganizationID, r.OwnerID, r.Name, r.WorkspaceID, r.TemplateVersionID,
					r.TemplateParameters, r.Prompt, r.CreatedAt, r.DisplayName,
				}
			}),
		tableOf("task_workspace_apps", d.TaskWorkspaceApps,
			[]string{"task_id", "workspace_agent_id", "workspace_app_id", "workspace_build_number"},
			func(r tasktwin.TaskWorkspaceApp) []any {
				return []any{r.TaskID, r.WorkspaceAgentID, r.WorkspaceAppID, r.WorkspaceBuildNumber}
			}),
	}
}
