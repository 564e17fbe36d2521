package memdb

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/footprint"
)

// The tests of footprints have the rows of insertBoundTask with the id 1, a snapshot of its
// task, and the task 2, which has no workspace.
var idOne, idTwo, idThree, idFour = uuid.UUID{15: 1}, uuid.UUID{15: 2}, uuid.UUID{15: 3}, uuid.UUID{15: 4}

// footprints is a store with the rows.
type footprints struct {
	*DB
	// short shortens the ids of a text. That of the build and of its job, which is random, is B.
	short *strings.Replacer
}

func newFootprints(t *testing.T) footprints {
	t.Helper()
	db := New(Options{})
	insertBoundTask(t, db, idOne)
	must(t)(db.InsertTask(t.Context(), unboundTask(idTwo, "two")))
	must(t)(nil, db.UpsertTaskSnapshot(t.Context(), tasktwin.UpsertTaskSnapshotParams{TaskID: idOne, LogSnapshot: []byte("{}")}))
	build, err := db.GetLatestWorkspaceBuildByWorkspaceID(t.Context(), idOne)
	must(t)(build, err)
	return footprints{db, strings.NewReplacer("00000000-0000-0000-0000-0000000000", "", build.ID.String(), "B")}
}

// fork returns an independent store with the same rows.
func (f footprints) fork() footprints { return footprints{f.Fork(), f.short} }

// unboundTask returns the parameters of a task without a workspace.
func unboundTask(id uuid.UUID, name string) tasktwin.InsertTaskParams {
	arg := taskParams(id, idOne, name)
	arg.WorkspaceID = uuid.NullUUID{}
	return arg
}

// statement is a statement on the rows of newFootprints.
type statement func(ctx context.Context, s tasktwin.Store) error

// record runs a statement and returns its footprint, which has names.
func (run statement) record(ctx context.Context, s tasktwin.Store) (*footprint.Statement, error) {
	f := &footprint.Statement{Names: map[footprint.Item]string{}}
	err := run(footprint.With(ctx, f), s)
	return f, err
}

// accesses returns how a statement has touched each item.
func accesses(s *footprint.Statement) map[footprint.Item]footprint.Access {
	items := map[footprint.Item]footprint.Access{}
	for _, touch := range s.Touches {
		items[touch.Item] |= touch.Access
	}
	return items
}

// text returns a footprint as text: a line for each item, and one for the error.
func (f footprints) text(s *footprint.Statement, err error) string {
	var lines []string
	for item, a := range accesses(s) {
		lines = append(lines, f.short.Replace(s.Names[item])+": "+accessText(a))
	}
	slices.Sort(lines)
	if !s.Known {
		lines = append(lines, "unknown")
	}
	if e, ok := errors.AsType[*tasktwin.Error](err); ok {
		lines = append(lines, "error: "+cmp.Or(e.Constraint, string(e.Code)))
	} else if err != nil {
		lines = append(lines, "error: "+err.Error())
	}
	return strings.Join(lines, "\n")
}

func accessText(a footprint.Access) string {
	var names []string
	for i, name := range []string{"sees", "key share", "no key update", "update", "writes", "publishes"} {
		if a&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

func (f footprints) check(t *testing.T, name, want string, s *footprint.Statement, err error) {
	t.Helper()
	if got := f.text(s, err); got != unindented(want) {
		t.Errorf("%s:\n%s\nwant:%s", name, got, want)
	}
}

func unindented(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.Join(lines, "\n")
}

// call returns a statement that calls a method.
func call[A, R any](method func(s tasktwin.Store, ctx context.Context, arg A) (R, error), arg A) statement {
	return func(ctx context.Context, s tasktwin.Store) error {
		_, err := method(s, ctx, arg)
		return err
	}
}

func insertTaskOf(arg tasktwin.InsertTaskParams) statement {
	return call(tasktwin.Store.InsertTask, arg)
}

func getTaskByName(name string) statement {
	return call(tasktwin.Store.GetTaskByOwnerIDAndName, tasktwin.GetTaskByOwnerIDAndNameParams{OwnerID: idOne, Name: name})
}

func updatePrompt(id uuid.UUID) statement {
	return call(tasktwin.Store.UpdateTaskPrompt, tasktwin.UpdateTaskPromptParams{ID: id, Prompt: "more"})
}

func moveTask(id, workspace uuid.UUID) statement {
	return call(tasktwin.Store.UpdateTaskWorkspaceID, tasktwin.UpdateTaskWorkspaceIDParams{ID: id, WorkspaceID: nullUUID(workspace)})
}

func deleteTask(id uuid.UUID) statement {
	return call(tasktwin.Store.DeleteTask, tasktwin.DeleteTaskParams{ID: id, DeletedAt: time.Unix(0, 0)})
}

func bind(task uuid.UUID, agent, app uuid.NullUUID) statement {
	return call(tasktwin.Store.UpsertTaskWorkspaceApp, tasktwin.UpsertTaskWorkspaceAppParams{
		TaskID: task, WorkspaceBuildNumber: 1, WorkspaceAgentID: agent, WorkspaceAppID: app,
	})
}

func insertStatus(id uuid.UUID) statement {
	return call(tasktwin.Store.InsertWorkspaceAppStatus, tasktwin.InsertWorkspaceAppStatusParams{
		ID: id, AgentID: idOne, AppID: idOne, WorkspaceID: idOne, State: tasktwin.WorkspaceAppStatusStateWorking,
	})
}

var insertJob = call(tasktwin.Store.InsertProvisionerJob,
	tasktwin.InsertProvisionerJobParams{ID: idTwo, OrganizationID: idOne, InitiatorID: idOne})

var insertNextBuild = call(tasktwin.Store.InsertWorkspaceBuild, tasktwin.InsertWorkspaceBuildParams{
	ID: idTwo, WorkspaceID: idOne, TemplateVersionID: idOne, BuildNumber: 2, InitiatorID: idOne, JobID: idTwo,
	Transition: tasktwin.WorkspaceTransitionStart, Reason: tasktwin.BuildReasonInitiator,
})

func telemetryAfter(createdAfter time.Time) statement {
	return call(tasktwin.Store.GetTelemetryTaskEvents, tasktwin.GetTelemetryTaskEventsParams{CreatedAfter: createdAfter})
}

var boundToNone = bind(idOne, nullUUID(idOne), uuid.NullUUID{})

// The footprint is that of the last of two statements.
func TestFootprints(t *testing.T) {
	t.Parallel()
	defer footprint.Start()()
	fixture := newFootprints(t)
	none := uuid.NullUUID{}
	missing := taskParams(idThree, idOne, "three")
	missing.OwnerID = idThree
	for _, c := range []struct {
		name  string
		first statement
		run   statement
		want  string
	}{
		{"a task", nil, call(tasktwin.Store.GetTaskByID, idOne), `
			provisioner_jobs (id)=(B): sees
			task_workspace_apps (task_id, workspace_build_number)=(01, 1): sees
			task_workspace_apps of one of tasks, by task_workspace_apps_task_id_fkey: sees
			tasks (id)=(01): sees
			tasks, a key of tasks_pkey: sees
			users (id)=(01): sees
			workspace_agents (id)=(01): sees
			workspace_apps (id)=(01): sees
			workspace_builds (id)=(B): sees
			workspace_builds of one of workspaces, by workspace_builds_workspace_id_fkey: sees
			workspaces (id)=(01): sees
		`},
		{"a task that is not there", nil, call(tasktwin.Store.GetTaskByID, idThree), `
			tasks, a key of tasks_pkey: sees
			error: sql: no rows in result set
		`},
		{"a task by name", nil, getTaskByName("two"), `
			task_workspace_apps of one of tasks, by task_workspace_apps_task_id_fkey: sees
			tasks (id)=(02): sees
			tasks, a key of tasks_owner_id_name_unique_idx: sees
			users (id)=(01): sees
		`},
		{"a name that is free", nil, getTaskByName("three"), `
			tasks, a key of tasks_owner_id_name_unique_idx: sees
			error: sql: no rows in result set
		`},
		{"the tasks of an owner", deleteTask(idOne), call(tasktwin.Store.ListTasks, tasktwin.ListTasksParams{OwnerID: idOne}), `
			task_workspace_apps of one of tasks, by task_workspace_apps_task_id_fkey: sees
			tasks (id)=(01): sees
			tasks (id)=(02): sees
			tasks of one of users, by tasks_owner_id_fkey: sees
			users (id)=(01): sees
		`},
		{"a task with a binding and without a workspace", bind(idTwo, nullUUID(idOne), none), call(tasktwin.Store.GetTaskByID, idTwo), `
			task_workspace_apps (task_id, workspace_build_number)=(02, 1): sees
			task_workspace_apps of one of tasks, by task_workspace_apps_task_id_fkey: sees
			tasks (id)=(02): sees
			tasks, a key of tasks_pkey: sees
			users (id)=(01): sees
			workspace_agents (id)=(01): sees
		`},
		{"the tasks of no owner", nil, call(tasktwin.Store.ListTasks, tasktwin.ListTasksParams{OwnerID: idThree}), `
			tasks of one of users, by tasks_owner_id_fkey: sees
		`},
		{"the tasks of no organization", nil, call(tasktwin.Store.ListTasks, tasktwin.ListTasksParams{OrganizationID: idThree}), `
			tasks of one of organizations, by tasks_organization_id_fkey: sees
		`},
		{"the tasks of an organization", nil, call(tasktwin.Store.ListTasks, tasktwin.ListTasksParams{OrganizationID: idOne}), `
			provisioner_jobs (id)=(B): sees
			task_workspace_apps (task_id, workspace_build_number)=(01, 1): sees
			task_workspace_apps of one of tasks, by task_workspace_apps_task_id_fkey: sees
			task_workspace_apps of one of tasks, by task_workspace_apps_task_id_fkey: sees
			tasks (id)=(01): sees
			tasks (id)=(02): sees
			tasks of one of organizations, by tasks_organization_id_fkey: sees
			users (id)=(01): sees
			workspace_agents (id)=(01): sees
			workspace_apps (id)=(01): sees
			workspace_builds (id)=(B): sees
			workspace_builds of one of workspaces, by workspace_builds_workspace_id_fkey: sees
			workspaces (id)=(01): sees
		`},
		{"all tasks", deleteTask(idOne), call(tasktwin.Store.ListTasks, tasktwin.ListTasksParams{}), `
			all tasks: sees
			task_workspace_apps of one of tasks, by task_workspace_apps_task_id_fkey: sees
			tasks (id)=(02): sees
			users (id)=(01): sees
		`},
		{"a new task", nil, insertTaskOf(taskParams(idThree, idOne, "three")), `
			all tasks: writes
			organizations (id)=(01): sees, key share
			organizations, a key of organizations_pkey: sees
			tasks (id)=(03): update, writes
			tasks of one of organizations, by tasks_organization_id_fkey: update, writes
			tasks of one of template_versions, by tasks_template_version_id_fkey: update, writes
			tasks of one of users, by tasks_owner_id_fkey: update, writes
			tasks of one of workspaces, by tasks_workspace_id_fkey: update, writes
			tasks, a key of tasks_owner_id_name_unique_idx: sees, update, writes
			tasks, a key of tasks_pkey: sees, update, writes
			template_versions (id)=(01): sees, key share
			template_versions, a key of template_versions_pkey: sees
			users (id)=(01): sees, key share
			users, a key of users_pkey: sees
			workspaces (id)=(01): sees, key share
			workspaces, a key of workspaces_pkey: sees
		`},
		{"a name that is taken", nil, insertTaskOf(unboundTask(idThree, "TWO")), `
			organizations, a key of organizations_pkey: sees
			tasks of one of organizations, by tasks_organization_id_fkey: update, writes
			tasks of one of template_versions, by tasks_template_version_id_fkey: update, writes
			tasks of one of users, by tasks_owner_id_fkey: update, writes
			tasks, a key of tasks_owner_id_name_unique_idx: sees, update
			tasks, a key of tasks_pkey: sees, update
			template_versions, a key of template_versions_pkey: sees
			users, a key of users_pkey: sees
			error: tasks_owner_id_name_unique_idx
		`},
		{"a parent that is missing", nil, insertTaskOf(missing), `
			organizations (id)=(01): sees, key share
			organizations, a key of organizations_pkey: sees
			tasks of one of organizations, by tasks_organization_id_fkey: update, writes
			tasks of one of template_versions, by tasks_template_version_id_fkey: update, writes
			tasks of one of users, by tasks_owner_id_fkey: update, writes
			tasks of one of workspaces, by tasks_workspace_id_fkey: update, writes
			tasks, a key of tasks_owner_id_name_unique_idx: sees, update
			tasks, a key of tasks_pkey: sees, update
			template_versions, a key of template_versions_pkey: sees
			users, a key of users_pkey: sees
			workspaces, a key of workspaces_pkey: sees
			error: tasks_owner_id_fkey
		`},
		{"an update", nil, updatePrompt(idTwo), `
			all tasks: writes
			tasks (id)=(02): sees, no key update, writes
			tasks, a key of tasks_owner_id_name_unique_idx: update, writes
			tasks, a key of tasks_pkey: sees, update, writes
		`},
		{"an update of no row", nil, updatePrompt(idThree), `
			tasks, a key of tasks_pkey: sees
			error: sql: no rows in result set
		`},
		{"a workspace for a task", nil, moveTask(idTwo, idOne), `
			all tasks: writes
			tasks (id)=(02): sees, no key update, writes
			tasks of one of workspaces, by tasks_workspace_id_fkey: update, writes
			tasks, a key of tasks_owner_id_name_unique_idx: update, writes
			tasks, a key of tasks_pkey: sees, update, writes
			workspaces (id)=(01): sees, key share
			workspaces, a key of workspaces_pkey: sees
		`},
		{"a workspace for no task", nil, moveTask(idThree, idOne), `
			tasks, a key of tasks_pkey: sees
			workspaces (id)=(01): sees
			workspaces, a key of workspaces_pkey: sees
			error: sql: no rows in result set
		`},
		{"no workspace for a task", nil, moveTask(idTwo, idThree), `
			workspaces, a key of workspaces_pkey: sees
			error: sql: no rows in result set
		`},
		{"a workspace for a task that has one", nil, moveTask(idOne, idOne), `
			tasks (id)=(01): sees
			workspaces (id)=(01): sees
			workspaces, a key of workspaces_pkey: sees
			error: sql: no rows in result set
		`},
		{"a task that is marked as deleted, and its snapshot", nil, deleteTask(idOne), `
			all task_snapshots: writes
			all tasks: writes
			task_snapshots (task_id)=(01): sees, update, writes
			task_snapshots of one of tasks, by task_snapshots_task_id_fkey: update, writes
			task_snapshots, a key of task_snapshots_pkey: sees, update, writes
			tasks (id)=(01): sees, no key update, writes
			tasks, a key of tasks_owner_id_name_unique_idx: update, writes
			tasks, a key of tasks_pkey: sees, update, writes
		`},
		{"the task of a workspace, beside one that is deleted", deleteTask(idOne), call(tasktwin.Store.GetTaskByWorkspaceID, nullUUID(idOne)), `
			tasks (id)=(01): sees
			tasks of one of workspaces, by tasks_workspace_id_fkey: sees
			error: sql: no rows in result set
		`},
		{"a cascade", nil, call(tasktwin.Store.DeleteWorkspaceByID, idOne), `
			all task_snapshots: writes
			all task_workspace_apps: writes
			all tasks: writes
			all workspace_builds: writes
			all workspaces: writes
			task_snapshots (task_id)=(01): sees, update, writes
			task_snapshots of one of tasks, by task_snapshots_task_id_fkey: sees, update, writes
			task_snapshots of one of tasks, by task_snapshots_task_id_fkey: update, writes
			task_snapshots, a key of task_snapshots_pkey: update, writes
			task_workspace_apps : sees, update, writes
			task_workspace_apps of one of tasks, by task_workspace_apps_task_id_fkey: sees, update, writes
			task_workspace_apps of one of tasks, by task_workspace_apps_task_id_fkey: update, writes
			task_workspace_apps of one of workspace_agents, by task_workspace_apps_workspace_agent_id_fkey: update, writes
			task_workspace_apps of one of workspace_apps, by task_workspace_apps_workspace_app_id_fkey: update, writes
			task_workspace_apps, a key of task_workspace_apps_pkey: update, writes
			tasks (id)=(01): sees, update, writes
			tasks of one of organizations, by tasks_organization_id_fkey: update, writes
			tasks of one of template_versions, by tasks_template_version_id_fkey: update, writes
			tasks of one of users, by tasks_owner_id_fkey: update, writes
			tasks of one of workspaces, by tasks_workspace_id_fkey: sees, update, writes
			tasks of one of workspaces, by tasks_workspace_id_fkey: update, writes
			tasks, a key of tasks_owner_id_name_unique_idx: update, writes
			tasks, a key of tasks_pkey: update, writes
			workspace_app_statuses of one of workspaces, by workspace_app_statuses_workspace_id_fkey: sees, update, writes
			workspace_builds (id)=(B): sees, update, writes
			workspace_builds of one of provisioner_jobs, by workspace_builds_job_id_fkey: update, writes
			workspace_builds of one of template_versions, by workspace_builds_template_version_id_fkey: update, writes
			workspace_builds of one of workspaces, by workspace_builds_workspace_id_fkey: sees, update, writes
			workspace_builds of one of workspaces, by workspace_builds_workspace_id_fkey: update, writes
			workspace_builds, a key of workspace_builds_pkey: update, writes
			workspaces (id)=(01): sees, update, writes
			workspaces of one of organizations, by workspaces_organization_id_fkey: update, writes
			workspaces of one of templates, by workspaces_template_id_fkey: update, writes
			workspaces of one of users, by workspaces_owner_id_fkey: update, writes
			workspaces, a key of workspaces_owner_id_lower_idx: update, writes
			workspaces, a key of workspaces_pkey: sees, update, writes
		`},
		{"a parent that cannot be deleted", nil, call(tasktwin.Store.DeleteTemplateByID, idOne), `
			all template_versions: writes
			all templates: writes
			template_versions (id)=(01): sees, update, writes
			template_versions of one of organizations, by template_versions_organization_id_fkey: update, writes
			template_versions of one of templates, by template_versions_template_id_fkey: sees, update, writes
			template_versions of one of templates, by template_versions_template_id_fkey: update, writes
			template_versions of one of users, by template_versions_created_by_fkey: update, writes
			template_versions, a key of template_versions_pkey: update, writes
			template_versions, a key of template_versions_template_id_name_key: update, writes
			templates (id)=(01): sees, update, writes
			templates of one of organizations, by templates_organization_id_fkey: update, writes
			templates of one of users, by templates_created_by_fkey: update, writes
			templates, a key of templates_organization_id_name_idx: update, writes
			templates, a key of templates_pkey: sees, update, writes
			workspaces (id)=(01): sees, key share
			workspaces of one of templates, by workspaces_template_id_fkey: sees, update, writes
			error: workspaces_template_id_fkey
		`},
		{"a new binding", nil, bind(idTwo, nullUUID(idOne), none), `
			all task_workspace_apps: writes
			task_workspace_apps (task_id, workspace_build_number)=(02, 1): update, writes
			task_workspace_apps of one of tasks, by task_workspace_apps_task_id_fkey: update, writes
			task_workspace_apps of one of workspace_agents, by task_workspace_apps_workspace_agent_id_fkey: update, writes
			task_workspace_apps, a key of task_workspace_apps_pkey: sees, update, writes
			tasks (id)=(02): sees, key share
			tasks, a key of tasks_pkey: sees
			workspace_agents (id)=(01): sees, key share
			workspace_agents, a key of workspace_agents_pkey: sees
		`},
		{"the same binding", nil, bind(idOne, nullUUID(idOne), nullUUID(idOne)), `
			all task_workspace_apps: writes
			task_workspace_apps (task_id, workspace_build_number)=(01, 1): sees, no key update, writes
			task_workspace_apps of one of tasks, by task_workspace_apps_task_id_fkey: update, writes
			task_workspace_apps of one of workspace_agents, by task_workspace_apps_workspace_agent_id_fkey: update, writes
			task_workspace_apps of one of workspace_apps, by task_workspace_apps_workspace_app_id_fkey: update, writes
			task_workspace_apps, a key of task_workspace_apps_pkey: update, writes
			tasks, a key of tasks_pkey: sees
			workspace_agents, a key of workspace_agents_pkey: sees
			workspace_apps, a key of workspace_apps_pkey: sees
		`},
		{"a binding with other parents", nil, bind(idOne, nullUUID(idThree), none), `
			all task_workspace_apps: writes
			task_workspace_apps (task_id, workspace_build_number)=(01, 1): sees, no key update, writes
			task_workspace_apps of one of tasks, by task_workspace_apps_task_id_fkey: update, writes
			task_workspace_apps of one of workspace_agents, by task_workspace_apps_workspace_agent_id_fkey: update, writes
			task_workspace_apps of one of workspace_agents, by task_workspace_apps_workspace_agent_id_fkey: update, writes
			task_workspace_apps of one of workspace_agents, by task_workspace_apps_workspace_agent_id_fkey: update, writes
			task_workspace_apps of one of workspace_apps, by task_workspace_apps_workspace_app_id_fkey: update, writes
			task_workspace_apps, a key of task_workspace_apps_pkey: update, writes
			tasks, a key of tasks_pkey: sees
			workspace_agents, a key of workspace_agents_pkey: sees
			error: task_workspace_apps_workspace_agent_id_fkey
		`},
		{"a status", nil, insertStatus(idThree), `
			all workspace_app_statuses: writes
			workspace_agents (id)=(01): sees, key share
			workspace_agents, a key of workspace_agents_pkey: sees
			workspace_app_statuses (id)=(03): update, writes
			workspace_app_statuses of one of workspace_agents, by workspace_app_statuses_agent_id_fkey: update, writes
			workspace_app_statuses of one of workspace_apps, by workspace_app_statuses_app_id_fkey: update, writes
			workspace_app_statuses of one of workspaces, by workspace_app_statuses_workspace_id_fkey: update, writes
			workspace_app_statuses, a key of workspace_app_statuses_pkey: sees, update, writes
			workspace_apps (id)=(01): sees, key share
			workspace_apps, a key of workspace_apps_pkey: sees
			workspaces (id)=(01): sees, key share
			workspaces, a key of workspaces_pkey: sees
		`},
		{"the statuses of an app", insertStatus(idThree), call(tasktwin.Store.ListWorkspaceAppStatusesByAppID, idOne), `
			workspace_app_statuses of one of workspace_apps, by workspace_app_statuses_app_id_fkey: sees
		`},
		{"a build", insertJob, insertNextBuild, `
			all workspace_builds: writes
			provisioner_jobs (id)=(02): sees, key share
			provisioner_jobs, a key of provisioner_jobs_pkey: sees
			template_versions (id)=(01): sees, key share
			template_versions, a key of template_versions_pkey: sees
			workspace_builds (id)=(02): update, writes
			workspace_builds of one of provisioner_jobs, by workspace_builds_job_id_fkey: update, writes
			workspace_builds of one of template_versions, by workspace_builds_template_version_id_fkey: update, writes
			workspace_builds of one of workspaces, by workspace_builds_workspace_id_fkey: update, writes
			workspace_builds, a key of workspace_builds_pkey: sees, update, writes
			workspaces (id)=(01): sees, key share
			workspaces, a key of workspaces_pkey: sees
		`},
		{"the builds of a workspace", nil, call(tasktwin.Store.ListWorkspaceBuildsByWorkspaceID, idOne), `
			workspace_builds (id)=(B): sees
			workspace_builds of one of workspaces, by workspace_builds_workspace_id_fkey: sees
		`},
		{"the bindings of a task", nil, call(tasktwin.Store.ListTaskWorkspaceAppsByTaskID, idOne), `
			task_workspace_apps (task_id, workspace_build_number)=(01, 1): sees
			task_workspace_apps of one of tasks, by task_workspace_apps_task_id_fkey: sees
		`},
		{"telemetry", nil, telemetryAfter(time.Time{}), `
			all workspace_builds: sees
			task_workspace_apps (task_id, workspace_build_number)=(01, 1): sees
			task_workspace_apps of one of tasks, by task_workspace_apps_task_id_fkey: sees
			tasks (id)=(01): sees
			tasks of one of workspaces, by tasks_workspace_id_fkey: sees
			workspace_app_statuses of one of workspace_apps, by workspace_app_statuses_app_id_fkey: sees
		`},
		{"telemetry of no task", nil, telemetryAfter(time.Unix(0, 0)), `
			all workspace_builds: sees
		`},
		{"telemetry of a task without an app", boundToNone, telemetryAfter(time.Time{}), `
			all workspace_builds: sees
			task_workspace_apps (task_id, workspace_build_number)=(01, 1): sees
			task_workspace_apps of one of tasks, by task_workspace_apps_task_id_fkey: sees
			tasks (id)=(01): sees
			tasks of one of workspaces, by tasks_workspace_id_fkey: sees
		`},
	} {
		db := fixture.fork()
		if c.first != nil {
			must(t)(nil, c.first(t.Context(), db))
		}
		s, err := c.run.record(t.Context(), db)
		db.check(t, c.name, c.want, s, err)
	}
}

// takeTasks iterates over tasks, and ends after some.
func takeTasks(arg tasktwin.ListTasksParams, n int) statement {
	return func(ctx context.Context, s tasktwin.Store) error {
		for _, err := range s.(tasktwin.TaskIterator).AllTasks(ctx, arg) {
			if n--; err != nil || n == 0 {
				return err
			}
		}
		return nil
	}
}

// A list notes what all its tasks are joined with, an iterator that of the tasks that it has
// fetched.
func TestFootprintsOfIterators(t *testing.T) {
	t.Parallel()
	defer footprint.Start()()
	db := newFootprints(t)
	const tasks = firstFetch + laterFetch + 2
	for n := 2; n < tasks; n++ {
		must(t)(db.InsertTask(t.Context(), unboundTask(uuid.New(), "task "+strconv.Itoa(n))))
	}
	for noted, arg := range map[string]tasktwin.ListTasksParams{
		"all tasks": {}, "tasks of one of organizations, by tasks_organization_id_fkey": {OrganizationID: idOne},
	} {
		for what, c := range map[string]struct {
			run  statement
			want int
		}{
			"list":                     {call(tasktwin.Store.ListTasks, arg), tasks},
			"iterator":                 {takeTasks(arg, 1), firstFetch},
			"iterator after its first": {takeTasks(arg, firstFetch+1), firstFetch + laterFetch},
		} {
			s, err := c.run.record(t.Context(), db)
			if err != nil {
				t.Fatal(err)
			}
			joined, listed := 0, false
			for item := range accesses(s) {
				listed = listed || s.Names[item] == noted
				if strings.HasPrefix(s.Names[item], "task_workspace_apps of one of tasks") {
					joined++
				}
			}
			if joined != c.want || !listed {
				t.Errorf("%s: the bindings of %d tasks are noted, want %d; %s: %t", what, joined, c.want, noted, listed)
			}
		}
	}
}
