package memdb

import (
	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/cow"
	"github.com/tasktwin/tasktwin/internal/pgvalue"
)

type (
	org  = tasktwin.Organization
	user = tasktwin.User
	tmpl = tasktwin.Template
	tver = tasktwin.TemplateVersion
	work = tasktwin.Workspace
	task = tasktwin.Task
	bind = tasktwin.TaskWorkspaceApp
	snap = tasktwin.TaskSnapshot
)

// childList is a foreign key's lists of children, of those that are sets.
type childList int

const (
	templatesByCreator childList = iota
	templatesByOrganization
	versionsByCreator
	versionsByOrganization
	versionsByTemplate
	workspacesByOrganization
	workspacesByOwner
	workspacesByTemplate
	jobsByOrganization
	buildsByVersion
	appsByAgent
	tasksByOrganization
	tasksByOwner
	tasksByVersion
	tasksByWorkspace
	bindingsByAgent
	bindingsByApp
	numChildLists
)

// The second and third unique indexes of tables that are looked up by them.
const (
	buildsByJob = 1
	tasksByName = 1
)

func lower(o *Options, s string) string { return pgvalue.Lower(o.Lower, s) }

var organizationsTable = tableDef[org]{
	name: "organizations",
	of:   func(st *state) *table[org] { return &st.organizations },
	id:   func(r *org) uuid.UUID { return r.ID },
	unique: []unique[org]{
		byID(tasktwin.UniqueOrganizationsPKey, func(r *org) uuid.UUID { return r.ID }),
		byName(tasktwin.UniqueIdxOrganizationNameLower, func(o *Options, r *org) (uuid.UUID, string, bool) {
			return uuid.Nil, lower(o, r.Name), !r.Deleted
		}),
	},
}

var usersTable = tableDef[user]{
	name: "users",
	of:   func(st *state) *table[user] { return &st.users },
	id:   func(r *user) uuid.UUID { return r.ID },
	unique: []unique[user]{
		byID(tasktwin.UniqueUsersPKey, func(r *user) uuid.UUID { return r.ID }),
		byName(tasktwin.UniqueUsersUsernameLowerIdx, func(o *Options, r *user) (uuid.UUID, string, bool) {
			return uuid.Nil, lower(o, r.Username), !r.Deleted
		}),
		byName(tasktwin.UniqueUsersEmailLowerIdx, func(o *Options, r *user) (uuid.UUID, string, bool) {
			return uuid.Nil, lower(o, r.Email), !r.Deleted && r.Email != ""
		}),
	},
}

var templatesTable = tableDef[tmpl]{
	name: "templates",
	of:   func(st *state) *table[tmpl] { return &st.templates },
	id:   func(r *tmpl) uuid.UUID { return r.ID },
	unique: []unique[tmpl]{
		byID(tasktwin.UniqueTemplatesPKey, func(r *tmpl) uuid.UUID { return r.ID }),
		byName(tasktwin.UniqueTemplatesOrganizationIDNameIdx, func(o *Options, r *tmpl) (uuid.UUID, string, bool) {
			return r.OrganizationID, lower(o, r.Name), !r.Deleted
		}),
	},
}

var templateVersionsTable = tableDef[tver]{
	name: "template_versions",
	of:   func(st *state) *table[tver] { return &st.templateVersions },
	id:   func(r *tver) uuid.UUID { return r.ID },
	unique: []unique[tver]{
		byID(tasktwin.UniqueTemplateVersionsPKey, func(r *tver) uuid.UUID { return r.ID }),
		byName(tasktwin.UniqueTemplateVersionsTemplateIDNameKey, func(_ *Options, r *tver) (uuid.UUID, string, bool) {
			return r.TemplateID.UUID, r.Name, r.TemplateID.Valid
		}),
	},
}

var workspacesTable = tableDef[work]{
	name: "workspaces",
	of:   func(st *state) *table[work] { return &st.workspaces },
	id:   func(r *work) uuid.UUID { return r.ID },
	unique: []unique[work]{
		byID(tasktwin.UniqueWorkspacesPKey, func(r *work) uuid.UUID { return r.ID }),
		byName(tasktwin.UniqueWorkspacesOwnerIDLowerIdx, func(o *Options, r *work) (uuid.UUID, string, bool) {
			return r.OwnerID, lower(o, r.Name), !r.Deleted
		}),
	},
	check: checkWorkspace,
}

var jobsTable = tableDef[job]{
	name:   "provisioner_jobs",
	of:     func(st *state) *table[job] { return &st.jobs },
	id:     func(r *job) uuid.UUID { return r.id },
	unique: []unique[job]{byID(tasktwin.UniqueProvisionerJobsPKey, func(r *job) uuid.UUID { return r.id })},
}

var buildsTable = tableDef[bld]{
	name: "workspace_builds",
	of:   func(st *state) *table[bld] { return &st.builds },
	id:   func(r *bld) uuid.UUID { return r.id },
	unique: []unique[bld]{
		byID(tasktwin.UniqueWorkspaceBuildsPKey, func(r *bld) uuid.UUID { return r.id }),
		buildsByJob: byID(tasktwin.UniqueWorkspaceBuildsJobIDKey, func(r *bld) uuid.UUID { return r.jobID }),
		{name: tasktwin.UniqueWorkspaceBuildsWorkspaceIDBuildNumberKey, taken: buildNumberTaken, key: func(r *bld) parentNumber {
			return parentNumber{r.workspaceID, r.number}
		}},
	},
}

var agentsTable = tableDef[agt]{
	name:   "workspace_agents",
	of:     func(st *state) *table[agt] { return &st.agents },
	id:     func(r *agt) uuid.UUID { return r.id },
	unique: []unique[agt]{byID(tasktwin.UniqueWorkspaceAgentsPKey, func(r *agt) uuid.UUID { return r.id })},
}

var appsTable = tableDef[app]{
	name: "workspace_apps",
	of:   func(st *state) *table[app] { return &st.apps },
	id:   func(r *app) uuid.UUID { return r.id },
	unique: []unique[app]{
		byID(tasktwin.UniqueWorkspaceAppsPKey, func(r *app) uuid.UUID { return r.id }),
		byName(tasktwin.UniqueWorkspaceAppsAgentIDSlugIdx, func(_ *Options, r *app) (uuid.UUID, string, bool) {
			return r.agentID, r.slug, true
		}),
	},
}

var tasksTable = tableDef[taskRow]{
	name: "tasks",
	of:   func(st *state) *table[taskRow] { return &st.tasks },
	id:   taskID,
	unique: []unique[taskRow]{
		byID(tasktwin.UniqueTasksPKey, taskID),
		tasksByName: byName(tasktwin.UniqueTasksOwnerIDNameUniqueIdx, func(o *Options, r *taskRow) (uuid.UUID, string, bool) {
			return r.task.OwnerID, lower(o, r.task.Name), r.live()
		}),
	},
	check: func(r *taskRow) error {
		if r.task.TemplateParameters == nil {
			return notNullViolation("tasks", "template_parameters")
		}
		return nil
	},
}

var bindingsTable = tableDef[bind]{
	name: "task_workspace_apps",
	of:   func(st *state) *table[bind] { return &st.bindings },
	unique: []unique[bind]{
		{name: tasktwin.UniqueTaskWorkspaceAppsPKey, taken: bindingTaken, key: func(r *bind) parentNumber {
			return parentNumber{r.TaskID, r.WorkspaceBuildNumber}
		}},
	},
}

var snapshotsTable = tableDef[snap]{
	name:   "task_snapshots",
	of:     func(st *state) *table[snap] { return &st.snapshots },
	id:     func(r *snap) uuid.UUID { return r.TaskID },
	unique: []unique[snap]{byID(tasktwin.UniqueTaskSnapshotsPKey, func(r *snap) uuid.UUID { return r.TaskID })},
	check: func(r *snap) error {
		if r.LogSnapshot == nil {
			return notNullViolation("task_snapshots", "log_snapshot")
		}
		return nil
	},
}

// The foreign keys, in the order of their creation.
func init() {
	refer(&templatesTable, &usersTable, tasktwin.FKTemplatesCreatedByFKey, restrict, inSet[tmpl](templatesByCreator),
		notNull(func(r *tmpl) uuid.UUID { return r.CreatedBy }))
	refer(&templatesTable, &organizationsTable, tasktwin.FKTemplatesOrganizationIDFKey, cascade, inSet[tmpl](templatesByOrganization),
		notNull(func(r *tmpl) uuid.UUID { return r.OrganizationID }))

	refer(&templateVersionsTable, &usersTable, tasktwin.FKTemplateVersionsCreatedByFKey, restrict, inSet[tver](versionsByCreator),
		notNull(func(r *tver) uuid.UUID { return r.CreatedBy }))
	refer(&templateVersionsTable, &organizationsTable, tasktwin.FKTemplateVersionsOrganizationIDFKey, cascade, inSet[tver](versionsByOrganization),
		notNull(func(r *tver) uuid.UUID { return r.OrganizationID }))
	refer(&templateVersionsTable, &templatesTable, tasktwin.FKTemplateVersionsTemplateIDFKey, cascade, inSet[tver](versionsByTemplate),
		func(r *tver) uuid.NullUUID { return r.TemplateID })

	refer(&workspacesTable, &organizationsTable, tasktwin.FKWorkspacesOrganizationIDFKey, restrict, inSet[work](workspacesByOrganization),
		notNull(func(r *work) uuid.UUID { return r.OrganizationID }))
	refer(&workspacesTable, &usersTable, tasktwin.FKWorkspacesOwnerIDFKey, restrict, inSet[work](workspacesByOwner),
		notNull(func(r *work) uuid.UUID { return r.OwnerID }))
	refer(&workspacesTable, &templatesTable, tasktwin.FKWorkspacesTemplateIDFKey, restrict, inSet[work](workspacesByTemplate),
		notNull(func(r *work) uuid.UUID { return r.TemplateID }))

	refer(&jobsTable, &organizationsTable, tasktwin.FKProvisionerJobsOrganizationIDFKey, cascade, inSet[job](jobsByOrganization),
		notNull(func(r *job) uuid.UUID { return r.organizationID }))

	refer(&buildsTable, &jobsTable, tasktwin.FKWorkspaceBuildsJobIDFKey, cascade,
		links[bld]{take: func(st *state, _ uint32, id uuid.UUID) []uint32 { return slotIfAny(buildOfJob(st, id)) }},
		notNull(func(r *bld) uuid.UUID { return r.jobID }))
	refer(&buildsTable, &templateVersionsTable, tasktwin.FKWorkspaceBuildsTemplateVersionIDFKey, cascade, inSet[bld](buildsByVersion),
		notNull(func(r *bld) uuid.UUID { return r.templateVersionID }))
	refer(&buildsTable, &workspacesTable, tasktwin.FKWorkspaceBuildsWorkspaceIDFKey, cascade,
		inNumbered(func(st *state) *cow.Vec[cow.Tree[numbered]] { return &st.buildsOf }, func(r *bld) int32 { return r.number }),
		notNull(func(r *bld) uuid.UUID { return r.workspaceID }))

	refer(&appsTable, &agentsTable, tasktwin.FKWorkspaceAppsAgentIDFKey, cascade, inSet[app](appsByAgent),
		notNull(func(r *app) uuid.UUID { return r.agentID }))

	agentsTable.children = append(agentsTable.children, referring(tasktwin.FKWorkspaceAppStatusesAgentIDFKey,
		func(st *state, slot uint32) bool { return st.statuses.ofAgent.Get(slot) }))
	appsTable.children = append(appsTable.children, referring(tasktwin.FKWorkspaceAppStatusesAppIDFKey,
		func(st *state, slot uint32) bool { list := st.statuses.byApp.Get(slot); return list.Len() > 0 }))
	workspacesTable.children = append(workspacesTable.children, referring(tasktwin.FKWorkspaceAppStatusesWorkspaceIDFKey,
		func(st *state, slot uint32) bool { return st.statuses.ofWorkspace.Get(slot) }))

	refer(&tasksTable, &organizationsTable, tasktwin.FKTasksOrganizationIDFKey, cascade, inSet[taskRow](tasksByOrganization),
		notNull(func(r *taskRow) uuid.UUID { return r.task.OrganizationID }))
	refer(&tasksTable, &usersTable, tasktwin.FKTasksOwnerIDFKey, cascade, inSet[taskRow](tasksByOwner),
		notNull(func(r *taskRow) uuid.UUID { return r.task.OwnerID }))
	refer(&tasksTable, &templateVersionsTable, tasktwin.FKTasksTemplateVersionIDFKey, cascade, inSet[taskRow](tasksByVersion),
		notNull(func(r *taskRow) uuid.UUID { return r.task.TemplateVersionID }))
	refer(&tasksTable, &workspacesTable, tasktwin.FKTasksWorkspaceIDFKey, cascade, inSet[taskRow](tasksByWorkspace),
		func(r *taskRow) uuid.NullUUID { return r.task.WorkspaceID })

	refer(&bindingsTable, &tasksTable, tasktwin.FKTaskWorkspaceAppsTaskIDFKey, cascade,
		inNumbered(func(st *state) *cow.Vec[cow.Tree[numbered]] { return &st.bindingsOf }, func(r *bind) int32 { return r.WorkspaceBuildNumber }),
		notNull(func(r *bind) uuid.UUID { return r.TaskID }))
	refer(&bindingsTable, &agentsTable, tasktwin.FKTaskWorkspaceAppsWorkspaceAgentIDFKey, cascade, inSet[bind](bindingsByAgent),
		func(r *bind) uuid.NullUUID { return r.WorkspaceAgentID })
	refer(&bindingsTable, &appsTable, tasktwin.FKTaskWorkspaceAppsWorkspaceAppIDFKey, cascade, inSet[bind](bindingsByApp),
		func(r *bind) uuid.NullUUID { return r.WorkspaceAppID })

	refer(&snapshotsTable, &tasksTable, tasktwin.FKTaskSnapshotsTaskIDFKey, cascade,
		links[snap]{take: func(st *state, _ uint32, id uuid.UUID) []uint32 { return slotIfAny(snapshotsTable.find(st, id)) }},
		notNull(func(r *snap) uuid.UUID { return r.TaskID }))
}

func slotIfAny[R any](slot uint32, r *R) []uint32 {
	if r == nil {
		return nil
	}
	return []uint32{slot}
}

// checkWorkspace looks at the columns in their order, then at the constraints in
// the order of their names, as PostgreSQL does.
func checkWorkspace(w *work) error {
	switch {
	case w.GroupACL == nil:
		return notNullViolation("workspaces", "group_acl")
	case w.UserACL == nil:
		return notNullViolation("workspaces", "user_acl")
	case !pgvalue.JSONBIsObject(w.GroupACL):
		return checkViolation("workspaces", tasktwin.CheckGroupACLIsObject)
	case !pgvalue.JSONBIsObject(w.UserACL):
		return checkViolation("workspaces", tasktwin.CheckUserACLIsObject)
	}
	return nil
}
