package cases

import (
	"context"
	"database/sql"
	"errors"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

var currentStateCases = []Case{
	{Name: "current state/of a task that is started, paused and resumed", Run: CurrentStateOfATaskThatIsStartedPausedAndResumed},
	{Name: "current state/of the bound app only", Run: CurrentStateOfTheBoundAppOnly},
	{Name: "current state/of rows that are gone", Run: CurrentStateOfRowsThatAreGone},
	{Name: "current state/of a query that fails", Run: CurrentStateOfAQueryThatFails},
}

func init() { register(currentStateCases) }

// showsState asserts the current state of a task. State and message are empty if there
// is to be none.
func (f *Fixture) showsState(task uuid.UUID, what string, minutes float64, state tasktwin.WorkspaceAppStatusState, message string) {
	f.t.Helper()
	var want *tasktwin.CurrentState
	if message != "" {
		want = &tasktwin.CurrentState{Timestamp: at(minutes), State: state, Message: message}
	}
	row := must[tasktwin.TaskWithStatus](f.t)(f.GetTaskByID(f.ctx, task))
	equal(f.t, what, must[*tasktwin.CurrentState](f.t)(tasktwin.GetCurrentState(f.ctx, f.Store, row)), want)
}

// showsStart asserts that a start of some minutes is doing something.
func (f *Fixture) showsStart(task uuid.UUID, minutes float64, message string) {
	f.t.Helper()
	f.showsState(task, message, minutes, tasktwin.WorkspaceAppStatusStateWorking, message)
}

// startingBuild inserts a start build with a pending job.
func (f *Fixture) startingBuild(workspace uuid.UUID, number int32, minutes float64) tasktwin.ProvisionerJob {
	f.t.Helper()
	arg := f.newBuild(workspace, number, tasktwin.WorkspaceTransitionStart, minutes)
	job := f.job()
	arg.JobID = job.ID
	must[tasktwin.WorkspaceBuild](f.t)(f.InsertWorkspaceBuild(f.ctx, arg))
	return job
}

func (f *Fixture) setJob(job tasktwin.ProvisionerJob, started, completed sql.NullTime) {
	f.t.Helper()
	must[tasktwin.ProvisionerJob](f.t)(f.UpdateProvisionerJobByID(f.ctx, tasktwin.UpdateProvisionerJobByIDParams{
		ID: job.ID, StartedAt: started, CompletedAt: completed, UpdatedAt: at(1),
	}))
}

func CurrentStateOfATaskThatIsStartedPausedAndResumed(t TB, f *Fixture) {
	f.base()
	const working, idle = tasktwin.WorkspaceAppStatusStateWorking, tasktwin.WorkspaceAppStatusStateIdle
	loose := f.task(uuid.NullUUID{}).ID
	f.showsState(loose, "without a workspace", 0, "", "")
	ws := f.workspace().ID
	task := f.task(nullUUID(ws)).ID
	f.showsState(task, "without a build", 0, "", "")

	job := f.startingBuild(ws, 1, 1)
	f.showsStart(task, 1, tasktwin.MessageWorkspacePending)
	f.setJob(job, nullTime(at(1)), sql.NullTime{})
	f.showsStart(task, 1, tasktwin.MessageWorkspaceStarting)
	f.setJob(job, nullTime(at(1)), nullTime(at(2)))
	f.showsStart(task, 1, tasktwin.MessageAgentAwaited)
	agent := f.agent(tasktwin.WorkspaceAgentLifecycleStateCreated)
	app := f.app(agent.ID, tasktwin.WorkspaceAppHealthInitializing)
	f.bind(task, 1, nullUUID(agent.ID), nullUUID(app.ID))
	f.showsStart(task, 1, tasktwin.MessageAgentAwaited)
	lifecycle := func(state tasktwin.WorkspaceAgentLifecycleState) {
		t.Helper()
		must[tasktwin.WorkspaceAgent](t)(f.UpdateWorkspaceAgentLifecycleStateByID(f.ctx,
			tasktwin.UpdateWorkspaceAgentLifecycleStateByIDParams{ID: agent.ID, LifecycleState: state, UpdatedAt: at(2)}))
	}
	lifecycle(tasktwin.WorkspaceAgentLifecycleStateStarting)
	f.showsStart(task, 1, tasktwin.MessageAgentStarting)
	lifecycle(tasktwin.WorkspaceAgentLifecycleStateReady)
	f.showsStart(task, 1, tasktwin.MessageAppInitializing)
	f.status(app, ws, idle, 1)
	f.showsStart(task, 1, tasktwin.MessageAppInitializing) // at the start, not after it
	must[tasktwin.WorkspaceApp](t)(f.UpdateWorkspaceAppHealthByID(f.ctx,
		tasktwin.UpdateWorkspaceAppHealthByIDParams{ID: app.ID, Health: tasktwin.WorkspaceAppHealthHealthy}))
	f.showsState(task, "before the first status", 0, "", "")
	f.status(app, ws, working, 1+1.0/60_000_000)
	f.showsState(task, "a status a microsecond after the start", 1+1.0/60_000_000, working, "working")
	f.status(app, ws, idle, 3)
	f.showsState(task, "a later status", 3, idle, "idle")
	f.status(app, ws, working, 3)
	f.showsState(task, "a status of the same instant with a higher id", 3, working, "working")

	f.build(ws, 2, tasktwin.WorkspaceTransitionStop, 4, tasktwin.BuildReasonTaskAutoPause)
	f.showsState(task, "paused", 3, working, "working")
	job = f.startingBuild(ws, 3, 5)
	f.showsStart(task, 5, tasktwin.MessageWorkspacePending)
	f.setJob(job, nullTime(at(5)), nullTime(at(6)))
	f.showsStart(task, 5, tasktwin.MessageAgentAwaited) // bound under an earlier build only
	f.status(app, ws, idle, 7)
	f.showsState(task, "resumed", 7, idle, "idle")
	f.build(ws, 4, tasktwin.WorkspaceTransitionDelete, 8, tasktwin.BuildReasonInitiator)
	f.showsState(task, "while its workspace is deleted", 7, idle, "idle")
}

func CurrentStateOfTheBoundAppOnly(_ TB, f *Fixture) {
	f.base()
	ws := f.workspace().ID
	task := f.task(nullUUID(ws)).ID
	f.build(ws, 1, tasktwin.WorkspaceTransitionStart, 1, tasktwin.BuildReasonInitiator)
	old, app := f.twoApps()
	f.status(old, ws, tasktwin.WorkspaceAppStatusStateFailure, 3)
	f.bind(task, 1, nullUUID(old.AgentID), nullUUID(old.ID))
	f.showsState(task, "of the app", 3, tasktwin.WorkspaceAppStatusStateFailure, "failure")
	f.build(ws, 2, tasktwin.WorkspaceTransitionStart, 2, tasktwin.BuildReasonTaskResume)
	f.showsState(task, "of the app of an earlier build, after the start", 3, tasktwin.WorkspaceAppStatusStateFailure, "failure")
	f.bind(task, 2, nullUUID(app.AgentID), nullUUID(app.ID))
	f.showsState(task, "of the new app, which has none", 0, "", "")
	f.status(app, ws, tasktwin.WorkspaceAppStatusStateComplete, 2.5)
	f.showsState(task, "of the new app", 2.5, tasktwin.WorkspaceAppStatusStateComplete, "complete")
	f.bind(task, 3, nullUUID(app.AgentID), uuid.NullUUID{})
	f.showsState(task, "of no app", 2, tasktwin.WorkspaceAppStatusStateWorking, tasktwin.MessageAgentAwaited)
}

func CurrentStateOfRowsThatAreGone(t TB, f *Fixture) {
	f.base()
	ws := f.workspace().ID
	task := f.task(nullUUID(ws)).ID
	f.build(ws, 1, tasktwin.WorkspaceTransitionStart, 1, tasktwin.BuildReasonInitiator)
	_, app := f.twoApps()
	f.bind(task, 1, nullUUID(app.AgentID), nullUUID(app.ID))
	row := must[tasktwin.TaskWithStatus](t)(f.GetTaskByID(f.ctx, task))
	_, err := f.UpdateWorkspaceAppHealthByID(f.ctx,
		tasktwin.UpdateWorkspaceAppHealthByIDParams{ID: app.ID, Health: tasktwin.WorkspaceAppHealthInitializing})
	succeeds(t, "update the app", err)
	f.showsStart(task, 1, tasktwin.MessageAppInitializing)
	state := func() *tasktwin.CurrentState {
		return must[*tasktwin.CurrentState](t)(tasktwin.GetCurrentState(f.ctx, f.Store, row))
	}
	equal(t, "the row from before the update", state(), (*tasktwin.CurrentState)(nil))
	must[uuid.UUID](t)(f.DeleteTask(f.ctx, tasktwin.DeleteTaskParams{ID: task, DeletedAt: at(2)}))
	must[uuid.UUID](t)(f.DeleteWorkspaceAppByID(f.ctx, app.ID))
	must[uuid.UUID](t)(f.DeleteWorkspaceByID(f.ctx, ws))
	row.WorkspaceAppHealth = nullOf(tasktwin.WorkspaceAppHealthInitializing)
	equal(t, "without a build", state(), (*tasktwin.CurrentState)(nil))
}

func CurrentStateOfAQueryThatFails(t TB, f *Fixture) {
	f.base()
	task := must[tasktwin.TaskWithStatus](t)(f.GetTaskByID(f.ctx, f.task(nullUUID(f.workspace().ID)).ID))
	ids := []uuid.UUID{task.WorkspaceID.UUID}
	err := f.tx(nil, func(tx *Fixture) error {
		_, err := tx.InsertTask(tx.ctx, tx.newTask(task.Name, uuid.NullUUID{}))
		fails(t, "a second name", err, uniqueViolation("tasks", string(tasktwin.UniqueTasksOwnerIDNameUniqueIdx)))
		_, err = tasktwin.GetCurrentState(tx.ctx, tx.Store, task)
		fails(t, "state", err, aborted)
		_, err = tx.GetTasksByWorkspaceIDs(tx.ctx, ids)
		fails(t, "tasks", err, aborted)
		_, err = tx.GetLatestWorkspaceAppStatusesByWorkspaceIDs(tx.ctx, nil)
		fails(t, "statuses of no workspaces", err, aborted)
		_, err = tx.GetWorkspaceAppStatusesByAppIDs(tx.ctx, []uuid.UUID{})
		fails(t, "statuses of no apps", err, aborted)
		_, err = tx.GetLatestWorkspaceAppStatusByAppID(tx.ctx, absent)
		fails(t, "status", err, aborted)
		return errors.New("roll back")
	})
	if err == nil {
		t.Error("the transaction has committed")
	}
	done, cancel := context.WithCancel(f.ctx)
	cancel()
	_, err = tasktwin.GetCurrentState(done, f.Store, task)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want a context that is canceled", err)
	}
	succeeds(t, "close", f.Close())
	_, err = tasktwin.GetCurrentState(f.ctx, f.Store, task)
	if !errors.Is(err, tasktwin.ErrClosed) {
		t.Errorf("got %v, want ErrClosed", err)
	}
}
