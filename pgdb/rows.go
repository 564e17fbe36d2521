package pgdb

import (
	"database/sql"
	"time"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/pgdb/internal/sqlc"
)

// The rows, from generated types to public ones: a plain conversion, so that a
// drift between the two does not compile, and times in UTC, where pgx gives them
// in the local zone.

func utc(t *time.Time) { *t = t.UTC() }

func nullUTC(t *sql.NullTime) {
	if t.Valid {
		t.Time = t.Time.UTC()
	}
}

func organization(row sqlc.Organization) tasktwin.Organization {
	out := tasktwin.Organization(row)
	utc(&out.CreatedAt)
	utc(&out.UpdatedAt)
	return out
}

func user(row sqlc.User) tasktwin.User {
	out := tasktwin.User(row)
	utc(&out.CreatedAt)
	utc(&out.UpdatedAt)
	return out
}

func template(row sqlc.Template) tasktwin.Template {
	out := tasktwin.Template(row)
	utc(&out.CreatedAt)
	utc(&out.UpdatedAt)
	return out
}

func templateVersion(row sqlc.TemplateVersion) tasktwin.TemplateVersion {
	out := tasktwin.TemplateVersion(row)
	utc(&out.CreatedAt)
	utc(&out.UpdatedAt)
	return out
}

func workspace(row sqlc.Workspace) tasktwin.Workspace {
	out := tasktwin.Workspace(row)
	utc(&out.CreatedAt)
	utc(&out.UpdatedAt)
	return out
}

func provisionerJob(row sqlc.ProvisionerJob) tasktwin.ProvisionerJob {
	out := tasktwin.ProvisionerJob(row)
	utc(&out.CreatedAt)
	utc(&out.UpdatedAt)
	nullUTC(&out.StartedAt)
	nullUTC(&out.CanceledAt)
	nullUTC(&out.CompletedAt)
	return out
}

func workspaceBuild(row sqlc.WorkspaceBuild) tasktwin.WorkspaceBuild {
	out := tasktwin.WorkspaceBuild(row)
	utc(&out.CreatedAt)
	utc(&out.UpdatedAt)
	return out
}

func workspaceAgent(row sqlc.WorkspaceAgent) tasktwin.WorkspaceAgent {
	out := tasktwin.WorkspaceAgent(row)
	utc(&out.CreatedAt)
	utc(&out.UpdatedAt)
	return out
}

func workspaceApp(row sqlc.WorkspaceApp) tasktwin.WorkspaceApp {
	out := tasktwin.WorkspaceApp(row)
	utc(&out.CreatedAt)
	return out
}

func workspaceAppStatus(row sqlc.WorkspaceAppStatus) tasktwin.WorkspaceAppStatus {
	out := tasktwin.WorkspaceAppStatus(row)
	utc(&out.CreatedAt)
	return out
}

func task(row sqlc.Task) tasktwin.Task {
	out := tasktwin.Task(row)
	utc(&out.CreatedAt)
	nullUTC(&out.DeletedAt)
	return out
}

func taskWorkspaceApp(row sqlc.TaskWorkspaceApp) tasktwin.TaskWorkspaceApp {
	return tasktwin.TaskWorkspaceApp(row)
}

func taskSnapshot(row sqlc.TaskSnapshot) tasktwin.TaskSnapshot {
	out := tasktwin.TaskSnapshot(row)
	utc(&out.LogSnapshotCreatedAt)
	return out
}

func taskWithStatus(row sqlc.TasksWithStatus) tasktwin.TaskWithStatus {
	out := tasktwin.TaskWithStatus(row)
	utc(&out.CreatedAt)
	nullUTC(&out.DeletedAt)
	return out
}

func taskEvents(row sqlc.GetTelemetryTaskEventsRow) tasktwin.GetTelemetryTaskEventsRow {
	out := tasktwin.GetTelemetryTaskEventsRow(row)
	nullUTC(&out.StopBuildCreatedAt)
	nullUTC(&out.StartBuildCreatedAt)
	nullUTC(&out.LastWorkingStatusAt)
	nullUTC(&out.FirstStatusAfterResumeAt)
	return out
}
