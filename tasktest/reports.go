package tasktest

import "github.com/tasktwin/tasktwin"

// StatusEdit changes the parameters of a new status.
type StatusEdit = func(*tasktwin.InsertWorkspaceAppStatusParams)

// Working makes the task's app report that it works. The time until its next status, or
// the end of its timeline, counts as active (docs/semantics.md, section 3).
func (t *Task) Working(edits ...StatusEdit) *Task {
	t.world.t.Helper()
	return t.Report(tasktwin.WorkspaceAppStatusStateWorking, edits...)
}

// Idle makes the task's app report that it waits for its user.
func (t *Task) Idle(edits ...StatusEdit) *Task {
	t.world.t.Helper()
	return t.Report(tasktwin.WorkspaceAppStatusStateIdle, edits...)
}

// Complete makes the task's app report that it has done its work. It does not end the task.
func (t *Task) Complete(edits ...StatusEdit) *Task {
	t.world.t.Helper()
	return t.Report(tasktwin.WorkspaceAppStatusStateComplete, edits...)
}

// Failure makes the task's app report that it has failed in its work. The task stays active:
// its status is derived from builds, agents and the app's health, not from what the app
// reports (docs/semantics.md, section 2).
func (t *Task) Failure(edits ...StatusEdit) *Task {
	t.world.t.Helper()
	return t.Report(tasktwin.WorkspaceAppStatusStateFailure, edits...)
}

// Report makes the app, to which the task is bound under the highest build number, report a
// state. A task that was never started fails the test.
func (t *Task) Report(state tasktwin.WorkspaceAppStatusState, edits ...StatusEdit) *Task {
	t.world.t.Helper()
	w := t.world
	by := t.bound("Report")
	arg := w.statusParams(w.Clock.Now(), by, t.workspaceID("Report"), state)
	edit(w, &arg, edits)
	call(w, "InsertWorkspaceAppStatus", w.store.InsertWorkspaceAppStatus, arg)
	return t
}

// Statuses returns what the task's app has reported, by time. Apps of earlier builds have
// their own.
func (t *Task) Statuses() []tasktwin.WorkspaceAppStatus {
	t.world.t.Helper()
	return call(t.world, "ListWorkspaceAppStatusesByAppID", t.world.store.ListWorkspaceAppStatusesByAppID,
		t.bound("Statuses").WorkspaceAppID.UUID)
}
