package cases

import (
	"database/sql"
	"testing"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

var absentCases = []Case{
	{Name: "absent/ids that no row has, among rows of all tables", Run: AbsentIDsThatNoRowHasAmongRowsOfAllTables},
	{Name: "absent/a row that comes after deleted ones has nothing of theirs", Run: AbsentARowThatComesAfterDeletedOnesHasNothingOfTheirs},
}

func AbsentIDsThatNoRowHasAmongRowsOfAllTables(t testing.TB, f *Fixture) {
	s := newStory(f)
	s.runs(1)
	must[tasktwin.Task](t)(f.UpdateTaskPrompt(f.ctx, tasktwin.UpdateTaskPromptParams{ID: s.task.ID, Prompt: "p"}))
	if err := f.UpsertTaskSnapshot(f.ctx, tasktwin.UpsertTaskSnapshotParams{TaskID: s.task.ID, LogSnapshot: []byte(`1`)}); err != nil {
		t.Fatal(err)
	}
	s.says(working, 1)
	other := f.newTask("other", null(s.ws))
	must[tasktwin.Task](t)(f.InsertTask(f.ctx, other))
	find := func(what string, get func() error) {
		t.Helper()
		noRows(t, what, get())
	}
	find("GetTaskByID", func() error { _, err := f.GetTaskByID(f.ctx, absent); return err })
	find("GetTaskByWorkspaceID", func() error { _, err := f.GetTaskByWorkspaceID(f.ctx, null(absent)); return err })
	find("GetTaskByWorkspaceID of NULL", func() error { _, err := f.GetTaskByWorkspaceID(f.ctx, uuid.NullUUID{UUID: s.ws}); return err })
	for _, arg := range []tasktwin.GetTaskByOwnerIDAndNameParams{{OwnerID: absent, Name: s.task.Name}, {OwnerID: f.user.ID, Name: "absent"}} {
		find("GetTaskByOwnerIDAndName", func() error { _, err := f.GetTaskByOwnerIDAndName(f.ctx, arg); return err })
	}
	find("UpdateTaskWorkspaceID", func() error {
		_, err := f.UpdateTaskWorkspaceID(f.ctx, tasktwin.UpdateTaskWorkspaceIDParams{ID: absent, WorkspaceID: null(s.ws)})
		return err
	})
	find("UpdateTaskPrompt", func() error {
		_, err := f.UpdateTaskPrompt(f.ctx, tasktwin.UpdateTaskPromptParams{ID: absent})
		return err
	})
	find("DeleteTask", func() error {
		_, err := f.DeleteTask(f.ctx, tasktwin.DeleteTaskParams{ID: absent, DeletedAt: at(0)})
		return err
	})
	find("GetTaskSnapshot", func() error { _, err := f.GetTaskSnapshot(f.ctx, other.ID); return err })
	find("GetWorkspaceByID", func() error { _, err := f.GetWorkspaceByID(f.ctx, absent); return err })
	find("GetProvisionerJobByID", func() error { _, err := f.GetProvisionerJobByID(f.ctx, absent); return err })
	find("GetLatestWorkspaceBuildByWorkspaceID", func() error { _, err := f.GetLatestWorkspaceBuildByWorkspaceID(f.ctx, absent); return err })
	find("GetWorkspaceAgentByID", func() error { _, err := f.GetWorkspaceAgentByID(f.ctx, absent); return err })
	find("GetWorkspaceAppByID", func() error { _, err := f.GetWorkspaceAppByID(f.ctx, absent); return err })
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
		find("delete of "+what, func() error { _, err := remove(); return err })
	}
	equal(t, "builds", must[[]tasktwin.WorkspaceBuild](t)(f.ListWorkspaceBuildsByWorkspaceID(f.ctx, absent)), []tasktwin.WorkspaceBuild{})
	equal(t, "bindings", must[[]tasktwin.TaskWorkspaceApp](t)(f.ListTaskWorkspaceAppsByTaskID(f.ctx, absent)), []tasktwin.TaskWorkspaceApp{})
	equal(t, "statuses", must[[]tasktwin.WorkspaceAppStatus](t)(f.ListWorkspaceAppStatusesByAppID(f.ctx, absent)), []tasktwin.WorkspaceAppStatus{})
	for _, arg := range []tasktwin.ListTasksParams{{OwnerID: absent}, {OrganizationID: absent}, {OwnerID: f.user.ID, OrganizationID: absent}} {
		equal(t, "tasks", must[[]tasktwin.TaskWithStatus](t)(f.ListTasks(f.ctx, arg)), []tasktwin.TaskWithStatus{})
	}
	equal(t, "tasks that are there", len(must[[]tasktwin.TaskWithStatus](t)(f.ListTasks(f.ctx, tasktwin.ListTasksParams{OwnerID: f.user.ID, OrganizationID: f.org.ID}))), 2)
}

func AbsentARowThatComesAfterDeletedOnesHasNothingOfTheirs(t testing.TB, f *Fixture) {
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
		task := f.task(null(ws))
		f.bind(task.ID, 2, null(agent.ID), null(app.ID))
		if err := f.UpsertTaskSnapshot(f.ctx, tasktwin.UpsertTaskSnapshotParams{TaskID: task.ID, LogSnapshot: []byte(`1`)}); err != nil {
			t.Fatal(err)
		}
		since := tasktwin.GetTelemetryTaskEventsParams{CreatedAfter: at(-100), Now: at(100)}
		equal(t, "events", len(must[[]tasktwin.GetTelemetryTaskEventsRow](t)(f.GetTelemetryTaskEvents(f.ctx, since))), 1)
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
		equal(t, "tasks of the owner", must[[]tasktwin.TaskWithStatus](t)(f.ListTasks(f.ctx, tasktwin.ListTasksParams{OwnerID: f.user.ID})), []tasktwin.TaskWithStatus{})
		task = f.task(null(ws))
		got := must[tasktwin.TaskWithStatus](t)(f.GetTaskByID(f.ctx, task.ID))
		equal(t, "status", got.Status, tasktwin.TaskStatusPending)
		equal(t, "build", got.WorkspaceBuildNumber, sql.NullInt32{})
		_, err := f.GetTaskSnapshot(f.ctx, task.ID)
		noRows(t, "snapshot", err)
		equal(t, "bindings", must[[]tasktwin.TaskWorkspaceApp](t)(f.ListTaskWorkspaceAppsByTaskID(f.ctx, task.ID)), []tasktwin.TaskWorkspaceApp{})
		equal(t, "builds", must[[]tasktwin.WorkspaceBuild](t)(f.ListWorkspaceBuildsByWorkspaceID(f.ctx, ws)), []tasktwin.WorkspaceBuild{})
		equal(t, "events", must[[]tasktwin.GetTelemetryTaskEventsRow](t)(f.GetTelemetryTaskEvents(f.ctx, since)), []tasktwin.GetTelemetryTaskEventsRow{})
		f.build(ws, 1, start, -200, initiator)
		equal(t, "events of an old build", must[[]tasktwin.GetTelemetryTaskEventsRow](t)(f.GetTelemetryTaskEvents(f.ctx, since)), []tasktwin.GetTelemetryTaskEventsRow{})
		f.build(ws, 2, start, 1, initiator)
		events := must[[]tasktwin.GetTelemetryTaskEventsRow](t)(f.GetTelemetryTaskEvents(f.ctx, since))
		equal(t, "events of a new build", len(events), 1)
		equal(t, "stop build", events[0].StopBuildCreatedAt, sql.NullTime{})
		if _, err := f.DeleteUserByID(f.ctx, f.user.ID); err != nil {
			t.Fatal(err)
		}
	}
}

// workspaceOf makes a workspace of another owner than the fixture's.
func (f *Fixture) workspaceOf(owner tasktwin.User) uuid.UUID {
	f.t.Helper()
	arg := f.newWorkspace(f.next().String())
	arg.OwnerID = owner.ID
	return must[tasktwin.Workspace](f.t)(f.InsertWorkspace(f.ctx, arg)).ID
}
