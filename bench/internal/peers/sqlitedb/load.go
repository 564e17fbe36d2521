package sqlitedb

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/tasktwin/tasktwin"
)

// Load inserts the rows of a data set in one transaction.
func (db *DB) Load(ctx context.Context, d *tasktwin.Dump) error {
	tx, err := db.sql.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("sqlitedb: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	if err := insertAll(ctx, tx, d); err != nil {
		return fmt.Errorf("sqlitedb: %w", err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("sqlitedb: %w", err)
	}
	return nil
}

// Analyze gathers the planner's statistics. It first prepares the statements of the
// benchmarks: with the driver modernc.org/sqlite, a point read whose statement was prepared
// after ANALYZE took six times as long, by the same plan.
func (db *DB) Analyze(ctx context.Context) error {
	for _, query := range []string{getTaskSQL, insertTaskSQL, insertStatusSQL, telemetrySQL} {
		if _, err := db.statement(ctx, query); err != nil {
			return fmt.Errorf("sqlitedb: %w", err)
		}
	}
	return db.Exec(ctx, "ANALYZE")
}

func insertAll(ctx context.Context, tx *sql.Tx, d *tasktwin.Dump) error {
	for _, load := range []func() error{
		func() error {
			return insert(ctx, tx, "organizations (id, name, display_name, created_at, updated_at, deleted)", d.Organizations,
				func(r *tasktwin.Organization) []any {
					return []any{r.ID[:], r.Name, r.DisplayName, Micros(r.CreatedAt), Micros(r.UpdatedAt), r.Deleted}
				})
		},
		func() error {
			return insert(ctx, tx, "users (id, email, username, name, avatar_url, created_at, updated_at, deleted)", d.Users,
				func(r *tasktwin.User) []any {
					return []any{r.ID[:], r.Email, r.Username, r.Name, r.AvatarURL, Micros(r.CreatedAt), Micros(r.UpdatedAt), r.Deleted}
				})
		},
		func() error {
			return insert(ctx, tx,
				"templates (id, created_at, updated_at, organization_id, deleted, name, active_version_id, created_by)", d.Templates,
				func(r *tasktwin.Template) []any {
					return []any{
						r.ID[:], Micros(r.CreatedAt), Micros(r.UpdatedAt), r.OrganizationID[:], r.Deleted, r.Name,
						r.ActiveVersionID[:], r.CreatedBy[:],
					}
				})
		},
		func() error {
			return insert(ctx, tx,
				"template_versions (id, template_id, organization_id, created_at, updated_at, name, created_by)", d.TemplateVersions,
				func(r *tasktwin.TemplateVersion) []any {
					return []any{
						r.ID[:], nullID(r.TemplateID), r.OrganizationID[:], Micros(r.CreatedAt), Micros(r.UpdatedAt), r.Name, r.CreatedBy[:],
					}
				})
		},
		func() error {
			return insert(ctx, tx, "workspaces (id, created_at, updated_at, owner_id, organization_id, template_id, deleted, name, "+
				"group_acl, user_acl)", d.Workspaces,
				func(r *tasktwin.Workspace) []any {
					return []any{
						r.ID[:], Micros(r.CreatedAt), Micros(r.UpdatedAt), r.OwnerID[:], r.OrganizationID[:], r.TemplateID[:],
						r.Deleted, r.Name, string(r.GroupACL), string(r.UserACL),
					}
				})
		},
		func() error {
			return insert(ctx, tx, "provisioner_jobs (id, created_at, updated_at, started_at, canceled_at, completed_at, error, "+
				"organization_id, initiator_id)", d.ProvisionerJobs,
				func(r *tasktwin.ProvisionerJob) []any {
					return []any{
						r.ID[:], Micros(r.CreatedAt), Micros(r.UpdatedAt), nullMicros(r.StartedAt), nullMicros(r.CanceledAt),
						nullMicros(r.CompletedAt), r.Error, r.OrganizationID[:], r.InitiatorID[:],
					}
				})
		},
		func() error {
			return insert(ctx, tx, "workspace_builds (id, created_at, updated_at, workspace_id, template_version_id, build_number, "+
				"transition, initiator_id, job_id, reason)", d.WorkspaceBuilds,
				func(r *tasktwin.WorkspaceBuild) []any {
					return []any{
						r.ID[:], Micros(r.CreatedAt), Micros(r.UpdatedAt), r.WorkspaceID[:], r.TemplateVersionID[:], r.BuildNumber,
						string(r.Transition), r.InitiatorID[:], r.JobID[:], string(r.Reason),
					}
				})
		},
		func() error {
			return insert(ctx, tx, "workspace_agents (id, created_at, updated_at, name, lifecycle_state)", d.WorkspaceAgents,
				func(r *tasktwin.WorkspaceAgent) []any {
					return []any{r.ID[:], Micros(r.CreatedAt), Micros(r.UpdatedAt), r.Name, string(r.LifecycleState)}
				})
		},
		func() error {
			return insert(ctx, tx, "workspace_apps (id, created_at, agent_id, display_name, slug, health)", d.WorkspaceApps,
				func(r *tasktwin.WorkspaceApp) []any {
					return []any{r.ID[:], Micros(r.CreatedAt), r.AgentID[:], r.DisplayName, r.Slug, string(r.Health)}
				})
		},
		func() error {
			return insert(ctx, tx,
				"workspace_app_statuses (id, created_at, agent_id, app_id, workspace_id, state, message, uri)", d.WorkspaceAppStatuses,
				func(r *tasktwin.WorkspaceAppStatus) []any {
					return []any{
						r.ID[:], Micros(r.CreatedAt), r.AgentID[:], r.AppID[:], r.WorkspaceID[:], string(r.State), r.Message, r.URI,
					}
				})
		},
		func() error {
			return insert(ctx, tx, "tasks (id, organization_id, owner_id, name, workspace_id, template_version_id, template_parameters, "+
				"prompt, created_at, deleted_at, display_name)", d.Tasks,
				func(r *tasktwin.Task) []any {
					return []any{
						r.ID[:], r.OrganizationID[:], r.OwnerID[:], r.Name, nullID(r.WorkspaceID), r.TemplateVersionID[:],
						string(r.TemplateParameters), r.Prompt, Micros(r.CreatedAt), nullMicros(r.DeletedAt), r.DisplayName,
					}
				})
		},
		func() error {
			return insert(ctx, tx,
				"task_workspace_apps (task_id, workspace_agent_id, workspace_app_id, workspace_build_number)", d.TaskWorkspaceApps,
				func(r *tasktwin.TaskWorkspaceApp) []any {
					return []any{r.TaskID[:], nullID(r.WorkspaceAgentID), nullID(r.WorkspaceAppID), r.WorkspaceBuildNumber}
				})
		},
		func() error {
			return insert(ctx, tx, "task_snapshots (task_id, log_snapshot, log_snapshot_created_at)", d.TaskSnapshots,
				func(r *tasktwin.TaskSnapshot) []any {
					return []any{r.TaskID[:], string(r.LogSnapshot), Micros(r.LogSnapshotCreatedAt)}
				})
		},
	} {
		if err := load(); err != nil {
			return err
		}
	}
	return nil
}

// insert inserts rows with one prepared statement. into is a table with its
// columns.
func insert[R any](ctx context.Context, tx *sql.Tx, into string, rows []R, values func(*R) []any) error {
	places := strings.Repeat(", ?", strings.Count(into, ",")+1)[2:]
	stmt, err := tx.PrepareContext(ctx, "INSERT INTO "+into+" VALUES ("+places+")") //nolint:gosec // both are constants of this file
	if err != nil {
		return err
	}
	defer func() { _ = stmt.Close() }()
	for i := range rows {
		if _, err := stmt.ExecContext(ctx, values(&rows[i])...); err != nil {
			return fmt.Errorf("insert into %s: %w", into, err)
		}
	}
	return nil
}
