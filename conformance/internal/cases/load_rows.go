package cases

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/lockstep"
)

// The tables of [RowsToLoad], as part of an id.
const (
	loadOrg = iota + 1
	loadUser
	loadTemplate
	loadVersion
	loadWorkspace
	loadJob
	loadBuild
	loadAgent
	loadApp
	loadStatus
	loadTask
)

// loadID is the id of the n-th row of a table.
func loadID(table, n int) uuid.UUID { return id(uint64(1_000_000*table + n)) }

// RowsToLoad returns n rows of each table, by primary key. The n-th refers to the
// n-th of the other tables.
func RowsToLoad(n int) *tasktwin.Dump {
	d := emptyDump()
	for i := range n {
		name := fmt.Sprintf("n%d", i)
		d.Organizations = append(d.Organizations, tasktwin.Organization{
			ID: loadID(loadOrg, i), Name: name, DisplayName: "The " + name, CreatedAt: at(0), UpdatedAt: at(1),
		})
		d.Users = append(d.Users, tasktwin.User{
			ID: loadID(loadUser, i), Email: name + "@example.com", Username: name, Name: "Ms " + name, AvatarURL: "https://example.com/" + name,
			CreatedAt: at(0), UpdatedAt: at(1),
		})
		d.Templates = append(d.Templates, tasktwin.Template{
			ID: loadID(loadTemplate, i), CreatedAt: at(0), UpdatedAt: at(1), OrganizationID: loadID(loadOrg, i), Name: name,
			ActiveVersionID: absent, CreatedBy: loadID(loadUser, i),
		})
		d.TemplateVersions = append(d.TemplateVersions, tasktwin.TemplateVersion{
			ID: loadID(loadVersion, i), TemplateID: null(loadID(loadTemplate, i)), OrganizationID: loadID(loadOrg, i),
			CreatedAt: at(0), UpdatedAt: at(1), Name: name, CreatedBy: loadID(loadUser, i),
		})
		d.Workspaces = append(d.Workspaces, tasktwin.Workspace{
			ID: loadID(loadWorkspace, i), CreatedAt: at(0), UpdatedAt: at(1), OwnerID: loadID(loadUser, i), OrganizationID: loadID(loadOrg, i),
			TemplateID: loadID(loadTemplate, i), Name: name, GroupACL: json.RawMessage(`{"a": 1}`), UserACL: json.RawMessage(`{}`),
		})
		d.ProvisionerJobs = append(d.ProvisionerJobs, tasktwin.ProvisionerJob{
			ID: loadID(loadJob, i), CreatedAt: at(0), UpdatedAt: at(1), StartedAt: set(at(1)), CanceledAt: set(at(2)), CompletedAt: set(at(3)),
			Error: sql.NullString{String: "", Valid: true}, OrganizationID: loadID(loadOrg, i), InitiatorID: loadID(loadUser, i),
			JobStatus: tasktwin.ProvisionerJobStatusCanceled,
		})
		d.WorkspaceBuilds = append(d.WorkspaceBuilds, tasktwin.WorkspaceBuild{
			ID: loadID(loadBuild, i), CreatedAt: at(0), UpdatedAt: at(1), WorkspaceID: loadID(loadWorkspace, i), TemplateVersionID: loadID(loadVersion, i),
			BuildNumber: 1, Transition: tasktwin.WorkspaceTransitionStart, InitiatorID: loadID(loadUser, i), JobID: loadID(loadJob, i),
			Reason: tasktwin.BuildReasonCLI,
		})
		d.WorkspaceAgents = append(d.WorkspaceAgents, tasktwin.WorkspaceAgent{
			ID: loadID(loadAgent, i), CreatedAt: at(0), UpdatedAt: at(1), Name: name, LifecycleState: tasktwin.WorkspaceAgentLifecycleStateReady,
		})
		d.WorkspaceApps = append(d.WorkspaceApps, tasktwin.WorkspaceApp{
			ID: loadID(loadApp, i), CreatedAt: at(0), AgentID: loadID(loadAgent, i), DisplayName: "App", Slug: name, Health: tasktwin.WorkspaceAppHealthHealthy,
		})
		d.WorkspaceAppStatuses = append(d.WorkspaceAppStatuses, tasktwin.WorkspaceAppStatus{
			ID: loadID(loadStatus, i), CreatedAt: at(0), AgentID: loadID(loadAgent, i), AppID: loadID(loadApp, i), WorkspaceID: loadID(loadWorkspace, i),
			State: tasktwin.WorkspaceAppStatusStateWorking, Message: name, URI: sql.NullString{String: "https://example.com", Valid: true},
		})
		d.Tasks = append(d.Tasks, tasktwin.Task{
			ID: loadID(loadTask, i), OrganizationID: loadID(loadOrg, i), OwnerID: loadID(loadUser, i), Name: name, WorkspaceID: null(loadID(loadWorkspace, i)),
			TemplateVersionID: loadID(loadVersion, i), TemplateParameters: json.RawMessage(`{"a": [1, 2]}`), Prompt: "do " + name, CreatedAt: at(0),
			DisplayName: "Task " + name,
		})
		d.TaskWorkspaceApps = append(d.TaskWorkspaceApps, tasktwin.TaskWorkspaceApp{
			TaskID: loadID(loadTask, i), WorkspaceAgentID: null(loadID(loadAgent, i)), WorkspaceAppID: null(loadID(loadApp, i)), WorkspaceBuildNumber: 1,
		})
		d.TaskSnapshots = append(d.TaskSnapshots, tasktwin.TaskSnapshot{
			TaskID: loadID(loadTask, i), LogSnapshot: json.RawMessage(`["é"]`), LogSnapshotCreatedAt: at(0),
		})
	}
	return d
}

// everyColumn returns rows with a value in each column: those of RowsToLoad, some
// of them deleted.
func everyColumn() *tasktwin.Dump {
	d := RowsToLoad(4)
	gone := d.Tasks[3]
	gone.ID, gone.DeletedAt, gone.WorkspaceID, gone.Name = absent, set(at(9)), uuid.NullUUID{}, d.Tasks[0].Name
	d.Tasks = append(d.Tasks, gone)
	d.Users[3].Deleted, d.Users[3].Username = true, d.Users[0].Username
	d.Organizations[3].Deleted, d.Templates[3].Deleted, d.Workspaces[3].Deleted = true, true, true
	return d
}

// emptyDump is what a store without rows dumps.
func emptyDump() *tasktwin.Dump {
	return &tasktwin.Dump{
		Organizations: []tasktwin.Organization{}, Users: []tasktwin.User{}, Templates: []tasktwin.Template{}, TemplateVersions: []tasktwin.TemplateVersion{},
		Workspaces: []tasktwin.Workspace{}, ProvisionerJobs: []tasktwin.ProvisionerJob{}, WorkspaceBuilds: []tasktwin.WorkspaceBuild{},
		WorkspaceAgents: []tasktwin.WorkspaceAgent{}, WorkspaceApps: []tasktwin.WorkspaceApp{}, WorkspaceAppStatuses: []tasktwin.WorkspaceAppStatus{},
		Tasks: []tasktwin.Task{}, TaskWorkspaceApps: []tasktwin.TaskWorkspaceApp{}, TaskSnapshots: []tasktwin.TaskSnapshot{},
	}
}

// badRow is a way for a row to be refused.
type badRow struct {
	name string
	// spoil makes row i bad, by what row j has where it takes two.
	spoil func(d *tasktwin.Dump, i, j int)
	want  lockstep.ErrorFacts
}

// onRow makes a badRow's spoil of a function of two rows of one table.
func onRow[R any](table func(*tasktwin.Dump) []R, spoil func(r, other *R)) func(d *tasktwin.Dump, i, j int) {
	return func(d *tasktwin.Dump, i, j int) { spoil(&table(d)[i], &table(d)[j]) }
}

func orgOf(spoil func(r, o *tasktwin.Organization)) func(*tasktwin.Dump, int, int) {
	return onRow(func(d *tasktwin.Dump) []tasktwin.Organization { return d.Organizations }, spoil)
}

func userOf(spoil func(r, o *tasktwin.User)) func(*tasktwin.Dump, int, int) {
	return onRow(func(d *tasktwin.Dump) []tasktwin.User { return d.Users }, spoil)
}

func templateOf(spoil func(r, o *tasktwin.Template)) func(*tasktwin.Dump, int, int) {
	return onRow(func(d *tasktwin.Dump) []tasktwin.Template { return d.Templates }, spoil)
}

func versionOf(spoil func(r, o *tasktwin.TemplateVersion)) func(*tasktwin.Dump, int, int) {
	return onRow(func(d *tasktwin.Dump) []tasktwin.TemplateVersion { return d.TemplateVersions }, spoil)
}

func workspaceOf(spoil func(r, o *tasktwin.Workspace)) func(*tasktwin.Dump, int, int) {
	return onRow(func(d *tasktwin.Dump) []tasktwin.Workspace { return d.Workspaces }, spoil)
}

func jobOf(spoil func(r, o *tasktwin.ProvisionerJob)) func(*tasktwin.Dump, int, int) {
	return onRow(func(d *tasktwin.Dump) []tasktwin.ProvisionerJob { return d.ProvisionerJobs }, spoil)
}

func buildOf(spoil func(r, o *tasktwin.WorkspaceBuild)) func(*tasktwin.Dump, int, int) {
	return onRow(func(d *tasktwin.Dump) []tasktwin.WorkspaceBuild { return d.WorkspaceBuilds }, spoil)
}

func agentOf(spoil func(r, o *tasktwin.WorkspaceAgent)) func(*tasktwin.Dump, int, int) {
	return onRow(func(d *tasktwin.Dump) []tasktwin.WorkspaceAgent { return d.WorkspaceAgents }, spoil)
}

func appOf(spoil func(r, o *tasktwin.WorkspaceApp)) func(*tasktwin.Dump, int, int) {
	return onRow(func(d *tasktwin.Dump) []tasktwin.WorkspaceApp { return d.WorkspaceApps }, spoil)
}

func statusOf(spoil func(r, o *tasktwin.WorkspaceAppStatus)) func(*tasktwin.Dump, int, int) {
	return onRow(func(d *tasktwin.Dump) []tasktwin.WorkspaceAppStatus { return d.WorkspaceAppStatuses }, spoil)
}

func taskOf(spoil func(r, o *tasktwin.Task)) func(*tasktwin.Dump, int, int) {
	return onRow(func(d *tasktwin.Dump) []tasktwin.Task { return d.Tasks }, spoil)
}

func bindingOf(spoil func(r, o *tasktwin.TaskWorkspaceApp)) func(*tasktwin.Dump, int, int) {
	return onRow(func(d *tasktwin.Dump) []tasktwin.TaskWorkspaceApp { return d.TaskWorkspaceApps }, spoil)
}

func snapshotOf(spoil func(r, o *tasktwin.TaskSnapshot)) func(*tasktwin.Dump, int, int) {
	return onRow(func(d *tasktwin.Dump) []tasktwin.TaskSnapshot { return d.TaskSnapshots }, spoil)
}

// badRows are a way to violate each constraint, and some values out of range.
var badRows = []badRow{
	{"organization's id", orgOf(func(r, o *tasktwin.Organization) { r.ID = o.ID }), failure(unique, "organizations", "", "organizations_pkey")},
	{"organization's name", orgOf(func(r, o *tasktwin.Organization) { r.Name = strings.ToUpper(o.Name) }), failure(unique, "organizations", "", "idx_organization_name_lower")},
	{"user's id", userOf(func(r, o *tasktwin.User) { r.ID = o.ID }), failure(unique, "users", "", "users_pkey")},
	{"user's name", userOf(func(r, o *tasktwin.User) { r.Username = strings.ToUpper(o.Username) }), failure(unique, "users", "", "users_username_lower_idx")},
	{"user's email", userOf(func(r, o *tasktwin.User) { r.Email = o.Email }), failure(unique, "users", "", "users_email_lower_idx")},
	{"template's id", templateOf(func(r, o *tasktwin.Template) { r.ID = o.ID }), failure(unique, "templates", "", "templates_pkey")},
	{"template's name", templateOf(func(r, o *tasktwin.Template) { r.OrganizationID, r.Name = o.OrganizationID, o.Name }), failure(unique, "templates", "", "templates_organization_id_name_idx")},
	{"template's user", templateOf(func(r, _ *tasktwin.Template) { r.CreatedBy = absent }), failure(foreign, "templates", "", "templates_created_by_fkey")},
	{"template's organization", templateOf(func(r, _ *tasktwin.Template) { r.OrganizationID = absent }), failure(foreign, "templates", "", "templates_organization_id_fkey")},
	{"version's id", versionOf(func(r, o *tasktwin.TemplateVersion) { r.ID = o.ID }), failure(unique, "template_versions", "", "template_versions_pkey")},
	{"version's name", versionOf(func(r, o *tasktwin.TemplateVersion) { r.TemplateID, r.Name = o.TemplateID, o.Name }), failure(unique, "template_versions", "", "template_versions_template_id_name_key")},
	{"version's user", versionOf(func(r, _ *tasktwin.TemplateVersion) { r.CreatedBy = absent }), failure(foreign, "template_versions", "", "template_versions_created_by_fkey")},
	{"version's organization", versionOf(func(r, _ *tasktwin.TemplateVersion) { r.OrganizationID = absent }), failure(foreign, "template_versions", "", "template_versions_organization_id_fkey")},
	{"version's template", versionOf(func(r, _ *tasktwin.TemplateVersion) { r.TemplateID = null(absent) }), failure(foreign, "template_versions", "", "template_versions_template_id_fkey")},
	{"workspace's id", workspaceOf(func(r, o *tasktwin.Workspace) { r.ID = o.ID }), failure(unique, "workspaces", "", "workspaces_pkey")},
	{"workspace's name", workspaceOf(func(r, o *tasktwin.Workspace) { r.OwnerID, r.Name = o.OwnerID, o.Name }), failure(unique, "workspaces", "", "workspaces_owner_id_lower_idx")},
	{"workspace's ACL", workspaceOf(func(r, _ *tasktwin.Workspace) { r.GroupACL = nil }), failure(tasktwin.NotNullViolation, "workspaces", "group_acl", "")},
	{"workspace's ACL's type", workspaceOf(func(r, _ *tasktwin.Workspace) { r.UserACL = json.RawMessage(`[]`) }), failure(tasktwin.CheckViolation, "workspaces", "", "user_acl_is_object")},
	{"workspace's organization", workspaceOf(func(r, _ *tasktwin.Workspace) { r.OrganizationID = absent }), failure(foreign, "workspaces", "", "workspaces_organization_id_fkey")},
	{"workspace's owner", workspaceOf(func(r, _ *tasktwin.Workspace) { r.OwnerID = absent }), failure(foreign, "workspaces", "", "workspaces_owner_id_fkey")},
	{"workspace's template", workspaceOf(func(r, _ *tasktwin.Workspace) { r.TemplateID = absent }), failure(foreign, "workspaces", "", "workspaces_template_id_fkey")},
	{"job's id", jobOf(func(r, o *tasktwin.ProvisionerJob) { r.ID = o.ID }), failure(unique, "provisioner_jobs", "", "provisioner_jobs_pkey")},
	{"job's organization", jobOf(func(r, _ *tasktwin.ProvisionerJob) { r.OrganizationID = absent }), failure(foreign, "provisioner_jobs", "", "provisioner_jobs_organization_id_fkey")},
	{"build's id", buildOf(func(r, o *tasktwin.WorkspaceBuild) { r.ID = o.ID }), failure(unique, "workspace_builds", "", "workspace_builds_pkey")},
	{"build's job, taken", buildOf(func(r, o *tasktwin.WorkspaceBuild) { r.JobID = o.JobID }), failure(unique, "workspace_builds", "", "workspace_builds_job_id_key")},
	{"build's number", buildOf(func(r, o *tasktwin.WorkspaceBuild) { r.WorkspaceID = o.WorkspaceID }), failure(unique, "workspace_builds", "", "workspace_builds_workspace_id_build_number_key")},
	{"build's job", buildOf(func(r, _ *tasktwin.WorkspaceBuild) { r.JobID = absent }), failure(foreign, "workspace_builds", "", "workspace_builds_job_id_fkey")},
	{"build's version", buildOf(func(r, _ *tasktwin.WorkspaceBuild) { r.TemplateVersionID = absent }), failure(foreign, "workspace_builds", "", "workspace_builds_template_version_id_fkey")},
	{"build's workspace", buildOf(func(r, _ *tasktwin.WorkspaceBuild) { r.WorkspaceID = absent }), failure(foreign, "workspace_builds", "", "workspace_builds_workspace_id_fkey")},
	{"build's transition", buildOf(func(r, _ *tasktwin.WorkspaceBuild) { r.Transition = "pause" }), failure(tasktwin.InvalidTextRepresentation, "", "", "")},
	{"build's reason", buildOf(func(r, _ *tasktwin.WorkspaceBuild) { r.Reason = "" }), failure(tasktwin.InvalidTextRepresentation, "", "", "")},
	{"agent's id", agentOf(func(r, o *tasktwin.WorkspaceAgent) { r.ID = o.ID }), failure(unique, "workspace_agents", "", "workspace_agents_pkey")},
	{"agent's name", agentOf(func(r, _ *tasktwin.WorkspaceAgent) { r.Name = strings.Repeat("x", 65) }), failure(tasktwin.StringDataRightTruncation, "", "", "")},
	{"agent's state", agentOf(func(r, _ *tasktwin.WorkspaceAgent) { r.LifecycleState = "gone" }), failure(tasktwin.InvalidTextRepresentation, "", "", "")},
	{"app's id", appOf(func(r, o *tasktwin.WorkspaceApp) { r.ID = o.ID }), failure(unique, "workspace_apps", "", "workspace_apps_pkey")},
	{"app's slug", appOf(func(r, o *tasktwin.WorkspaceApp) { r.AgentID, r.Slug = o.AgentID, o.Slug }), failure(unique, "workspace_apps", "", "workspace_apps_agent_id_slug_idx")},
	{"app's agent", appOf(func(r, _ *tasktwin.WorkspaceApp) { r.AgentID = absent }), failure(foreign, "workspace_apps", "", "workspace_apps_agent_id_fkey")},
	{"app's health", appOf(func(r, _ *tasktwin.WorkspaceApp) { r.Health = "good" }), failure(tasktwin.InvalidTextRepresentation, "", "", "")},
	{"status' id", statusOf(func(r, o *tasktwin.WorkspaceAppStatus) { r.ID = o.ID }), failure(unique, "workspace_app_statuses", "", "workspace_app_statuses_pkey")},
	{"status' agent", statusOf(func(r, _ *tasktwin.WorkspaceAppStatus) { r.AgentID = absent }), failure(foreign, "workspace_app_statuses", "", "workspace_app_statuses_agent_id_fkey")},
	{"status' app", statusOf(func(r, _ *tasktwin.WorkspaceAppStatus) { r.AppID = absent }), failure(foreign, "workspace_app_statuses", "", "workspace_app_statuses_app_id_fkey")},
	{"status' workspace", statusOf(func(r, _ *tasktwin.WorkspaceAppStatus) { r.WorkspaceID = absent }), failure(foreign, "workspace_app_statuses", "", "workspace_app_statuses_workspace_id_fkey")},
	{"status' state", statusOf(func(r, _ *tasktwin.WorkspaceAppStatus) { r.State = "Working" }), failure(tasktwin.InvalidTextRepresentation, "", "", "")},
	{"task's id", taskOf(func(r, o *tasktwin.Task) { r.ID = o.ID }), failure(unique, "tasks", "", "tasks_pkey")},
	{"task's name", taskOf(func(r, o *tasktwin.Task) { r.OwnerID, r.Name = o.OwnerID, o.Name }), failure(unique, "tasks", "", "tasks_owner_id_name_unique_idx")},
	{"task's parameters", taskOf(func(r, _ *tasktwin.Task) { r.TemplateParameters = nil }), failure(tasktwin.NotNullViolation, "tasks", "template_parameters", "")},
	{"task's organization", taskOf(func(r, _ *tasktwin.Task) { r.OrganizationID = absent }), failure(foreign, "tasks", "", "tasks_organization_id_fkey")},
	{"task's owner", taskOf(func(r, _ *tasktwin.Task) { r.OwnerID = absent }), failure(foreign, "tasks", "", "tasks_owner_id_fkey")},
	{"task's version", taskOf(func(r, _ *tasktwin.Task) { r.TemplateVersionID = absent }), failure(foreign, "tasks", "", "tasks_template_version_id_fkey")},
	{"task's workspace", taskOf(func(r, _ *tasktwin.Task) { r.WorkspaceID = null(absent) }), failure(foreign, "tasks", "", "tasks_workspace_id_fkey")},
	{"binding's task, taken", bindingOf(func(r, o *tasktwin.TaskWorkspaceApp) { r.TaskID = o.TaskID }), failure(unique, "task_workspace_apps", "", "task_workspace_apps_pkey")},
	{"binding's task", bindingOf(func(r, _ *tasktwin.TaskWorkspaceApp) { r.TaskID = absent }), failure(foreign, "task_workspace_apps", "", "task_workspace_apps_task_id_fkey")},
	{"binding's agent", bindingOf(func(r, _ *tasktwin.TaskWorkspaceApp) { r.WorkspaceAgentID = null(absent) }), failure(foreign, "task_workspace_apps", "", "task_workspace_apps_workspace_agent_id_fkey")},
	{"binding's app", bindingOf(func(r, _ *tasktwin.TaskWorkspaceApp) { r.WorkspaceAppID = null(absent) }), failure(foreign, "task_workspace_apps", "", "task_workspace_apps_workspace_app_id_fkey")},
	{"snapshot's task, taken", snapshotOf(func(r, o *tasktwin.TaskSnapshot) { r.TaskID = o.TaskID }), failure(unique, "task_snapshots", "", "task_snapshots_pkey")},
	{"snapshot's task", snapshotOf(func(r, _ *tasktwin.TaskSnapshot) { r.TaskID = absent }), failure(foreign, "task_snapshots", "", "task_snapshots_task_id_fkey")},
	{"snapshot's log", snapshotOf(func(r, _ *tasktwin.TaskSnapshot) { r.LogSnapshot = nil }), failure(tasktwin.NotNullViolation, "task_snapshots", "log_snapshot", "")},
}
