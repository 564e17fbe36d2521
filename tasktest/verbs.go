package tasktest

import (
	"database/sql"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// BuildEdit changes the parameters of a new build.
type BuildEdit = func(*tasktwin.InsertWorkspaceBuildParams)

// Start starts a pending task: it makes a workspace, unless the task has one, a start build
// that succeeds at once, an agent that is ready and an app that is healthy, and binds the
// task to them. The reason is [tasktwin.BuildReasonInitiator] unless an edit sets another. A
// task that was started before fails the test: [Task.Resume] starts it again. So does, for
// Start, Pause, Resume and Delete, a task that was deleted by Delete.
func (t *Task) Start(edits ...BuildEdit) *Task {
	t.world.t.Helper()
	t.mustLive("Start")
	return t.start("Start", true, edits)
}

// start is Start, with an agent and an app that may not be ready yet.
func (t *Task) start(method string, ready bool, edits []BuildEdit) *Task {
	t.world.t.Helper()
	if len(t.bindings()) > 0 {
		t.fail(method, "it was started before: Resume it")
	}
	if !t.WorkspaceID.Valid {
		t.makeWorkspace(method)
	}
	return t.boot(method, ready, tasktwin.BuildReasonInitiator, edits)
}

// makeWorkspace makes a workspace of the task's owner, organization and template.
func (t *Task) makeWorkspace(method string) {
	t.world.t.Helper()
	w := t.world
	of, known := w.templateOf[t.TemplateVersionID]
	if !known {
		t.fail(method, "TemplateVersionID is "+t.TemplateVersionID.String()+
			": its template is not known, as this World has not made the version with a template; set WorkspaceID")
	}
	ws := w.NewWorkspace(func(p *tasktwin.InsertWorkspaceParams) {
		p.OwnerID, p.OrganizationID, p.TemplateID = t.OwnerID, t.OrganizationID, of
	})
	t.Task = call(w, "UpdateTaskWorkspaceID", w.store.UpdateTaskWorkspaceID, tasktwin.UpdateTaskWorkspaceIDParams{
		ID: t.ID, WorkspaceID: nullUUID(ws.ID),
	})
}

// boot makes a start build, with a new agent and a new app.
func (t *Task) boot(method string, ready bool, reason tasktwin.BuildReason, edits []BuildEdit) *Task {
	t.world.t.Helper()
	w := t.world
	state, health := tasktwin.WorkspaceAgentLifecycleStateStarting, tasktwin.WorkspaceAppHealthInitializing
	if ready {
		state, health = tasktwin.WorkspaceAgentLifecycleStateReady, tasktwin.WorkspaceAppHealthHealthy
	}
	number := t.build(method, tasktwin.WorkspaceTransitionStart, reason, edits)
	newAgent := call(w, "InsertWorkspaceAgent", w.store.InsertWorkspaceAgent, w.agentParams(w.Clock.Now(), state))
	newApp := call(w, "InsertWorkspaceApp", w.store.InsertWorkspaceApp, w.appParams(w.Clock.Now(), newAgent.ID, health))
	t.bind(number, nullUUID(newAgent.ID), nullUUID(newApp.ID))
	return t
}

// build makes the next build, whose job succeeds at once, and returns its number.
func (t *Task) build(
	method string, transition tasktwin.WorkspaceTransition, reason tasktwin.BuildReason, edits []BuildEdit,
) (number int32) {
	t.world.t.Helper()
	w, at := t.world, t.world.Clock.Now()
	previous, _ := t.latestIfAny(method)
	by := call(w, "InsertProvisionerJob", w.store.InsertProvisionerJob, w.jobParams(at, t.Task))
	arg := w.buildParams(at, t.Task, previous.BuildNumber+1, transition, reason, by.ID)
	edit(w, &arg, edits)
	return call(w, "InsertWorkspaceBuild", w.store.InsertWorkspaceBuild, arg).BuildNumber
}

func (t *Task) bind(number int32, toAgent, toApp uuid.NullUUID) {
	t.world.t.Helper()
	call(t.world, "UpsertTaskWorkspaceApp", t.world.store.UpsertTaskWorkspaceApp, tasktwin.UpsertTaskWorkspaceAppParams{
		TaskID: t.ID, WorkspaceBuildNumber: number, WorkspaceAgentID: toAgent, WorkspaceAppID: toApp,
	})
}

// Ready makes the agent ready and the app healthy.
func (t *Task) Ready() *Task {
	t.world.t.Helper()
	return t.SetAgent(tasktwin.WorkspaceAgentLifecycleStateReady).SetHealth(tasktwin.WorkspaceAppHealthHealthy)
}

// Pause stops the workspace: it makes a stop build with a reason that succeeds at once, binds
// the task to its agent and app under the build's number, and turns the agent off. Telemetry
// calls the pause auto for [tasktwin.BuildReasonTaskAutoPause], manual for
// [tasktwin.BuildReasonTaskManualPause], and other for any other reason (docs/semantics.md,
// section 4).
func (t *Task) Pause(reason tasktwin.BuildReason, edits ...BuildEdit) *Task {
	t.world.t.Helper()
	t.mustLive("Pause")
	return t.shutDown("Pause", tasktwin.WorkspaceTransitionStop, reason, edits)
}

// shutDown makes a build that ends the agent, if there is one.
func (t *Task) shutDown(method string, transition tasktwin.WorkspaceTransition, reason tasktwin.BuildReason, edits []BuildEdit) *Task {
	t.world.t.Helper()
	to := t.binding(method)
	t.bind(t.build(method, transition, reason, edits), to.WorkspaceAgentID, to.WorkspaceAppID)
	if to.WorkspaceAgentID.Valid {
		t.setAgent(to.WorkspaceAgentID.UUID, tasktwin.WorkspaceAgentLifecycleStateOff)
	}
	return t
}

// Resume starts the workspace again: it makes a start build under the next number that
// succeeds at once, with a new agent that is ready and a new app that is healthy, and binds
// the task to them. The reason is [tasktwin.BuildReasonTaskResume] unless an edit sets another.
// A task that was never started fails the test.
func (t *Task) Resume(edits ...BuildEdit) *Task {
	t.world.t.Helper()
	t.mustLive("Resume")
	t.latest("Resume")
	return t.boot("Resume", true, tasktwin.BuildReasonTaskResume, edits)
}

// FailBuild makes the job of the latest build fail with an error, which must not be empty.
// The task's status is then [tasktwin.TaskStatusError].
func (t *Task) FailBuild(message string) *Task {
	t.world.t.Helper()
	if message == "" {
		t.fail("FailBuild", "message is empty: a job without an error has not failed")
	}
	return t.SetJob(func(p *tasktwin.UpdateProvisionerJobByIDParams) {
		p.CompletedAt, p.Error = nullTime(t.world.Clock.Now()), sql.NullString{String: message, Valid: true}
	})
}

// Delete deletes the task: if it has been started, it makes a delete build of its workspace
// that succeeds at once. The row stays, with DeletedAt (docs/semantics.md, section 3).
func (t *Task) Delete() *Task {
	t.world.t.Helper()
	t.mustLive("Delete")
	w := t.world
	if len(t.bindings()) > 0 {
		t.shutDown("Delete", tasktwin.WorkspaceTransitionDelete, tasktwin.BuildReasonInitiator, nil)
	}
	at := w.Clock.Now()
	call(w, "DeleteTask", w.store.DeleteTask, tasktwin.DeleteTaskParams{ID: t.ID, DeletedAt: at})
	t.DeletedAt = nullTime(at)
	return t
}

// SetAgent sets the lifecycle state of the task's agent, from which its status is derived
// while the workspace runs.
func (t *Task) SetAgent(state tasktwin.WorkspaceAgentLifecycleState) *Task {
	t.world.t.Helper()
	t.setAgent(t.bound("SetAgent").WorkspaceAgentID.UUID, state)
	return t
}

func (t *Task) setAgent(id uuid.UUID, state tasktwin.WorkspaceAgentLifecycleState) {
	t.world.t.Helper()
	w := t.world
	call(w, "UpdateWorkspaceAgentLifecycleStateByID", w.store.UpdateWorkspaceAgentLifecycleStateByID,
		tasktwin.UpdateWorkspaceAgentLifecycleStateByIDParams{ID: id, LifecycleState: state, UpdatedAt: w.Clock.Now()})
}

// SetHealth sets the health of the task's app, from which its status is derived while the
// agent is ready.
func (t *Task) SetHealth(health tasktwin.WorkspaceAppHealth) *Task {
	t.world.t.Helper()
	w := t.world
	call(w, "UpdateWorkspaceAppHealthByID", w.store.UpdateWorkspaceAppHealthByID, tasktwin.UpdateWorkspaceAppHealthByIDParams{
		ID: t.bound("SetHealth").WorkspaceAppID.UUID, Health: health,
	})
	return t
}

// SetJob changes the job of the latest build. The edits get its columns as they are, apart
// from UpdatedAt, which is the clock's time. A job that still runs is
//
//	task.SetJob(func(p *tasktwin.UpdateProvisionerJobByIDParams) { p.CompletedAt.Valid = false })
func (t *Task) SetJob(edits ...func(*tasktwin.UpdateProvisionerJobByIDParams)) *Task {
	t.world.t.Helper()
	w := t.world
	arg := updateOf(call(w, "GetProvisionerJobByID", w.store.GetProvisionerJobByID, t.latest("SetJob").JobID))
	arg.UpdatedAt = w.Clock.Now()
	edit(w, &arg, edits)
	call(w, "UpdateProvisionerJobByID", w.store.UpdateProvisionerJobByID, arg)
	return t
}
