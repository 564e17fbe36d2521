package tasktest

import (
	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// Edit changes the parameters of a new task.
type Edit = func(*tasktwin.InsertTaskParams)

// TaskParams returns the parameters of a task that is not inserted, to do that in the test or
// in the code under test. What they refer to is there.
func (w *World) TaskParams(edits ...Edit) tasktwin.InsertTaskParams {
	w.t.Helper()
	arg := w.taskParams(w.Clock.Now())
	edit(w, &arg, edits)
	return arg
}

// Pending inserts a task that has not been started: it has no workspace, unless an edit has
// set one, and no build.
func (w *World) Pending(edits ...Edit) *Task {
	w.t.Helper()
	return &Task{Task: call(w, "InsertTask", w.store.InsertTask, w.TaskParams(edits...)), world: w}
}

// Initializing inserts a task whose workspace has started, and whose agent and app have not
// yet. [Task.Ready] completes it.
func (w *World) Initializing(edits ...Edit) *Task {
	w.t.Helper()
	return w.Pending(edits...).start("Initializing", false, nil)
}

// Active inserts a task that has been started: its agent is ready, and its app is healthy
// and has reported nothing yet.
func (w *World) Active(edits ...Edit) *Task {
	w.t.Helper()
	return w.Pending(edits...).start("Active", true, nil)
}

// Paused inserts a task that has been started, and then stopped because it was idle.
func (w *World) Paused(edits ...Edit) *Task {
	w.t.Helper()
	return w.Active(edits...).Pause(tasktwin.BuildReasonTaskAutoPause)
}

// Failed inserts a task whose first build has failed. Its status is
// [tasktwin.TaskStatusError].
func (w *World) Failed(edits ...Edit) *Task {
	w.t.Helper()
	return w.Initializing(edits...).FailBuild("out of disk")
}

// Unknown inserts a task that was active until its agent went off, without a build that has
// stopped it.
func (w *World) Unknown(edits ...Edit) *Task {
	w.t.Helper()
	return w.Active(edits...).SetAgent(tasktwin.WorkspaceAgentLifecycleStateOff)
}

// Deleted inserts a task that was active until it was deleted. No query of tasks returns it.
func (w *World) Deleted(edits ...Edit) *Task {
	w.t.Helper()
	return w.Active(edits...).Delete()
}

// Task inserts a task with a status, by the method of that name: [World.Failed] for
// [tasktwin.TaskStatusError].
func (w *World) Task(status tasktwin.TaskStatus, edits ...Edit) *Task {
	w.t.Helper()
	switch status {
	case tasktwin.TaskStatusPending:
		return w.Pending(edits...)
	case tasktwin.TaskStatusInitializing:
		return w.Initializing(edits...)
	case tasktwin.TaskStatusActive:
		return w.Active(edits...)
	case tasktwin.TaskStatusPaused:
		return w.Paused(edits...)
	case tasktwin.TaskStatusUnknown:
		return w.Unknown(edits...)
	case tasktwin.TaskStatusError:
		return w.Failed(edits...)
	}
	w.t.Fatalf("tasktest: Task: status is %q: it must be one of %q", status, tasktwin.AllTaskStatusValues())
	return nil
}

// Find returns a live task that is in the store already: of the World that this one is a
// copy of, or made by the code under test. If the task has no workspace, [Task.Start] needs
// its template version to be one of this World. If another World has made the task, this one
// needs another [Seed] before it can change it: their new rows would have the same ids.
func (w *World) Find(id uuid.UUID) *Task {
	w.t.Helper()
	return &Task{Task: taskIn(call(w, "GetTaskByID", w.store.GetTaskByID, id)), world: w}
}
