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

// tasksByName is the second unique index of the tasks.
const tasksByName = 1

func lower(o *Options, s string) string { return pgvalue.Lower(o.Lower, s) }

var organizationsTable = tableDef[org]{
	name: "organizations",
	of:   func(st *state) *table[org] { return &st.organizations },
	id:   func(r *org) uuid.UUID { return r.ID },
	unique: []unique[org]{
		byID(tasktwin.UniqueOrganizationsPKey, func(r *org) uuid.UUID { return r.ID }),
		byName(tasktwin.UniqueIdxOrganizationNameLower, tagOfSlot, func(o *Options, r *org) (uint32, string, bool) {
			return noSlot, lower(o, r.Name), !r.Deleted
		}),
	},
}

var usersTable = tableDef[user]{
	name: "users",
	of:   func(st *state) *table[user] { return &st.users },
	id:   func(r *user) uuid.UUID { return r.ID },
	unique: []unique[user]{
		byID(tasktwin.UniqueUsersPKey, func(r *user) uuid.UUID { return r.ID }),
		byName(tasktwin.UniqueUsersUsernameLowerIdx, tagOfSlot, func(o *Options, r *user) (uint32, string, bool) {
			return noSlot, lower(o, r.Username), !r.Deleted
		}),
		byName(tasktwin.UniqueUsersEmailLowerIdx, tagOfSlot, func(o *Options, r *user) (uint32, string, bool) {
			return noSlot, lower(o, r.Email), !r.Deleted && r.Email != ""
		}),
	},
}

var templatesTable = tableDef[tmpl]{
	name: "templates",
	of:   func(st *state) *table[tmpl] { return &st.templates },
	id:   func(r *tmpl) uuid.UUID { return r.row.ID },
	unique: []unique[tmpl]{
		byID(tasktwin.UniqueTemplatesPKey, func(r *tmpl) uuid.UUID { return r.row.ID }),
		byName(tasktwin.UniqueTemplatesOrganizationIDNameIdx, tagOfSlot, func(o *Options, r *tmpl) (uint32, string, bool) {
			return r.organization, lower(o, r.row.Name), !r.row.Deleted
		}),
	},
}

var templateVersionsTable = tableDef[tver]{
	name: "template_versions",
	of:   func(st *state) *table[tver] { return &st.templateVersions },
	id:   func(r *tver) uuid.UUID { return r.row.ID },
	unique: []unique[tver]{
		byID(tasktwin.UniqueTemplateVersionsPKey, func(r *tver) uuid.UUID { return r.row.ID }),
		byName(tasktwin.UniqueTemplateVersionsTemplateIDNameKey, tagOfSlot, func(_ *Options, r *tver) (uint32, string, bool) {
			return r.template, r.row.Name, r.row.TemplateID.Valid
		}),
	},
}

var workspacesTable = tableDef[work]{
	name: "workspaces",
	of:   func(st *state) *table[work] { return &st.workspaces },
	id:   func(r *work) uuid.UUID { return r.id },
	unique: []unique[work]{
		byID(tasktwin.UniqueWorkspacesPKey, func(r *work) uuid.UUID { return r.id }),
		byName(tasktwin.UniqueWorkspacesOwnerIDLowerIdx, tagOfSlot, func(o *Options, r *work) (uint32, string, bool) {
			return r.owner, lower(o, r.name), !r.deleted
		}),
	},
	check: checkWorkspace,
}

var jobsTable = tableDef[job]{
	name:      "provisioner_jobs",
	of:        func(st *state) *table[job] { return &st.jobs },
	id:        func(r *job) uuid.UUID { return r.id },
	unique:    []unique[job]{byID(tasktwin.UniqueProvisionerJobsPKey, func(r *job) uuid.UUID { return r.id })},
	initiator: func(r *job) *uint32 { return &r.initiator },
}

var buildsTable = tableDef[bld]{
	name: "workspace_builds",
	of:   func(st *state) *table[bld] { return &st.builds },
	id:   func(r *bld) uuid.UUID { return r.id },
	unique: []unique[bld]{
		byID(tasktwin.UniqueWorkspaceBuildsPKey, func(r *bld) uuid.UUID { return r.id }),
		{name: tasktwin.UniqueWorkspaceBuildsJobIDKey, taken: jobTaken},
		{name: tasktwin.UniqueWorkspaceBuildsWorkspaceIDBuildNumberKey, taken: buildNumberTaken},
	},
	initiator: func(r *bld) *uint32 { return &r.initiator },
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
		byName(tasktwin.UniqueWorkspaceAppsAgentIDSlugIdx, tagOfSlot, func(_ *Options, r *app) (uint32, string, bool) {
			return r.agent, r.slug, true
		}),
	},
}

var tasksTable = tableDef[taskRow]{
	name: "tasks",
	of:   func(st *state) *table[taskRow] { return &st.tasks },
	id:   taskID,
	unique: []unique[taskRow]{
		byID(tasktwin.UniqueTasksPKey, taskID),
		tasksByName: byName(tasktwin.UniqueTasksOwnerIDNameUniqueIdx, tagOf, func(o *Options, r *taskRow) (uuid.UUID, string, bool) {
			return r.ownerID, lower(o, r.name), r.live()
		}),
	},
	check: func(r *taskRow) error {
		if r.parameters == nil {
			return notNullViolation("tasks", "template_parameters")
		}
		return nil
	},
}

var bindingsTable = tableDef[bind]{
	name:   "task_workspace_apps",
	of:     func(st *state) *table[bind] { return &st.bindings },
	unique: []unique[bind]{{name: tasktwin.UniqueTaskWorkspaceAppsPKey, taken: bindingTaken}},
}

var snapshotsTable = tableDef[snap]{
	name:   "task_snapshots",
	of:     func(st *state) *table[snap] { return &st.snapshots },
	id:     func(r *snap) uuid.UUID { return r.row.TaskID },
	unique: []unique[snap]{byID(tasktwin.UniqueTaskSnapshotsPKey, func(r *snap) uuid.UUID { return r.row.TaskID })},
	check: func(r *snap) error {
		if r.row.LogSnapshot == nil {
			return notNullViolation("task_snapshots", "log_snapshot")
		}
		return nil
	},
}

// The foreign keys, in the order of their creation.
func init() {
	refer(&templatesTable, &usersTable, tasktwin.FKTemplatesCreatedByFKey, restrict, inSet[tmpl](templatesByCreator),
		func(r *tmpl) *uint32 { return &r.creator })
	refer(&templatesTable, &organizationsTable, tasktwin.FKTemplatesOrganizationIDFKey, cascade, inSet[tmpl](templatesByOrganization),
		func(r *tmpl) *uint32 { return &r.organization })

	refer(&templateVersionsTable, &usersTable, tasktwin.FKTemplateVersionsCreatedByFKey, restrict, inSet[tver](versionsByCreator),
		func(r *tver) *uint32 { return &r.creator })
	refer(&templateVersionsTable, &organizationsTable, tasktwin.FKTemplateVersionsOrganizationIDFKey, cascade, inSet[tver](versionsByOrganization),
		func(r *tver) *uint32 { return &r.organization })
	refer(&templateVersionsTable, &templatesTable, tasktwin.FKTemplateVersionsTemplateIDFKey, cascade, inSet[tver](versionsByTemplate),
		func(r *tver) *uint32 { return &r.template })

	refer(&workspacesTable, &organizationsTable, tasktwin.FKWorkspacesOrganizationIDFKey, restrict, inSet[work](workspacesByOrganization),
		func(r *work) *uint32 { return &r.organization })
	refer(&workspacesTable, &usersTable, tasktwin.FKWorkspacesOwnerIDFKey, restrict, inSet[work](workspacesByOwner),
		func(r *work) *uint32 { return &r.owner })
	refer(&workspacesTable, &templatesTable, tasktwin.FKWorkspacesTemplateIDFKey, restrict, inSet[work](workspacesByTemplate),
		func(r *work) *uint32 { return &r.template })

	refer(&jobsTable, &organizationsTable, tasktwin.FKProvisionerJobsOrganizationIDFKey, cascade, inSet[job](jobsByOrganization),
		func(r *job) *uint32 { return &r.organization })

	refer(&buildsTable, &jobsTable, tasktwin.FKWorkspaceBuildsJobIDFKey, cascade,
		onlyChild[bld](func(st *state) *cow.Vec[uint32] { return &st.buildOf }),
		func(r *bld) *uint32 { return &r.job })
	refer(&buildsTable, &templateVersionsTable, tasktwin.FKWorkspaceBuildsTemplateVersionIDFKey, cascade, inSet[bld](buildsByVersion),
		func(r *bld) *uint32 { return &r.version })
	refer(&buildsTable, &workspacesTable, tasktwin.FKWorkspaceBuildsWorkspaceIDFKey, cascade,
		inNumbered(func(st *state) *cow.Vec[cow.Tree[numbered]] { return &st.buildsOf }, func(r *bld) int32 { return r.number }),
		func(r *bld) *uint32 { return &r.workspace })

	refer(&appsTable, &agentsTable, tasktwin.FKWorkspaceAppsAgentIDFKey, cascade, inSet[app](appsByAgent),
		func(r *app) *uint32 { return &r.agent })

	agentsTable.children = append(agentsTable.children, referring(tasktwin.FKWorkspaceAppStatusesAgentIDFKey,
		func(st *state, slot uint32) bool { return st.statuses.ofAgent.Get(slot) }))
	appsTable.children = append(appsTable.children, referring(tasktwin.FKWorkspaceAppStatusesAppIDFKey,
		func(st *state, slot uint32) bool { list := st.statuses.byApp.Get(slot); return list.Len() > 0 }))
	workspacesTable.children = append(workspacesTable.children, referring(tasktwin.FKWorkspaceAppStatusesWorkspaceIDFKey,
		func(st *state, slot uint32) bool { return st.statuses.ofWorkspace.Get(slot) }))

	refer(&tasksTable, &organizationsTable, tasktwin.FKTasksOrganizationIDFKey, cascade, inSet[taskRow](tasksByOrganization),
		func(r *taskRow) *uint32 { return &r.organizationSlot })
	refer(&tasksTable, &usersTable, tasktwin.FKTasksOwnerIDFKey, cascade, inSet[taskRow](tasksByOwner),
		func(r *taskRow) *uint32 { return &r.ownerSlot })
	refer(&tasksTable, &templateVersionsTable, tasktwin.FKTasksTemplateVersionIDFKey, cascade, inSet[taskRow](tasksByVersion),
		func(r *taskRow) *uint32 { return &r.versionSlot })
	refer(&tasksTable, &workspacesTable, tasktwin.FKTasksWorkspaceIDFKey, cascade, inSet[taskRow](tasksByWorkspace),
		func(r *taskRow) *uint32 { return &r.workspaceSlot })

	refer(&bindingsTable, &tasksTable, tasktwin.FKTaskWorkspaceAppsTaskIDFKey, cascade,
		inNumbered(func(st *state) *cow.Vec[cow.Tree[numbered]] { return &st.bindingsOf }, func(r *bind) int32 { return r.number }),
		func(r *bind) *uint32 { return &r.task })
	refer(&bindingsTable, &agentsTable, tasktwin.FKTaskWorkspaceAppsWorkspaceAgentIDFKey, cascade, inSet[bind](bindingsByAgent),
		func(r *bind) *uint32 { return &r.agent })
	refer(&bindingsTable, &appsTable, tasktwin.FKTaskWorkspaceAppsWorkspaceAppIDFKey, cascade, inSet[bind](bindingsByApp),
		func(r *bind) *uint32 { return &r.app })

	refer(&snapshotsTable, &tasksTable, tasktwin.FKTaskSnapshotsTaskIDFKey, cascade,
		onlyChild[snap](func(st *state) *cow.Vec[uint32] { return &st.snapshotOf }),
		func(r *snap) *uint32 { return &r.task })
}

// checkWorkspace looks at the columns in their order, then at the constraints in
// the order of their names, as PostgreSQL does.
func checkWorkspace(w *work) error {
	switch {
	case w.acls.group == nil:
		return notNullViolation("workspaces", "group_acl")
	case w.acls.user == nil:
		return notNullViolation("workspaces", "user_acl")
	case !pgvalue.JSONBIsObject(w.acls.group):
		return checkViolation("workspaces", tasktwin.CheckGroupACLIsObject)
	case !pgvalue.JSONBIsObject(w.acls.user):
		return checkViolation("workspaces", tasktwin.CheckUserACLIsObject)
	}
	return nil
}
