package cases

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/lockstep"
)

// badRow is a way to make a row that is refused.
type badRow struct {
	name string
	// spoil makes row i bad. It copies values of row j if the two rows have to
	// collide.
	spoil func(d *tasktwin.Dump, i, j int)
	want  lockstep.ErrorFacts
	// detail is the error's detail if a constraint is violated by row 1 of two, by
	// values of row 0.
	detail string
}

// badRowsOf makes the bad rows of one table.
type badRowsOf[R any] struct {
	table string
	rows  func(*tasktwin.Dump) []R
}

// fails returns a row that is refused with an error.
func (b badRowsOf[R]) fails(name string, want lockstep.ErrorFacts, spoil func(r, other *R)) badRow {
	return badRow{name: name, spoil: func(d *tasktwin.Dump, i, j int) { spoil(&b.rows(d)[i], &b.rows(d)[j]) }, want: want}
}

// unique returns a row with a key that row 0 has: see [key].
func (b badRowsOf[R]) unique(name, constraint, key string, spoil func(r, other *R)) badRow {
	bad := b.fails(name, uniqueViolation(b.table, constraint), spoil)
	bad.detail = fmt.Sprintf("Key %s already exists.", key)
	return bad
}

// foreignKey returns a row that refers to no row of a table.
func (b badRowsOf[R]) foreignKey(name, constraint, column, table string, spoil func(r, other *R)) badRow {
	bad := b.fails(name, foreignKeyViolation(b.table, constraint), spoil)
	bad.detail = fmt.Sprintf("Key %s is not present in table %q.", key(column, absent), table)
	return bad
}

func (b badRowsOf[R]) check(name, constraint string, spoil func(r, other *R)) badRow {
	return b.failing(b.fails(name, checkViolation(b.table, constraint), spoil))
}

func (b badRowsOf[R]) notNull(name, column string, spoil func(r, other *R)) badRow {
	return b.failing(b.fails(name, notNullViolation(b.table, column), spoil))
}

// failing sets the detail of a row that violates NOT NULL or a check.
func (b badRowsOf[R]) failing(bad badRow) badRow {
	d := RowsToLoad(2)
	bad.spoil(d, 1, 0)
	bad.detail = failingRow(b.rows(d)[1])
	return bad
}

// key returns the columns of a key and their values as PostgreSQL prints them.
func key(columns string, values ...any) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = columnText(v)
	}
	return fmt.Sprintf("(%s)=(%s)", columns, strings.Join(texts, ", "))
}

// badRows violate each constraint, or have a value out of range.
var badRows = slices.Concat(
	badOrganizations(),
	badUsers(),
	badTemplates(),
	badTemplateVersions(),
	badWorkspaces(),
	badProvisionerJobs(),
	badWorkspaceBuilds(),
	badWorkspaceAgents(),
	badWorkspaceApps(),
	badWorkspaceAppStatuses(),
	badTasks(),
	badTaskWorkspaceApps(),
	badTaskSnapshots(),
)

func badOrganizations() []badRow {
	type row = tasktwin.Organization
	bad := badRowsOf[row]{"organizations", func(d *tasktwin.Dump) []row { return d.Organizations }}
	return []badRow{
		bad.unique("organization's id", "organizations_pkey", key("id", loadID(loadOrg, 0)), func(r, o *row) { r.ID = o.ID }),
		bad.unique("organization's name", "idx_organization_name_lower", key("lower(name)", "n0"), func(r, o *row) {
			r.Name = strings.ToUpper(o.Name)
		}),
	}
}

func badUsers() []badRow {
	type row = tasktwin.User
	bad := badRowsOf[row]{"users", func(d *tasktwin.Dump) []row { return d.Users }}
	return []badRow{
		bad.unique("user's id", "users_pkey", key("id", loadID(loadUser, 0)), func(r, o *row) { r.ID = o.ID }),
		bad.unique("user's name", "users_username_lower_idx", key("lower(username)", "n0"), func(r, o *row) {
			r.Username = strings.ToUpper(o.Username)
		}),
		bad.unique("user's email", "users_email_lower_idx", key("lower(email)", "n0@example.com"), func(r, o *row) {
			r.Email = o.Email
		}),
	}
}

func badTemplates() []badRow {
	type row = tasktwin.Template
	bad := badRowsOf[row]{"templates", func(d *tasktwin.Dump) []row { return d.Templates }}
	return []badRow{
		bad.unique("template's id", "templates_pkey", key("id", loadID(loadTemplate, 0)), func(r, o *row) { r.ID = o.ID }),
		bad.unique("template's name", "templates_organization_id_name_idx",
			key("organization_id, lower(name::text)", loadID(loadOrg, 0), "n0"), func(r, o *row) {
				r.OrganizationID, r.Name = o.OrganizationID, o.Name
			}),
		bad.foreignKey("template's user", "templates_created_by_fkey", "created_by", "users", func(r, _ *row) {
			r.CreatedBy = absent
		}),
		bad.foreignKey(
			"template's organization", "templates_organization_id_fkey", "organization_id", "organizations",
			func(r, _ *row) { r.OrganizationID = absent },
		),
	}
}

func badTemplateVersions() []badRow {
	type row = tasktwin.TemplateVersion
	bad := badRowsOf[row]{"template_versions", func(d *tasktwin.Dump) []row { return d.TemplateVersions }}
	return []badRow{
		bad.unique("version's id", "template_versions_pkey", key("id", loadID(loadVersion, 0)), func(r, o *row) { r.ID = o.ID }),
		bad.unique(
			"version's name", "template_versions_template_id_name_key", key("template_id, name", loadID(loadTemplate, 0), "n0"),
			func(r, o *row) { r.TemplateID, r.Name = o.TemplateID, o.Name },
		),
		bad.foreignKey("version's user", "template_versions_created_by_fkey", "created_by", "users", func(r, _ *row) {
			r.CreatedBy = absent
		}),
		bad.foreignKey(
			"version's organization", "template_versions_organization_id_fkey", "organization_id", "organizations",
			func(r, _ *row) { r.OrganizationID = absent },
		),
		bad.foreignKey("version's template", "template_versions_template_id_fkey", "template_id", "templates", func(r, _ *row) {
			r.TemplateID = nullUUID(absent)
		}),
	}
}

func badWorkspaces() []badRow {
	type row = tasktwin.Workspace
	bad := badRowsOf[row]{"workspaces", func(d *tasktwin.Dump) []row { return d.Workspaces }}
	return []badRow{
		bad.unique("workspace's id", "workspaces_pkey", key("id", loadID(loadWorkspace, 0)), func(r, o *row) { r.ID = o.ID }),
		bad.unique(
			"workspace's name", "workspaces_owner_id_lower_idx", key("owner_id, lower(name::text)", loadID(loadUser, 0), "n0"),
			func(r, o *row) { r.OwnerID, r.Name = o.OwnerID, o.Name },
		),
		bad.notNull("workspace's ACL", "group_acl", func(r, _ *row) { r.GroupACL = nil }),
		bad.check("workspace's ACL's type", "user_acl_is_object", func(r, _ *row) { r.UserACL = json.RawMessage(`[]`) }),
		bad.foreignKey(
			"workspace's organization", "workspaces_organization_id_fkey", "organization_id", "organizations",
			func(r, _ *row) { r.OrganizationID = absent },
		),
		bad.foreignKey("workspace's owner", "workspaces_owner_id_fkey", "owner_id", "users", func(r, _ *row) {
			r.OwnerID = absent
		}),
		bad.foreignKey("workspace's template", "workspaces_template_id_fkey", "template_id", "templates", func(r, _ *row) {
			r.TemplateID = absent
		}),
	}
}

func badProvisionerJobs() []badRow {
	type row = tasktwin.ProvisionerJob
	bad := badRowsOf[row]{"provisioner_jobs", func(d *tasktwin.Dump) []row { return d.ProvisionerJobs }}
	return []badRow{
		bad.unique("job's id", "provisioner_jobs_pkey", key("id", loadID(loadJob, 0)), func(r, o *row) { r.ID = o.ID }),
		bad.foreignKey(
			"job's organization", "provisioner_jobs_organization_id_fkey", "organization_id", "organizations",
			func(r, _ *row) { r.OrganizationID = absent },
		),
	}
}

func badWorkspaceBuilds() []badRow {
	type row = tasktwin.WorkspaceBuild
	bad := badRowsOf[row]{"workspace_builds", func(d *tasktwin.Dump) []row { return d.WorkspaceBuilds }}
	return []badRow{
		bad.unique("build's id", "workspace_builds_pkey", key("id", loadID(loadBuild, 0)), func(r, o *row) { r.ID = o.ID }),
		bad.unique("build's job, taken", "workspace_builds_job_id_key", key("job_id", loadID(loadJob, 0)), func(r, o *row) {
			r.JobID = o.JobID
		}),
		bad.unique(
			"build's number", "workspace_builds_workspace_id_build_number_key", key("workspace_id, build_number", loadID(loadWorkspace, 0), 1),
			func(r, o *row) { r.WorkspaceID = o.WorkspaceID },
		),
		bad.foreignKey("build's job", "workspace_builds_job_id_fkey", "job_id", "provisioner_jobs", func(r, _ *row) {
			r.JobID = absent
		}),
		bad.foreignKey(
			"build's version", "workspace_builds_template_version_id_fkey", "template_version_id", "template_versions",
			func(r, _ *row) { r.TemplateVersionID = absent },
		),
		bad.foreignKey("build's workspace", "workspace_builds_workspace_id_fkey", "workspace_id", "workspaces", func(r, _ *row) {
			r.WorkspaceID = absent
		}),
		bad.fails("build's transition", invalidText, func(r, _ *row) { r.Transition = "pause" }),
		bad.fails("build's reason", invalidText, func(r, _ *row) { r.Reason = "" }),
	}
}

func badWorkspaceAgents() []badRow {
	type row = tasktwin.WorkspaceAgent
	bad := badRowsOf[row]{"workspace_agents", func(d *tasktwin.Dump) []row { return d.WorkspaceAgents }}
	return []badRow{
		bad.unique("agent's id", "workspace_agents_pkey", key("id", loadID(loadAgent, 0)), func(r, o *row) { r.ID = o.ID }),
		bad.fails("agent's name", sqlState(tasktwin.StringDataRightTruncation), func(r, _ *row) {
			r.Name = strings.Repeat("x", 65)
		}),
		bad.fails("agent's state", invalidText, func(r, _ *row) { r.LifecycleState = "gone" }),
	}
}

func badWorkspaceApps() []badRow {
	type row = tasktwin.WorkspaceApp
	bad := badRowsOf[row]{"workspace_apps", func(d *tasktwin.Dump) []row { return d.WorkspaceApps }}
	return []badRow{
		bad.unique("app's id", "workspace_apps_pkey", key("id", loadID(loadApp, 0)), func(r, o *row) { r.ID = o.ID }),
		bad.unique(
			"app's slug", "workspace_apps_agent_id_slug_idx", key("agent_id, slug", loadID(loadAgent, 0), "n0"),
			func(r, o *row) { r.AgentID, r.Slug = o.AgentID, o.Slug },
		),
		bad.foreignKey("app's agent", "workspace_apps_agent_id_fkey", "agent_id", "workspace_agents", func(r, _ *row) {
			r.AgentID = absent
		}),
		bad.fails("app's health", invalidText, func(r, _ *row) { r.Health = "good" }),
	}
}

func badWorkspaceAppStatuses() []badRow {
	type row = tasktwin.WorkspaceAppStatus
	bad := badRowsOf[row]{"workspace_app_statuses", func(d *tasktwin.Dump) []row { return d.WorkspaceAppStatuses }}
	return []badRow{
		bad.unique("status' id", "workspace_app_statuses_pkey", key("id", loadID(loadStatus, 0)), func(r, o *row) {
			r.ID = o.ID
		}),
		bad.foreignKey("status' agent", "workspace_app_statuses_agent_id_fkey", "agent_id", "workspace_agents", func(r, _ *row) {
			r.AgentID = absent
		}),
		bad.foreignKey("status' app", "workspace_app_statuses_app_id_fkey", "app_id", "workspace_apps", func(r, _ *row) {
			r.AppID = absent
		}),
		bad.foreignKey(
			"status' workspace", "workspace_app_statuses_workspace_id_fkey", "workspace_id", "workspaces",
			func(r, _ *row) { r.WorkspaceID = absent },
		),
		bad.fails("status' state", invalidText, func(r, _ *row) { r.State = "Working" }),
	}
}

func badTasks() []badRow {
	type row = tasktwin.Task
	bad := badRowsOf[row]{"tasks", func(d *tasktwin.Dump) []row { return d.Tasks }}
	return []badRow{
		bad.unique("task's id", "tasks_pkey", key("id", loadID(loadTask, 0)), func(r, o *row) { r.ID = o.ID }),
		bad.unique(
			"task's name", "tasks_owner_id_name_unique_idx", key("owner_id, lower(name)", loadID(loadUser, 0), "n0"),
			func(r, o *row) { r.OwnerID, r.Name = o.OwnerID, o.Name },
		),
		bad.notNull("task's parameters", "template_parameters", func(r, _ *row) { r.TemplateParameters = nil }),
		bad.foreignKey("task's organization", "tasks_organization_id_fkey", "organization_id", "organizations", func(r, _ *row) {
			r.OrganizationID = absent
		}),
		bad.foreignKey("task's owner", "tasks_owner_id_fkey", "owner_id", "users", func(r, _ *row) { r.OwnerID = absent }),
		bad.foreignKey(
			"task's version", "tasks_template_version_id_fkey", "template_version_id", "template_versions",
			func(r, _ *row) { r.TemplateVersionID = absent },
		),
		bad.foreignKey("task's workspace", "tasks_workspace_id_fkey", "workspace_id", "workspaces", func(r, _ *row) {
			r.WorkspaceID = nullUUID(absent)
		}),
	}
}

func badTaskWorkspaceApps() []badRow {
	type row = tasktwin.TaskWorkspaceApp
	bad := badRowsOf[row]{"task_workspace_apps", func(d *tasktwin.Dump) []row { return d.TaskWorkspaceApps }}
	return []badRow{
		bad.unique(
			"binding's task, taken", "task_workspace_apps_pkey", key("task_id, workspace_build_number", loadID(loadTask, 0), 1),
			func(r, o *row) { r.TaskID = o.TaskID },
		),
		bad.foreignKey("binding's task", "task_workspace_apps_task_id_fkey", "task_id", "tasks", func(r, _ *row) {
			r.TaskID = absent
		}),
		bad.foreignKey(
			"binding's agent", "task_workspace_apps_workspace_agent_id_fkey", "workspace_agent_id", "workspace_agents",
			func(r, _ *row) { r.WorkspaceAgentID = nullUUID(absent) },
		),
		bad.foreignKey(
			"binding's app", "task_workspace_apps_workspace_app_id_fkey", "workspace_app_id", "workspace_apps",
			func(r, _ *row) { r.WorkspaceAppID = nullUUID(absent) },
		),
	}
}

func badTaskSnapshots() []badRow {
	type row = tasktwin.TaskSnapshot
	bad := badRowsOf[row]{"task_snapshots", func(d *tasktwin.Dump) []row { return d.TaskSnapshots }}
	return []badRow{
		bad.unique("snapshot's task, taken", "task_snapshots_pkey", key("task_id", loadID(loadTask, 0)), func(r, o *row) {
			r.TaskID = o.TaskID
		}),
		bad.foreignKey("snapshot's task", "task_snapshots_task_id_fkey", "task_id", "tasks", func(r, _ *row) {
			r.TaskID = absent
		}),
		bad.notNull("snapshot's log", "log_snapshot", func(r, _ *row) { r.LogSnapshot = nil }),
	}
}
