package tasktest

import (
	"database/sql"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// Task is a task of a World. Its methods do to it what a platform does, at the time of the
// World's clock, and look into the store each time, so that the code under test may have
// moved the task in between. Those that change it return it, so that calls can be chained.
type Task struct {
	// Task is the row. It is as it was when the World inserted or found it, apart from
	// WorkspaceID and DeletedAt, which Start and Delete set.
	tasktwin.Task
	world *World
}

// Get returns the task with its status. A deleted task fails the test.
func (t *Task) Get() tasktwin.TaskWithStatus {
	t.world.t.Helper()
	return call(t.world, "GetTaskByID", t.world.store.GetTaskByID, t.ID)
}

// Status returns the status that the engine derives. A deleted task fails the test.
func (t *Task) Status() tasktwin.TaskStatus {
	t.world.t.Helper()
	return t.Get().Status
}

// Workspace returns the task's workspace. A task without one fails the test.
func (t *Task) Workspace() tasktwin.Workspace {
	t.world.t.Helper()
	return call(t.world, "GetWorkspaceByID", t.world.store.GetWorkspaceByID, t.workspaceID("Workspace"))
}

// Build returns the build of the task's workspace with the highest number. A task without
// one fails the test.
func (t *Task) Build() tasktwin.WorkspaceBuild {
	t.world.t.Helper()
	return t.latest("Build")
}

// Job returns the job of [Task.Build].
func (t *Task) Job() tasktwin.ProvisionerJob {
	t.world.t.Helper()
	return call(t.world, "GetProvisionerJobByID", t.world.store.GetProvisionerJobByID, t.latest("Job").JobID)
}

// Agent returns the agent that the task is bound to under the highest build number. A task
// without one fails the test.
func (t *Task) Agent() tasktwin.WorkspaceAgent {
	t.world.t.Helper()
	return call(t.world, "GetWorkspaceAgentByID", t.world.store.GetWorkspaceAgentByID, t.bound("Agent").WorkspaceAgentID.UUID)
}

// App returns the app that the task is bound to under the highest build number. A task
// without one fails the test.
func (t *Task) App() tasktwin.WorkspaceApp {
	t.world.t.Helper()
	return call(t.world, "GetWorkspaceAppByID", t.world.store.GetWorkspaceAppByID, t.bound("App").WorkspaceAppID.UUID)
}

// workspaceID returns the id of the workspace that the task must have for a method.
func (t *Task) workspaceID(method string) uuid.UUID {
	t.world.t.Helper()
	if !t.WorkspaceID.Valid {
		t.fail(method, "it has no workspace: Start it first")
	}
	return t.WorkspaceID.UUID
}

// latest returns the latest build, which the task must have for a method.
func (t *Task) latest(method string) tasktwin.WorkspaceBuild {
	t.world.t.Helper()
	row, found := t.latestIfAny(method)
	if !found {
		t.fail(method, "its workspace has no build: Start it first")
	}
	return row
}

// latestIfAny returns the latest build of the workspace and whether it has any.
func (t *Task) latestIfAny(method string) (row tasktwin.WorkspaceBuild, found bool) {
	t.world.t.Helper()
	id := t.workspaceID(method)
	row, err := t.world.store.GetLatestWorkspaceBuildByWorkspaceID(t.world.t.Context(), id)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		t.world.t.Fatalf("tasktest: GetLatestWorkspaceBuildByWorkspaceID: %v\nwith %s", err, text(id))
	}
	return row, err == nil
}

// bindings returns the task's bindings, by build number.
func (t *Task) bindings() []tasktwin.TaskWorkspaceApp {
	t.world.t.Helper()
	return call(t.world, "ListTaskWorkspaceAppsByTaskID", t.world.store.ListTaskWorkspaceAppsByTaskID, t.ID)
}

// binding returns the binding with the highest build number, which the task must have for a
// method.
func (t *Task) binding(method string) (row tasktwin.TaskWorkspaceApp) {
	t.world.t.Helper()
	all := t.bindings()
	if len(all) == 0 {
		t.fail(method, "it is bound to no build: Start it first")
		return row
	}
	return all[len(all)-1]
}

// bound is binding for a method that needs the agent and the app.
func (t *Task) bound(method string) tasktwin.TaskWorkspaceApp {
	t.world.t.Helper()
	row := t.binding(method)
	if !row.WorkspaceAgentID.Valid || !row.WorkspaceAppID.Valid {
		t.fail(method, "its latest build has no agent and app")
	}
	return row
}

// mustLive fails the test if the task is deleted.
func (t *Task) mustLive(method string) {
	t.world.t.Helper()
	if t.DeletedAt.Valid {
		t.fail(method, "it is deleted, since "+t.DeletedAt.Time.Format(time.RFC3339))
	}
}

// fail fails the test because a method cannot be called in the task's state.
func (t *Task) fail(method, why string) {
	t.world.t.Helper()
	t.world.t.Fatalf("tasktest: %s: %s (%q): %s", method, Describe(t.ID), t.Name, why)
}
