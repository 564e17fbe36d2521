package cases

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// inserted returns the row that InsertTask inserts.
func inserted(arg tasktwin.InsertTaskParams) tasktwin.Task {
	return tasktwin.Task{
		ID: arg.ID, OrganizationID: arg.OrganizationID, OwnerID: arg.OwnerID, Name: arg.Name, WorkspaceID: arg.WorkspaceID,
		TemplateVersionID: arg.TemplateVersionID, TemplateParameters: arg.TemplateParameters, Prompt: arg.Prompt, CreatedAt: arg.CreatedAt,
		DisplayName: arg.DisplayName,
	}
}

// ids returns the ids of tasks, in order.
func ids(tasks []tasktwin.TaskWithStatus) []uuid.UUID {
	out := make([]uuid.UUID, len(tasks))
	for i, task := range tasks {
		out[i] = task.ID
	}
	return out
}

func (f *Fixture) tasks(arg tasktwin.ListTasksParams) []tasktwin.TaskWithStatus {
	f.t.Helper()
	return must[[]tasktwin.TaskWithStatus](f.t)(f.ListTasks(f.ctx, arg))
}

// list returns the ids of tasks, in the order of ListTasks.
func (f *Fixture) list(arg tasktwin.ListTasksParams) []uuid.UUID {
	f.t.Helper()
	return ids(f.tasks(arg))
}

// insertTasks inserts tasks, in order.
func (f *Fixture) insertTasks(args ...tasktwin.InsertTaskParams) {
	f.t.Helper()
	for _, arg := range args {
		must[tasktwin.Task](f.t)(f.InsertTask(f.ctx, arg))
	}
}

var taskCases = []Case{
	{Name: "task/insert", Methods: "InsertTask", Run: TaskInsert},
	{Name: "task/read", Methods: "GetTaskByID GetTaskByWorkspaceID GetTaskByOwnerIDAndName", Run: TaskRead},
	{
		Name:    "task/of several on a workspace, the first of the list",
		Methods: "GetTaskByWorkspaceID",
		Run:     TaskOfSeveralOnAWorkspaceTheFirstOfTheList,
	},
	{Name: "task/list", Methods: "ListTasks", Run: TaskList},
	{Name: "task/update workspace", Methods: "UpdateTaskWorkspaceID", Run: TaskUpdateWorkspace},
	{Name: "task/update prompt", Methods: "UpdateTaskPrompt", Run: TaskUpdatePrompt},
	{Name: "task/delete", Methods: "DeleteTask GetTaskSnapshot UpsertTaskSnapshot", Run: TaskDelete},
	{Name: "task/snapshot", Methods: "UpsertTaskSnapshot GetTaskSnapshot", Run: TaskSnapshot},
	{Name: "task/bindings", Methods: "UpsertTaskWorkspaceApp ListTaskWorkspaceAppsByTaskID", Run: TaskBindings},
}

func init() { register(taskCases) }

func TaskInsert(t TB, f *Fixture) {
	f.base()
	arg := f.newTask("Fix", nullUUID(f.workspace().ID))
	equal(t, "row", must[tasktwin.Task](t)(f.InsertTask(f.ctx, arg)), inserted(arg))
	gone := f.newTask("other", uuid.NullUUID{})
	must[tasktwin.Task](t)(f.InsertTask(f.ctx, gone))
	must[uuid.UUID](t)(f.DeleteTask(f.ctx, tasktwin.DeleteTaskParams{ID: gone.ID, DeletedAt: at(1)}))
	again := f.newTask("OTHER", uuid.NullUUID{}) // the name is free again
	equal(t, "row", must[tasktwin.Task](t)(f.InsertTask(f.ctx, again)), inserted(again))
	type params = tasktwin.InsertTaskParams
	insert := refusalsOf(f, "tasks", tasktwin.Store.InsertTask, func() params { return f.newTask("x", uuid.NullUUID{}) })
	refuseAll(t, f, []refusal{
		insert.unique("same id", "tasks_pkey", func(a *params) { a.ID = arg.ID }),
		insert.unique("same name", "tasks_owner_id_name_unique_idx", func(a *params) { *a = f.newTask("FIX", uuid.NullUUID{}) }),
		insert.foreignKey("no organization", "tasks_organization_id_fkey", func(a *params) { a.OrganizationID = absent }),
		insert.foreignKey("no owner", "tasks_owner_id_fkey", func(a *params) { a.OwnerID = absent }),
		insert.foreignKey("no version", "tasks_template_version_id_fkey", func(a *params) { a.TemplateVersionID = absent }),
		insert.foreignKey("no workspace", "tasks_workspace_id_fkey", func(a *params) { *a = f.newTask("x", nullUUID(absent)) }),
		insert.notNull("parameters are NULL", "template_parameters", func(a *params) { a.TemplateParameters = nil }),
	})
}

func TaskRead(t TB, f *Fixture) {
	f.base()
	ws := f.newWorkspace("dev")
	ws.GroupACL, ws.UserACL = json.RawMessage(`{"g": 1}`), json.RawMessage(`{"u": 1}`)
	must[tasktwin.Workspace](t)(f.InsertWorkspace(f.ctx, ws))
	arg := f.newTask("Fix It", nullUUID(ws.ID))
	must[tasktwin.Task](t)(f.InsertTask(f.ctx, arg))
	want := tasktwin.TaskWithStatus{
		ID: arg.ID, OrganizationID: arg.OrganizationID, OwnerID: arg.OwnerID, Name: arg.Name, WorkspaceID: arg.WorkspaceID,
		TemplateVersionID: arg.TemplateVersionID, TemplateParameters: arg.TemplateParameters, Prompt: arg.Prompt, CreatedAt: arg.CreatedAt,
		DisplayName: arg.DisplayName, WorkspaceGroupACL: ws.GroupACL, WorkspaceUserACL: ws.UserACL, Status: tasktwin.TaskStatusPending,
		StatusDebug: json.RawMessage(`{"app": {"health": null, "computed": "unknown"}, ` +
			`"agent": {"computed": "initializing", "lifecycle_state": null}, ` +
			`"build": {"computed": "pending", "job_status": null, "transition": null}}`),
		OwnerUsername: f.user.Username, OwnerName: f.user.Name, OwnerAvatarURL: f.user.AvatarURL,
	}
	one := must[tasktwin.TaskWithStatus](t)
	equal(t, "by id", one(f.GetTaskByID(f.ctx, arg.ID)), want)
	equal(t, "by workspace", one(f.GetTaskByWorkspaceID(f.ctx, nullUUID(ws.ID))), want)
	type nameParams = tasktwin.GetTaskByOwnerIDAndNameParams
	equal(t, "by name", one(f.GetTaskByOwnerIDAndName(f.ctx, nameParams{OwnerID: f.user.ID, Name: "fIX iT"})), want)
	loose := f.newTask("loose", uuid.NullUUID{})
	must[tasktwin.Task](t)(f.InsertTask(f.ctx, loose))
	got := one(f.GetTaskByID(f.ctx, loose.ID))
	equal(t, "ACLs without a workspace", [2]string{string(got.WorkspaceGroupACL), string(got.WorkspaceUserACL)}, [2]string{"{}", "{}"})

	f.insertTasks(f.newTask("gone", nullUUID(ws.ID)))
	must[uuid.UUID](t)(f.DeleteTask(f.ctx, tasktwin.DeleteTaskParams{ID: arg.ID, DeletedAt: at(1)}))
	_, err := f.GetTaskByID(f.ctx, arg.ID)
	noRows(t, "deleted by id", err)
	_, err = f.GetTaskByOwnerIDAndName(f.ctx, nameParams{OwnerID: f.user.ID, Name: arg.Name})
	noRows(t, "deleted by name", err)
	equal(t, "by workspace, the live one", one(f.GetTaskByWorkspaceID(f.ctx, nullUUID(ws.ID))).Name, "gone")
	_, err = f.GetTaskByWorkspaceID(f.ctx, nullUUID(absent))
	noRows(t, "workspace without tasks", err)
	_, err = f.GetTaskByWorkspaceID(f.ctx, uuid.NullUUID{})
	noRows(t, "NULL is no workspace", err)
	_, err = f.GetTaskByOwnerIDAndName(f.ctx, nameParams{OwnerID: absent, Name: "gone"})
	noRows(t, "another owner", err)
}

func TaskOfSeveralOnAWorkspaceTheFirstOfTheList(t TB, f *Fixture) {
	f.base()
	ws := f.workspace().ID
	old, low, high := f.newTask("old", nullUUID(ws)), f.newTask("low", nullUUID(ws)), f.newTask("high", nullUUID(ws))
	low.CreatedAt, high.CreatedAt = at(1), at(1)
	f.insertTasks(high, old, low)
	got := must[tasktwin.TaskWithStatus](t)(f.GetTaskByWorkspaceID(f.ctx, nullUUID(ws)))
	equal(t, "newest, then lowest id", got.ID, low.ID)
}

func TaskList(t TB, f *Fixture) {
	equal(t, "none", must[[]tasktwin.TaskWithStatus](t)(f.ListTasks(f.ctx, tasktwin.ListTasksParams{})), []tasktwin.TaskWithStatus{})
	f.base()
	bob := must[tasktwin.User](t)(f.InsertUser(f.ctx, f.newUser("bob"))).ID
	inc := must[tasktwin.Organization](t)(f.InsertOrganization(f.ctx, f.newOrg("inc"))).ID
	a, b := f.newTask("a", uuid.NullUUID{}), f.newTask("b", uuid.NullUUID{})
	c, d := f.newTask("c", uuid.NullUUID{}), f.newTask("d", uuid.NullUUID{})
	a.CreatedAt, b.CreatedAt, c.CreatedAt, d.CreatedAt = at(1), at(2), at(2), at(0)
	b.OwnerID, c.OrganizationID = bob, inc
	f.insertTasks(c, a, d, b)
	equal(t, "all: newest first, ties by id", f.list(tasktwin.ListTasksParams{}), []uuid.UUID{b.ID, c.ID, a.ID, d.ID})
	equal(t, "of an owner", f.list(tasktwin.ListTasksParams{OwnerID: f.user.ID}), []uuid.UUID{c.ID, a.ID, d.ID})
	equal(t, "of an organization", f.list(tasktwin.ListTasksParams{OrganizationID: f.org.ID}), []uuid.UUID{b.ID, a.ID, d.ID})
	equal(t, "of both", f.list(tasktwin.ListTasksParams{OwnerID: f.user.ID, OrganizationID: inc}), []uuid.UUID{c.ID})
	equal(t, "pending", f.list(tasktwin.ListTasksParams{Status: tasktwin.TaskStatusPending}), []uuid.UUID{b.ID, c.ID, a.ID, d.ID})
	equal(t, "active", f.list(tasktwin.ListTasksParams{Status: tasktwin.TaskStatusActive}), []uuid.UUID{})
	must[uuid.UUID](t)(f.DeleteTask(f.ctx, tasktwin.DeleteTaskParams{ID: c.ID, DeletedAt: at(1)}))
	equal(t, "without the deleted", f.list(tasktwin.ListTasksParams{}), []uuid.UUID{b.ID, a.ID, d.ID})
	_, err := f.ListTasks(f.ctx, tasktwin.ListTasksParams{Status: "done"})
	fails(t, "unknown status", err, invalidText)
}

func TaskUpdateWorkspace(t TB, f *Fixture) {
	f.base()
	ws := f.workspace().ID
	other := must[tasktwin.Template](t)(f.InsertTemplate(f.ctx, f.newTemplate("other")))
	arg := f.newWorkspace("foreign")
	arg.TemplateID = other.ID
	foreignWorkspace := must[tasktwin.Workspace](t)(f.InsertWorkspace(f.ctx, arg)).ID
	task := f.task(uuid.NullUUID{})
	type params = tasktwin.UpdateTaskWorkspaceIDParams
	findsNone := func(what string, id uuid.UUID, workspace uuid.NullUUID) {
		t.Helper()
		_, err := f.UpdateTaskWorkspaceID(f.ctx, params{ID: id, WorkspaceID: workspace})
		noRows(t, what, err)
	}
	update := func(id uuid.UUID) tasktwin.Task {
		t.Helper()
		return must[tasktwin.Task](t)(f.UpdateTaskWorkspaceID(f.ctx, params{ID: id, WorkspaceID: nullUUID(ws)}))
	}
	findsNone("no task", absent, nullUUID(ws))
	findsNone("no workspace", task.ID, nullUUID(absent))
	findsNone("NULL", task.ID, uuid.NullUUID{})
	findsNone("workspace of another template", task.ID, nullUUID(foreignWorkspace))
	want := task
	want.WorkspaceID = nullUUID(ws)
	equal(t, "set", update(task.ID), want)
	findsNone("set already", task.ID, nullUUID(ws))
	gone := f.task(uuid.NullUUID{})
	must[uuid.UUID](t)(f.DeleteTask(f.ctx, tasktwin.DeleteTaskParams{ID: gone.ID, DeletedAt: at(1)}))
	gone.DeletedAt, gone.WorkspaceID = nullTime(at(1)), nullUUID(ws)
	equal(t, "deleted tasks are not exempt", update(gone.ID), gone)
	loose := f.newVersion("loose")
	loose.TemplateID = uuid.NullUUID{}
	must[tasktwin.TemplateVersion](t)(f.InsertTemplateVersion(f.ctx, loose))
	stray := f.newTask("stray", uuid.NullUUID{})
	stray.TemplateVersionID = loose.ID
	f.insertTasks(stray)
	findsNone("version of no template", stray.ID, nullUUID(ws))
}

func TaskUpdatePrompt(t TB, f *Fixture) {
	f.base()
	task := f.task(uuid.NullUUID{})
	want := task
	want.Prompt = "do better"
	got := must[tasktwin.Task](t)(f.UpdateTaskPrompt(f.ctx, tasktwin.UpdateTaskPromptParams{ID: task.ID, Prompt: "do better"}))
	equal(t, "row", got, want)
	must[uuid.UUID](t)(f.DeleteTask(f.ctx, tasktwin.DeleteTaskParams{ID: task.ID, DeletedAt: at(1)}))
	for _, id := range []uuid.UUID{task.ID, absent} {
		_, err := f.UpdateTaskPrompt(f.ctx, tasktwin.UpdateTaskPromptParams{ID: id, Prompt: "x"})
		noRows(t, "deleted or none", err)
	}
}

func TaskDelete(t TB, f *Fixture) {
	f.base()
	task := f.task(uuid.NullUUID{})
	f.snapshot(task.ID)
	equal(t, "id", must[uuid.UUID](t)(f.DeleteTask(f.ctx, tasktwin.DeleteTaskParams{ID: task.ID, DeletedAt: at(1)})), task.ID)
	_, err := f.GetTaskSnapshot(f.ctx, task.ID)
	noRows(t, "the snapshot is gone", err)
	f.snapshot(task.ID) // a deleted task may have one
	_, err = f.DeleteTask(f.ctx, tasktwin.DeleteTaskParams{ID: task.ID, DeletedAt: at(2)})
	noRows(t, "deleted already", err)
	_, err = f.GetTaskSnapshot(f.ctx, task.ID)
	noRows(t, "yet the snapshot is gone", err)
	_, err = f.DeleteTask(f.ctx, tasktwin.DeleteTaskParams{ID: absent, DeletedAt: at(2)})
	noRows(t, "none", err)
	if d := dump(t, f); d != nil {
		equal(t, "deleted at the first time", d.Tasks[0].DeletedAt, nullTime(at(1)))
	}
}

func TaskSnapshot(t TB, f *Fixture) {
	f.base()
	task := f.task(uuid.NullUUID{}).ID
	_, err := f.GetTaskSnapshot(f.ctx, task)
	noRows(t, "none", err)
	for i, text := range []string{`[1, 2]`, `null`, `{"a": {}}`} {
		arg := tasktwin.UpsertTaskSnapshotParams{TaskID: task, LogSnapshot: json.RawMessage(text), LogSnapshotCreatedAt: at(float64(i))}
		if err := f.UpsertTaskSnapshot(f.ctx, arg); err != nil {
			t.Fatal(err)
		}
		equal(t, "replaced", must[tasktwin.TaskSnapshot](t)(f.GetTaskSnapshot(f.ctx, task)), tasktwin.TaskSnapshot(arg))
	}
	upsert := func(s tasktwin.Store, ctx context.Context, arg tasktwin.UpsertTaskSnapshotParams) (struct{}, error) {
		return struct{}{}, s.UpsertTaskSnapshot(ctx, arg)
	}
	type params = tasktwin.UpsertTaskSnapshotParams
	good := params{TaskID: task, LogSnapshot: json.RawMessage(`{}`), LogSnapshotCreatedAt: at(0)}
	snapshot := refusalsOf(f, "task_snapshots", upsert, func() params { return good })
	refuseAll(t, f, []refusal{
		snapshot.foreignKey("no task", "task_snapshots_task_id_fkey", func(a *params) { a.TaskID = absent }),
		snapshot.notNull("NULL on insert and on conflict", "log_snapshot", func(a *params) { a.LogSnapshot = nil }),
	})
}

func TaskBindings(t TB, f *Fixture) {
	f.base()
	task, agent := f.task(uuid.NullUUID{}).ID, f.agent(tasktwin.WorkspaceAgentLifecycleStateReady).ID
	app := f.app(agent, tasktwin.WorkspaceAppHealthHealthy).ID
	equal(t, "none", f.bindings(task), []tasktwin.TaskWorkspaceApp{})
	rows := []tasktwin.TaskWorkspaceApp{
		{TaskID: task, WorkspaceBuildNumber: -1},
		{TaskID: task, WorkspaceBuildNumber: 2, WorkspaceAgentID: nullUUID(agent)},
		{TaskID: task, WorkspaceBuildNumber: 10, WorkspaceAgentID: nullUUID(agent), WorkspaceAppID: nullUUID(app)},
	}
	upsert := func(r tasktwin.TaskWorkspaceApp) {
		t.Helper()
		got := must[tasktwin.TaskWorkspaceApp](t)(f.UpsertTaskWorkspaceApp(f.ctx, tasktwin.UpsertTaskWorkspaceAppParams{
			TaskID: r.TaskID, WorkspaceBuildNumber: r.WorkspaceBuildNumber, WorkspaceAgentID: r.WorkspaceAgentID, WorkspaceAppID: r.WorkspaceAppID,
		}))
		equal(t, "row", got, r)
	}
	for _, i := range []int{2, 0, 1} {
		upsert(rows[i])
	}
	equal(t, "by build number", f.bindings(task), rows)
	rows[2].WorkspaceAgentID, rows[2].WorkspaceAppID = uuid.NullUUID{}, uuid.NullUUID{}
	upsert(rows[2])
	equal(t, "replaced, by NULL too", f.bindings(task), rows)
	type params = tasktwin.UpsertTaskWorkspaceAppParams
	for _, number := range []int32{2, 3} { // on conflict and on insert
		binding := refusalsOf(f, "task_workspace_apps", tasktwin.Store.UpsertTaskWorkspaceApp, func() params {
			return params{TaskID: task, WorkspaceBuildNumber: number}
		})
		refuseAll(t, f, []refusal{
			binding.foreignKey("no agent", "task_workspace_apps_workspace_agent_id_fkey", func(a *params) {
				a.WorkspaceAgentID = nullUUID(absent)
			}),
			binding.foreignKey("no app", "task_workspace_apps_workspace_app_id_fkey", func(a *params) { a.WorkspaceAppID = nullUUID(absent) }),
			binding.foreignKey("no task", "task_workspace_apps_task_id_fkey", func(a *params) { a.TaskID = absent }),
		})
	}
}
