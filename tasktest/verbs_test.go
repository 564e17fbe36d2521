package tasktest_test

import (
	"slices"
	"testing"
	"time"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/tasktest"
)

// expect fails if a task does not have a status.
func expect(t *testing.T, task *tasktest.Task, want tasktwin.TaskStatus) {
	t.Helper()
	if got := task.Get(); got.Status != want {
		t.Errorf("the status is %s, want %s: %s", got.Status, want, got.StatusDebug)
	}
}

// The life of a task, with what telemetry says of it.
func TestLife(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	begin := w.Clock.Now()
	task := w.Pending()
	expect(t, task, tasktwin.TaskStatusPending)

	w.Clock.Advance(time.Minute)
	expect(t, task.Start(), tasktwin.TaskStatusActive)
	first := task.App()
	task.Working()
	w.Clock.Advance(10 * time.Minute)
	task.Idle()
	w.Clock.Advance(30 * time.Minute)
	expect(t, task.Pause(tasktwin.BuildReasonTaskAutoPause), tasktwin.TaskStatusPaused)
	if agent := task.Agent(); agent.LifecycleState != tasktwin.WorkspaceAgentLifecycleStateOff || agent.ID != first.AgentID {
		t.Errorf("the agent of the pause is %s", agent.LifecycleState)
	}

	w.Clock.Advance(2 * time.Hour)
	expect(t, task.Resume(), tasktwin.TaskStatusActive)
	second := task.App()
	if build := task.Build(); second.ID == first.ID || second.AgentID == first.AgentID || build.BuildNumber != 3 {
		t.Errorf("resumed by build %d with %s of %s", build.BuildNumber, tasktest.Describe(second.ID), tasktest.Describe(second.AgentID))
	}
	w.Clock.Advance(3 * time.Second)
	task.Complete()

	rows, err := w.Store().GetTelemetryTaskEvents(t.Context(), tasktwin.GetTelemetryTaskEventsParams{Now: w.Clock.Now()})
	if err != nil || len(rows) != 1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	got := rows[0]
	if got.ActiveDurationMS != (10*time.Minute).Milliseconds() || got.StopBuildReason.V != tasktwin.BuildReasonTaskAutoPause ||
		got.StartBuildReason.V != tasktwin.BuildReasonTaskResume || got.WorkspaceAppID.UUID != second.ID {
		t.Errorf("%+v", got)
	}
	for _, c := range []struct {
		what string
		at   time.Time
		want time.Duration // after the begin
	}{
		{"stopped", got.StopBuildCreatedAt.Time, 41 * time.Minute},
		{"started", got.StartBuildCreatedAt.Time, 161 * time.Minute},
		{"worked last", got.LastWorkingStatusAt.Time, time.Minute},
		{"reported again", got.FirstStatusAfterResumeAt.Time, 161*time.Minute + 3*time.Second},
	} {
		if c.at.Sub(begin) != c.want {
			t.Errorf("%s %v after the begin, want %v", c.what, c.at.Sub(begin), c.want)
		}
	}
}

func TestVerbsHaveEdits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	reason := func(p *tasktwin.InsertWorkspaceBuildParams) { p.Reason = tasktwin.BuildReasonCLI }
	number := func(p *tasktwin.InsertWorkspaceBuildParams) { p.BuildNumber = 7 }
	task := w.Pending().Start(reason)
	if got := task.Build().Reason; got != tasktwin.BuildReasonCLI {
		t.Errorf("started by %s", got)
	}
	expect(t, task.Pause(tasktwin.BuildReasonAutostop, number), tasktwin.TaskStatusPaused)
	if got := task.Build(); got.Reason != tasktwin.BuildReasonAutostop || got.BuildNumber != 7 {
		t.Errorf("paused by %s, build %d", got.Reason, got.BuildNumber)
	}
	expect(t, task.Resume(reason), tasktwin.TaskStatusActive)
	if got := task.Build(); got.Reason != tasktwin.BuildReasonCLI || got.BuildNumber != 8 {
		t.Errorf("resumed by %s, build %d", got.Reason, got.BuildNumber)
	}
	task.Working(func(p *tasktwin.InsertWorkspaceAppStatusParams) { p.Message = "Reading" })
	if got := task.Statuses(); len(got) != 1 || got[0].Message != "Reading" {
		t.Errorf("reported %v", got)
	}
}

func TestReports(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	task := w.Active()
	for _, report := range []func(...tasktest.StatusEdit) *tasktest.Task{task.Working, task.Idle, task.Complete, task.Failure} {
		report()
		w.Clock.Advance(time.Second)
	}
	var got []tasktwin.WorkspaceAppStatusState
	for _, row := range task.Statuses() {
		got = append(got, row.State)
	}
	want := []tasktwin.WorkspaceAppStatusState{
		tasktwin.WorkspaceAppStatusStateWorking, tasktwin.WorkspaceAppStatusStateIdle,
		tasktwin.WorkspaceAppStatusStateComplete, tasktwin.WorkspaceAppStatusStateFailure,
	}
	if !slices.Equal(got, want) {
		t.Errorf("reported %v, want %v", got, want)
	}
	expect(t, task, tasktwin.TaskStatusActive)
}

// What a status is derived from can be set directly.
func TestSetters(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	task := w.Initializing()
	expect(t, task.Ready(), tasktwin.TaskStatusActive)
	expect(t, task.SetAgent(tasktwin.WorkspaceAgentLifecycleStateStartError), tasktwin.TaskStatusActive)
	expect(t, task.SetAgent(tasktwin.WorkspaceAgentLifecycleStateCreated), tasktwin.TaskStatusInitializing)
	expect(t, task.Ready().SetHealth(tasktwin.WorkspaceAppHealthUnhealthy), tasktwin.TaskStatusError)
	task.Ready()
	w.Clock.Advance(time.Minute)
	task.SetJob(func(p *tasktwin.UpdateProvisionerJobByIDParams) {
		p.CompletedAt.Valid, p.StartedAt.Valid = false, false
	})
	expect(t, task, tasktwin.TaskStatusPending)
	if job := task.Job(); job.JobStatus != tasktwin.ProvisionerJobStatusPending || !job.UpdatedAt.Equal(w.Clock.Now()) {
		t.Errorf("the job is %s, updated at %v", job.JobStatus, job.UpdatedAt)
	}
	expect(t, task.FailBuild("no image"), tasktwin.TaskStatusError)
	if job := task.Job(); job.Error.String != "no image" {
		t.Errorf("the error is %q", job.Error.String)
	}
	expect(t, task.Pause(tasktwin.BuildReasonFailedstop), tasktwin.TaskStatusPaused)
}

// Methods look into the store, so that others may move the task as well.
func TestOthersMoveTasks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mine := w.Pending()
	same := w.Find(mine.ID)
	same.Start()
	expect(t, w.Find(mine.ID).Pause(tasktwin.BuildReasonTaskManualPause), tasktwin.TaskStatusPaused)
	expect(t, same.Resume(), tasktwin.TaskStatusActive)
	if same.Build().BuildNumber != 3 || same.Workspace().ID != same.WorkspaceID.UUID {
		t.Errorf("build %d", same.Build().BuildNumber)
	}
}
