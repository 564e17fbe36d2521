package cases

import (
	"database/sql"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

var absentCases = []Case{
	{Name: "absent/ids that no row has, among rows of all tables", Run: AbsentIDsThatNoRowHasAmongRowsOfAllTables},
	{Name: "absent/a row that comes after deleted ones has nothing of theirs", Run: AbsentARowThatComesAfterDeletedOnesHasNothingOfTheirs},
}

func init() { register(absentCases) }

func AbsentIDsThatNoRowHasAmongRowsOfAllTables(t TB, f *Fixture) {
	s := newStory(f)
	s.bindApp(1)
	must[tasktwin.Task](t)(f.UpdateTaskPrompt(f.ctx, tasktwin.UpdateTaskPromptParams{ID: s.task.ID, Prompt: "p"}))
	if err := f.UpsertTaskSnapshot(f.ctx, tasktwin.UpsertTaskSnapshotParams{TaskID: s.task.ID, LogSnapshot: []byte(`1`)}); err != nil {
		t.Fatal(err)
	}
	s.report(working, 1)
	other := f.newTask("other", nullUUID(s.ws))
	must[tasktwin.Task](t)(f.InsertTask(f.ctx, other))
	findsNone := func(what string, get func() error) {
		t.Helper()
		noRows(t, what, get())
	}
	findsNone("GetTaskByID", func() error { _, err := f.GetTaskByID(f.ctx, absent); return err })
	findsNone("GetTaskByWorkspaceID", func() error { _, err := f.GetTaskByWorkspaceID(f.ctx, nullUUID(absent)); return err })
	findsNone("GetTaskByWorkspaceID of NULL", func() error { _, err := f.GetTaskByWorkspaceID(f.ctx, uuid.NullUUID{UUID: s.ws}); return err })
	for _, arg := range []tasktwin.GetTaskByOwnerIDAndNameParams{
		{OwnerID: absent, Name: s.task.Name}, {OwnerID: f.user.ID, Name: "absent"},
	} {
		findsNone("GetTaskByOwnerIDAndName", func() error { _, err := f.GetTaskByOwnerIDAndName(f.ctx, arg); return err })
	}
	findsNone("UpdateTaskWorkspaceID", func() error {
		_, err := f.UpdateTaskWorkspaceID(f.ctx, tasktwin.UpdateTaskWorkspaceIDParams{ID: absent, WorkspaceID: nullUUID(s.ws)})
		return err
	})
	findsNone("UpdateTaskPrompt", func() error {
		_, err := f.UpdateTaskPrompt(f.ctx, tasktwin.UpdateTaskPromptParams{ID: absent})
		return err
	})
	findsNone("DeleteTask", func() error {
		_, err := f.DeleteTask(f.ctx, tasktwin.DeleteTaskParams{ID: absent, DeletedAt: at(0)})
		return err
	})
	findsNone("GetTaskSnapshot", func() error { _, err := f.GetTaskSnapshot(f.ctx, other.ID); return err })
	findsNone("GetWorkspaceByID", func() error { _, err := f.GetWorkspaceByID(f.ctx, absent); return err })
	findsNone("GetProvisionerJobByID", func() error { _, err := f.GetProvisionerJobByID(f.ctx, absent); return err })
	findsNone("GetLatestWorkspaceBuildByWorkspaceID", func() error {
		_, err := f.GetLatestWorkspaceBuildByWorkspaceID(f.ctx, absent)
		return err
	})
	findsNone("GetWorkspaceAgentByID", func() error { _, err := f.GetWorkspaceAgentByID(f.ctx, absent); return err })
	findsNone("GetWorkspaceAppByID", func() error { _, err := f.GetWorkspaceAppByID(f.ctx, absent); return err })
	for what, remove := range map[string]func() (uuid.UUID, error){
		"organization": func() (uuid.UUID, error) { return f.DeleteOrganizationByID(f.ctx, absent) },
		"user":         func() (uuid.UUID, error) { return f.DeleteUserByID(f.ctx, absent) },
		"template":     func() (uuid.UUID, error) { return f.DeleteTemplateByID(f.ctx, absent) },
		"version":      func() (uuid.UUID, error) { return f.DeleteTemplateVersionByID(f.ctx, absent) },
		"workspace":    func() (uuid.UUID, error) { return f.DeleteWorkspaceByID(f.ctx, absent) },
		"job":          func() (uuid.UUID, error) { return f.DeleteProvisionerJobByID(f.ctx, absent) },
		"agent":        func() (uuid.UUID, error) { return f.DeleteWorkspaceAgentByID(f.ctx, absent) },
		"app":          func() (uuid.UUID, error) { return f.DeleteWorkspaceAppByID(f.ctx, absent) },
	} {
		findsNone("delete of "+what, func() error { _, err := remove(); return err })
	}
	equal(t, "builds", f.builds(absent), []tasktwin.WorkspaceBuild{})
	equal(t, "bindings", f.bindings(absent), []tasktwin.TaskWorkspaceApp{})
	equal(t, "statuses", f.statuses(absent), []tasktwin.WorkspaceAppStatus{})
	for _, arg := range []tasktwin.ListTasksParams{{OwnerID: absent}, {OrganizationID: absent}, {OwnerID: f.user.ID, OrganizationID: absent}} {
		equal(t, "tasks", f.tasks(arg), []tasktwin.TaskWithStatus{})
	}
	equal(t, "tasks that are there", len(f.list(tasktwin.ListTasksParams{OwnerID: f.user.ID, OrganizationID: f.org.ID})), 2)
}

func AbsentARowThatComesAfterDeletedOnesHasNothingOfTheirs(t TB, f *Fixture) {
	f.base()
	owner := f.user
	for range 3 {
		f.user = must[tasktwin.User](t)(f.InsertUser(f.ctx, f.newUser(f.next().String())))
		user := f.user
		ws := f.workspaceOf(owner)
		f.build(ws, 1, start, 0, initiator)
		f.build(ws, 2, stop, 5, initiator)
		agent := f.agent(tasktwin.WorkspaceAgentLifecycleStateReady)
		app := f.app(agent.ID, tasktwin.WorkspaceAppHealthHealthy)
		task := f.task(nullUUID(ws))
		f.bind(task.ID, 2, nullUUID(agent.ID), nullUUID(app.ID))
		if err := f.UpsertTaskSnapshot(f.ctx, tasktwin.UpsertTaskSnapshotParams{TaskID: task.ID, LogSnapshot: []byte(`1`)}); err != nil {
			t.Fatal(err)
		}
		since := tasktwin.GetTelemetryTaskEventsParams{CreatedAfter: at(-100), Now: at(100)}
		equal(t, "events", len(f.taskEvents(since)), 1)
		for what, remove := range map[string]func() (uuid.UUID, error){
			"workspace": func() (uuid.UUID, error) { return f.DeleteWorkspaceByID(f.ctx, ws) },
			"agent":     func() (uuid.UUID, error) { return f.DeleteWorkspaceAgentByID(f.ctx, agent.ID) },
			"user":      func() (uuid.UUID, error) { return f.DeleteUserByID(f.ctx, user.ID) },
		} {
			if _, err := remove(); err != nil {
				t.Fatalf("delete of %s: %v", what, err)
			}
		}

		f.user = must[tasktwin.User](t)(f.InsertUser(f.ctx, f.newUser(f.next().String())))
		ws = f.workspaceOf(owner)
		equal(t, "tasks of the owner", f.tasks(tasktwin.ListTasksParams{OwnerID: f.user.ID}), []tasktwin.TaskWithStatus{})
		task = f.task(nullUUID(ws))
		got := must[tasktwin.TaskWithStatus](t)(f.GetTaskByID(f.ctx, task.ID))
		equal(t, "status", got.Status, tasktwin.TaskStatusPending)
		equal(t, "build", got.WorkspaceBuildNumber, sql.NullInt32{})
		_, err := f.GetTaskSnapshot(f.ctx, task.ID)
		noRows(t, "snapshot", err)
		equal(t, "bindings", f.bindings(task.ID), []tasktwin.TaskWorkspaceApp{})
		equal(t, "builds", f.builds(ws), []tasktwin.WorkspaceBuild{})
		equal(t, "events", f.taskEvents(since), []tasktwin.GetTelemetryTaskEventsRow{})
		f.build(ws, 1, start, -200, initiator)
		equal(t, "events of an old build", f.taskEvents(since), []tasktwin.GetTelemetryTaskEventsRow{})
		f.build(ws, 2, start, 1, initiator)
		events := f.taskEvents(since)
		equal(t, "events of a new build", len(events), 1)
		equal(t, "stop build", events[0].StopBuildCreatedAt, sql.NullTime{})
		if _, err := f.DeleteUserByID(f.ctx, f.user.ID); err != nil {
			t.Fatal(err)
		}
	}
}

// workspaceOf inserts a workspace of another owner than the fixture's user.
func (f *Fixture) workspaceOf(owner tasktwin.User) uuid.UUID {
	f.t.Helper()
	arg := f.newWorkspace(f.next().String())
	arg.OwnerID = owner.ID
	return must[tasktwin.Workspace](f.t)(f.InsertWorkspace(f.ctx, arg)).ID
}
