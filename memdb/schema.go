package memdb

import (
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/pgvalue"
)

type tableID int

// The tables, in the schema's order.
const (
	organizations tableID = iota
	users
	templates
	templateVersions
	workspaces
	provisionerJobs
	workspaceBuilds
	workspaceAgents
	workspaceApps
	workspaceAppStatuses
	tasks
	taskWorkspaceApps
	taskSnapshots
	numTables
)

const maxIndexes = 7

// primaryKey is the first index of every table.
const primaryKey = 0

// The other indexes, each under its place in its table's list.
const (
	versionsByTemplate = 1
	buildsByJob        = 1
	buildsByNumber     = 2
	buildsByTime       = 4
	statusesByApp      = 1
	tasksByOwnerName   = 1
	tasksByOrg         = 2
	tasksByOwner       = 3
	tasksByVersion     = 4
	tasksByWorkspace   = 5
	tasksByTime        = 6
)

type action int

const (
	noAction action = iota
	restrict
	cascade
)

// indexDef is an index. Its key function says whether the row is in the index
// at all. A unique one has a constraint's name; they are checked in this order.
type indexDef struct {
	unique tasktwin.UniqueConstraint
	key    func(o Options, row any) (key, bool)
}

// foreignKey is a child's reference to a parent's primary key; index is the
// child's index that begins with the referring column.
type foreignKey struct {
	name     tasktwin.ForeignKeyConstraint
	parent   tableID
	onDelete action
	index    int
	column   func(row any) uuid.NullUUID
}

type tableDef struct {
	name        string
	indexes     []indexDef
	foreignKeys []foreignKey
	// check looks at not-null columns and then at check constraints.
	check func(row any) error
}

// reference is a foreign key seen from its parent.
type reference struct {
	child tableID
	fk    foreignKey
}

// references are the foreign keys to each table, in the order of their
// creation, which is the order in which PostgreSQL acts on them.
var references [numTables][]reference

func init() {
	for id := range schema {
		for _, fk := range schema[id].foreignKeys {
			references[fk.parent] = append(references[fk.parent], reference{tableID(id), fk})
		}
	}
}

func on[R any](k func(o Options, r *R) (key, bool)) func(Options, any) (key, bool) {
	return func(o Options, row any) (key, bool) { return k(o, row.(*R)) }
}

func always[R any](k func(r *R) key) func(Options, any) (key, bool) {
	return func(_ Options, row any) (key, bool) { return k(row.(*R)), true }
}

func col[R any](c func(r *R) uuid.UUID) func(any) uuid.NullUUID {
	return func(row any) uuid.NullUUID { return uuid.NullUUID{UUID: c(row.(*R)), Valid: true} }
}

func nullCol[R any](c func(r *R) uuid.NullUUID) func(any) uuid.NullUUID {
	return func(row any) uuid.NullUUID { return c(row.(*R)) }
}

// unixToEpoch2000 is the seconds from 1970 to PostgreSQL's epoch.
const unixToEpoch2000 = 946684800

// micros counts as PostgreSQL does, from 2000: the microseconds from 1970 of the
// last thirty years that a timestamptz holds do not fit.
func micros(t time.Time) int64 {
	return (t.Unix()-unixToEpoch2000)*1_000_000 + int64(t.Nanosecond()/1000)
}

func lower(o Options, s string) string { return pgvalue.Lower(o.Lower, s) }

type (
	org  = tasktwin.Organization
	user = tasktwin.User
	tmpl = tasktwin.Template
	tver = tasktwin.TemplateVersion
	work = tasktwin.Workspace
	job  = tasktwin.ProvisionerJob
	bld  = tasktwin.WorkspaceBuild
	agt  = tasktwin.WorkspaceAgent
	app  = tasktwin.WorkspaceApp
	stat = tasktwin.WorkspaceAppStatus
	task = tasktwin.Task
	bind = tasktwin.TaskWorkspaceApp
	snap = tasktwin.TaskSnapshot
)

var schema = [numTables]tableDef{
	organizations: {
		name: "organizations",
		indexes: []indexDef{
			{tasktwin.UniqueOrganizationsPKey, always(func(r *org) key { return key{a: r.ID} })},
			{tasktwin.UniqueIdxOrganizationNameLower, on(func(o Options, r *org) (key, bool) {
				return key{s: lower(o, r.Name)}, !r.Deleted
			})},
		},
	},
	users: {
		name: "users",
		indexes: []indexDef{
			{tasktwin.UniqueUsersPKey, always(func(r *user) key { return key{a: r.ID} })},
			{tasktwin.UniqueUsersUsernameLowerIdx, on(func(o Options, r *user) (key, bool) {
				return key{s: lower(o, r.Username)}, !r.Deleted
			})},
			{tasktwin.UniqueUsersEmailLowerIdx, on(func(o Options, r *user) (key, bool) {
				return key{s: lower(o, r.Email)}, !r.Deleted && r.Email != ""
			})},
		},
	},
	templates: {
		name: "templates",
		indexes: []indexDef{
			{tasktwin.UniqueTemplatesPKey, always(func(r *tmpl) key { return key{a: r.ID} })},
			{tasktwin.UniqueTemplatesOrganizationIDNameIdx, on(func(o Options, r *tmpl) (key, bool) {
				return key{a: r.OrganizationID, s: lower(o, r.Name)}, !r.Deleted
			})},
			{"", always(func(r *tmpl) key { return key{a: r.CreatedBy, b: r.ID} })},
			{"", always(func(r *tmpl) key { return key{a: r.OrganizationID, b: r.ID} })},
		},
		foreignKeys: []foreignKey{
			{tasktwin.FKTemplatesCreatedByFKey, users, restrict, 2, col(func(r *tmpl) uuid.UUID { return r.CreatedBy })},
			{tasktwin.FKTemplatesOrganizationIDFKey, organizations, cascade, 3, col(func(r *tmpl) uuid.UUID { return r.OrganizationID })},
		},
	},
	templateVersions: {
		name: "template_versions",
		indexes: []indexDef{
			{tasktwin.UniqueTemplateVersionsPKey, always(func(r *tver) key { return key{a: r.ID} })},
			versionsByTemplate: {tasktwin.UniqueTemplateVersionsTemplateIDNameKey, on(func(_ Options, r *tver) (key, bool) {
				return key{a: r.TemplateID.UUID, s: r.Name}, r.TemplateID.Valid
			})},
			{"", always(func(r *tver) key { return key{a: r.CreatedBy, b: r.ID} })},
			{"", always(func(r *tver) key { return key{a: r.OrganizationID, b: r.ID} })},
		},
		foreignKeys: []foreignKey{
			{tasktwin.FKTemplateVersionsCreatedByFKey, users, restrict, 2, col(func(r *tver) uuid.UUID { return r.CreatedBy })},
			{tasktwin.FKTemplateVersionsOrganizationIDFKey, organizations, cascade, 3, col(func(r *tver) uuid.UUID { return r.OrganizationID })},
			{tasktwin.FKTemplateVersionsTemplateIDFKey, templates, cascade, versionsByTemplate, nullCol(func(r *tver) uuid.NullUUID { return r.TemplateID })},
		},
	},
	workspaces: {
		name: "workspaces",
		indexes: []indexDef{
			{tasktwin.UniqueWorkspacesPKey, always(func(r *work) key { return key{a: r.ID} })},
			{tasktwin.UniqueWorkspacesOwnerIDLowerIdx, on(func(o Options, r *work) (key, bool) {
				return key{a: r.OwnerID, s: lower(o, r.Name)}, !r.Deleted
			})},
			{"", always(func(r *work) key { return key{a: r.OrganizationID, b: r.ID} })},
			{"", always(func(r *work) key { return key{a: r.OwnerID, b: r.ID} })},
			{"", always(func(r *work) key { return key{a: r.TemplateID, b: r.ID} })},
		},
		foreignKeys: []foreignKey{
			{tasktwin.FKWorkspacesOrganizationIDFKey, organizations, restrict, 2, col(func(r *work) uuid.UUID { return r.OrganizationID })},
			{tasktwin.FKWorkspacesOwnerIDFKey, users, restrict, 3, col(func(r *work) uuid.UUID { return r.OwnerID })},
			{tasktwin.FKWorkspacesTemplateIDFKey, templates, restrict, 4, col(func(r *work) uuid.UUID { return r.TemplateID })},
		},
		check: func(row any) error { return checkWorkspace(row.(*work)) },
	},
	provisionerJobs: {
		name: "provisioner_jobs",
		indexes: []indexDef{
			{tasktwin.UniqueProvisionerJobsPKey, always(func(r *job) key { return key{a: r.ID} })},
			{"", always(func(r *job) key { return key{a: r.OrganizationID, b: r.ID} })},
		},
		foreignKeys: []foreignKey{
			{tasktwin.FKProvisionerJobsOrganizationIDFKey, organizations, cascade, 1, col(func(r *job) uuid.UUID { return r.OrganizationID })},
		},
	},
	workspaceBuilds: {
		name: "workspace_builds",
		indexes: []indexDef{
			{tasktwin.UniqueWorkspaceBuildsPKey, always(func(r *bld) key { return key{a: r.ID} })},
			buildsByJob: {tasktwin.UniqueWorkspaceBuildsJobIDKey, always(func(r *bld) key { return key{a: r.JobID} })},
			buildsByNumber: {tasktwin.UniqueWorkspaceBuildsWorkspaceIDBuildNumberKey, always(func(r *bld) key {
				return key{a: r.WorkspaceID, n: int64(r.BuildNumber)}
			})},
			{"", always(func(r *bld) key { return key{a: r.TemplateVersionID, b: r.ID} })},
			buildsByTime: {"", always(func(r *bld) key { return key{a: r.WorkspaceID, n: micros(r.CreatedAt), b: r.ID} })},
		},
		foreignKeys: []foreignKey{
			{tasktwin.FKWorkspaceBuildsJobIDFKey, provisionerJobs, cascade, buildsByJob, col(func(r *bld) uuid.UUID { return r.JobID })},
			{tasktwin.FKWorkspaceBuildsTemplateVersionIDFKey, templateVersions, cascade, 3, col(func(r *bld) uuid.UUID { return r.TemplateVersionID })},
			{tasktwin.FKWorkspaceBuildsWorkspaceIDFKey, workspaces, cascade, buildsByNumber, col(func(r *bld) uuid.UUID { return r.WorkspaceID })},
		},
	},
	workspaceAgents: {
		name: "workspace_agents",
		indexes: []indexDef{
			{tasktwin.UniqueWorkspaceAgentsPKey, always(func(r *agt) key { return key{a: r.ID} })},
		},
	},
	workspaceApps: {
		name: "workspace_apps",
		indexes: []indexDef{
			{tasktwin.UniqueWorkspaceAppsPKey, always(func(r *app) key { return key{a: r.ID} })},
			{tasktwin.UniqueWorkspaceAppsAgentIDSlugIdx, always(func(r *app) key { return key{a: r.AgentID, s: r.Slug} })},
		},
		foreignKeys: []foreignKey{
			{tasktwin.FKWorkspaceAppsAgentIDFKey, workspaceAgents, cascade, 1, col(func(r *app) uuid.UUID { return r.AgentID })},
		},
	},
	workspaceAppStatuses: {
		name: "workspace_app_statuses",
		indexes: []indexDef{
			{tasktwin.UniqueWorkspaceAppStatusesPKey, always(func(r *stat) key { return key{a: r.ID} })},
			statusesByApp: {"", always(func(r *stat) key { return key{a: r.AppID, n: micros(r.CreatedAt), b: r.ID} })},
			{"", always(func(r *stat) key { return key{a: r.AgentID, b: r.ID} })},
			{"", always(func(r *stat) key { return key{a: r.WorkspaceID, b: r.ID} })},
		},
		foreignKeys: []foreignKey{
			{tasktwin.FKWorkspaceAppStatusesAgentIDFKey, workspaceAgents, noAction, 2, col(func(r *stat) uuid.UUID { return r.AgentID })},
			{tasktwin.FKWorkspaceAppStatusesAppIDFKey, workspaceApps, noAction, statusesByApp, col(func(r *stat) uuid.UUID { return r.AppID })},
			{tasktwin.FKWorkspaceAppStatusesWorkspaceIDFKey, workspaces, noAction, 3, col(func(r *stat) uuid.UUID { return r.WorkspaceID })},
		},
	},
	tasks: {
		name: "tasks",
		// The indexes by parent serve the foreign keys and, being in the order of
		// ListTasks, the queries; they hold deleted tasks too.
		indexes: []indexDef{
			{tasktwin.UniqueTasksPKey, always(func(r *task) key { return key{a: r.ID} })},
			tasksByOwnerName: {tasktwin.UniqueTasksOwnerIDNameUniqueIdx, on(func(o Options, r *task) (key, bool) {
				return key{a: r.OwnerID, s: lower(o, r.Name)}, !r.DeletedAt.Valid
			})},
			tasksByOrg:     {"", always(func(r *task) key { return key{a: r.OrganizationID, n: -micros(r.CreatedAt), b: r.ID} })},
			tasksByOwner:   {"", always(func(r *task) key { return key{a: r.OwnerID, n: -micros(r.CreatedAt), b: r.ID} })},
			tasksByVersion: {"", always(func(r *task) key { return key{a: r.TemplateVersionID, b: r.ID} })},
			tasksByWorkspace: {"", on(func(_ Options, r *task) (key, bool) {
				return key{a: r.WorkspaceID.UUID, n: -micros(r.CreatedAt), b: r.ID}, r.WorkspaceID.Valid
			})},
			tasksByTime: {"", on(func(_ Options, r *task) (key, bool) {
				return key{n: -micros(r.CreatedAt), b: r.ID}, !r.DeletedAt.Valid
			})},
		},
		foreignKeys: []foreignKey{
			{tasktwin.FKTasksOrganizationIDFKey, organizations, cascade, tasksByOrg, col(func(r *task) uuid.UUID { return r.OrganizationID })},
			{tasktwin.FKTasksOwnerIDFKey, users, cascade, tasksByOwner, col(func(r *task) uuid.UUID { return r.OwnerID })},
			{tasktwin.FKTasksTemplateVersionIDFKey, templateVersions, cascade, tasksByVersion, col(func(r *task) uuid.UUID { return r.TemplateVersionID })},
			{tasktwin.FKTasksWorkspaceIDFKey, workspaces, cascade, tasksByWorkspace, nullCol(func(r *task) uuid.NullUUID { return r.WorkspaceID })},
		},
		check: func(row any) error {
			if row.(*task).TemplateParameters == nil {
				return notNullViolation("tasks", "template_parameters")
			}
			return nil
		},
	},
	taskWorkspaceApps: {
		name: "task_workspace_apps",
		indexes: []indexDef{
			{tasktwin.UniqueTaskWorkspaceAppsPKey, always(bindingKey)},
			{"", on(func(_ Options, r *bind) (key, bool) {
				return key{a: r.WorkspaceAgentID.UUID, n: int64(r.WorkspaceBuildNumber), b: r.TaskID}, r.WorkspaceAgentID.Valid
			})},
			{"", on(func(_ Options, r *bind) (key, bool) {
				return key{a: r.WorkspaceAppID.UUID, n: int64(r.WorkspaceBuildNumber), b: r.TaskID}, r.WorkspaceAppID.Valid
			})},
		},
		foreignKeys: []foreignKey{
			{tasktwin.FKTaskWorkspaceAppsTaskIDFKey, tasks, cascade, primaryKey, col(func(r *bind) uuid.UUID { return r.TaskID })},
			{tasktwin.FKTaskWorkspaceAppsWorkspaceAgentIDFKey, workspaceAgents, cascade, 1, nullCol(func(r *bind) uuid.NullUUID { return r.WorkspaceAgentID })},
			{tasktwin.FKTaskWorkspaceAppsWorkspaceAppIDFKey, workspaceApps, cascade, 2, nullCol(func(r *bind) uuid.NullUUID { return r.WorkspaceAppID })},
		},
	},
	taskSnapshots: {
		name: "task_snapshots",
		indexes: []indexDef{
			{tasktwin.UniqueTaskSnapshotsPKey, always(func(r *snap) key { return key{a: r.TaskID} })},
		},
		foreignKeys: []foreignKey{
			{tasktwin.FKTaskSnapshotsTaskIDFKey, tasks, cascade, primaryKey, col(func(r *snap) uuid.UUID { return r.TaskID })},
		},
		check: func(row any) error {
			if row.(*snap).LogSnapshot == nil {
				return notNullViolation("task_snapshots", "log_snapshot")
			}
			return nil
		},
	},
}

func bindingKey(r *bind) key { return key{a: r.TaskID, n: int64(r.WorkspaceBuildNumber)} }

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
