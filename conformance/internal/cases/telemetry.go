package cases

import (
	"database/sql"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// Short names for states, transitions and reasons.
const (
	working  = tasktwin.WorkspaceAppStatusStateWorking
	complete = tasktwin.WorkspaceAppStatusStateComplete
	failed   = tasktwin.WorkspaceAppStatusStateFailure
	idle     = tasktwin.WorkspaceAppStatusStateIdle
	start    = tasktwin.WorkspaceTransitionStart
	stop     = tasktwin.WorkspaceTransitionStop

	autoPause = tasktwin.BuildReasonTaskAutoPause
	resume    = tasktwin.BuildReasonTaskResume
	initiator = tasktwin.BuildReasonInitiator
)

// story is a task in a workspace whose first build is at minute 0.
type story struct {
	*Fixture
	ws    uuid.UUID
	agent uuid.UUID
	task  tasktwin.Task
	app   tasktwin.WorkspaceApp
}

func newStory(f *Fixture) *story {
	f.t.Helper()
	f.base()
	s := &story{Fixture: f, ws: f.workspace().ID, agent: f.agent(tasktwin.WorkspaceAgentLifecycleStateReady).ID}
	s.task = f.task(nullUUID(s.ws))
	f.build(s.ws, 1, start, 0, initiator)
	return s
}

// bindApp binds a new app to the task under a build number.
func (s *story) bindApp(number int32) {
	s.t.Helper()
	s.app = s.Fixture.app(s.agent, tasktwin.WorkspaceAppHealthHealthy)
	s.bind(s.task.ID, number, nullUUID(s.agent), nullUUID(s.app.ID))
}

// report reports a state at each of the minutes.
func (s *story) report(state tasktwin.WorkspaceAppStatusState, minutes ...float64) {
	s.t.Helper()
	for _, m := range minutes {
		s.status(s.app, s.ws, state, m)
	}
}

// events returns the rows of all builds after minute since.
func (s *story) events(since, now float64) []tasktwin.GetTelemetryTaskEventsRow {
	s.t.Helper()
	return s.taskEvents(tasktwin.GetTelemetryTaskEventsParams{CreatedAfter: at(since), Now: at(now)})
}

// onlyEvent returns the single row of builds after minute -1.
func (s *story) onlyEvent(now float64) tasktwin.GetTelemetryTaskEventsRow {
	s.t.Helper()
	rows := s.events(-1, now)
	if len(rows) != 1 {
		s.t.Fatalf("got %d rows, want 1", len(rows))
	}
	return rows[0]
}

// started returns the row of a story after its first build.
func (s *story) started() tasktwin.GetTelemetryTaskEventsRow {
	row := tasktwin.GetTelemetryTaskEventsRow{
		TaskID: s.task.ID, WorkspaceID: nullUUID(s.ws), StartBuildCreatedAt: nullTime(at(0)), StartBuildReason: nullOf(initiator),
		StartBuildNumber: sql.NullInt32{Int32: 1, Valid: true},
	}
	if s.app.ID != uuid.Nil {
		row.WorkspaceAppID = nullUUID(s.app.ID)
	}
	return row
}

func minutes(m float64) int64 { return int64(m * 60_000) }

var telemetryCases = []Case{
	{Name: "telemetry/which tasks have a row", Methods: "GetTelemetryTaskEvents", Run: TelemetryWhichTasksHaveARow},
	{Name: "telemetry/no bindings", Methods: "GetTelemetryTaskEvents", Run: TelemetryNoBindings},
	{Name: "telemetry/working until now", Methods: "GetTelemetryTaskEvents", Run: TelemetryWorkingUntilNow},
	{Name: "telemetry/paused", Methods: "GetTelemetryTaskEvents", Run: TelemetryPaused},
	{Name: "telemetry/a stop without a start", Methods: "GetTelemetryTaskEvents", Run: TelemetryAStopWithoutAStart},
	{Name: "telemetry/several pauses, a new app per resume", Methods: "GetTelemetryTaskEvents", Run: TelemetrySeveralPausesANewAppPerResume},
	{Name: "telemetry/a boundary cuts off work", Methods: "GetTelemetryTaskEvents", Run: TelemetryABoundaryCutsOffWork},
	{
		Name:    "telemetry/the first status after a resume is of the last app",
		Methods: "GetTelemetryTaskEvents",
		Run:     TelemetryTheFirstStatusAfterAResumeIsOfTheLastApp,
	},
	{
		Name:    "telemetry/the highest number, not the latest in time",
		Methods: "GetTelemetryTaskEvents",
		Run:     TelemetryTheHighestNumberNotTheLatestInTime,
	},
	{Name: "telemetry/an app bound twice comes twice", Methods: "GetTelemetryTaskEvents", Run: TelemetryAnAppBoundTwiceComesTwice},
	{
		Name:    "telemetry/statuses at one instant, in the enum's order",
		Methods: "GetTelemetryTaskEvents",
		Run:     TelemetryStatusesAtOneInstantInTheEnumsOrder,
	},
	{
		Name:    "telemetry/rounding, once and half away from zero",
		Methods: "GetTelemetryTaskEvents",
		Run:     TelemetryRoundingOnceAndHalfAwayFromZero,
	},
}

func init() { register(telemetryCases) }

func TelemetryWhichTasksHaveARow(t TB, f *Fixture) {
	equal(t, "none", f.taskEvents(tasktwin.GetTelemetryTaskEventsParams{}), []tasktwin.GetTelemetryTaskEventsRow{})
	s := newStory(f)
	f.task(uuid.NullUUID{})             // no workspace
	f.task(nullUUID(f.workspace().ID))  // no build
	second := f.task(nullUUID(s.ws)).ID // a second on the same workspace
	gone := f.task(nullUUID(s.ws)).ID   // deleted
	must[uuid.UUID](t)(f.DeleteTask(f.ctx, tasktwin.DeleteTaskParams{ID: gone, DeletedAt: at(1)}))
	other := s.started()
	other.TaskID = second
	equal(t, "by id", s.events(-1, 5), []tasktwin.GetTelemetryTaskEventsRow{s.started(), other})
	equal(t, "builds must be later, not as late", s.events(0, 5), []tasktwin.GetTelemetryTaskEventsRow{})
	f.build(s.ws, 2, tasktwin.WorkspaceTransitionDelete, 2, initiator)
	equal(t, "any transition counts", len(s.events(1, 5)), 2)
}

func TelemetryNoBindings(t TB, f *Fixture) {
	s := newStory(f)
	equal(t, "row", s.onlyEvent(5), s.started())
	s.bind(s.task.ID, 1, nullUUID(s.agent), uuid.NullUUID{})
	equal(t, "a binding without an app", s.onlyEvent(5), s.started())
}

func TelemetryWorkingUntilNow(t TB, f *Fixture) {
	s := newStory(f)
	s.bindApp(1)
	s.report(working, 1)
	want := s.started()
	want.LastWorkingStatusAt, want.FirstStatusAfterResumeAt, want.ActiveDurationMS = nullTime(at(1)), nullTime(at(1)), minutes(4)
	equal(t, "open interval", s.onlyEvent(5), want)
	s.report(idle, 3)
	want.ActiveDurationMS = minutes(2)
	equal(t, "closed interval", s.onlyEvent(5), want)
	s.report(working, 6)
	want.LastWorkingStatusAt, want.ActiveDurationMS = nullTime(at(6)), minutes(1)
	equal(t, "now is earlier than the last status: a negative interval", s.onlyEvent(5), want)
	want.ActiveDurationMS = minutes(-3)
	equal(t, "a negative sum", s.onlyEvent(1), want)
}

func TelemetryPaused(t TB, f *Fixture) {
	s := newStory(f)
	s.bindApp(1)
	s.report(working, 1)
	f.build(s.ws, 2, stop, 4, autoPause)
	want := s.started()
	want.StopBuildCreatedAt, want.StopBuildReason = nullTime(at(4)), nullOf(autoPause)
	want.LastWorkingStatusAt, want.ActiveDurationMS = nullTime(at(1)), minutes(3)
	equal(t, "ends at the boundary", s.onlyEvent(60), want)
	s.report(working, 5)
	want.ActiveDurationMS = minutes(3 - 1)
	equal(t, "a status after the stop: not the last one working, and negative", s.onlyEvent(60), want)
	s.report(idle, 4)
	want.ActiveDurationMS = minutes(3 - 1)
	equal(t, "a status at the instant of the stop comes before it", s.onlyEvent(60), want)
}

func TelemetryAStopWithoutAStart(t TB, f *Fixture) {
	s := newStory(f)
	ws := f.workspace().ID
	s.ws, s.task = ws, f.task(nullUUID(ws))
	f.build(ws, 1, stop, 9, tasktwin.BuildReasonTaskManualPause)
	s.bindApp(1)
	s.report(working, 2)
	rows := s.events(8, 60)
	equal(t, "rows", rows, []tasktwin.GetTelemetryTaskEventsRow{{
		TaskID: s.task.ID, WorkspaceID: nullUUID(ws), WorkspaceAppID: nullUUID(s.app.ID), StopBuildCreatedAt: nullTime(at(9)),
		StopBuildReason: nullOf(tasktwin.BuildReasonTaskManualPause), LastWorkingStatusAt: nullTime(at(2)), ActiveDurationMS: minutes(7),
	}})
}

func TelemetrySeveralPausesANewAppPerResume(t TB, f *Fixture) {
	s := newStory(f)
	s.bindApp(1)
	s.report(working, 1)
	s.report(idle, 3)
	for cycle := range 3 {
		m, n := float64(10*(cycle+1)), int32(2*(cycle+1))
		f.build(s.ws, n, stop, m, autoPause)
		f.build(s.ws, n+1, start, m+5, resume)
		s.bindApp(n + 1)
		s.report(working, m+6)
		s.report(idle, m+8)
	}
	equal(t, "row", s.onlyEvent(60), tasktwin.GetTelemetryTaskEventsRow{
		TaskID: s.task.ID, WorkspaceID: nullUUID(s.ws), WorkspaceAppID: nullUUID(s.app.ID),
		StopBuildCreatedAt: nullTime(at(30)), StopBuildReason: nullOf(autoPause),
		StartBuildCreatedAt: nullTime(at(35)), StartBuildReason: nullOf(resume), StartBuildNumber: sql.NullInt32{Int32: 7, Valid: true},
		LastWorkingStatusAt: nullTime(at(26)), FirstStatusAfterResumeAt: nullTime(at(36)), ActiveDurationMS: minutes(8),
	})
}

func TelemetryABoundaryCutsOffWork(t TB, f *Fixture) {
	s := newStory(f)
	s.bindApp(1)
	s.report(working, 1)
	f.build(s.ws, 2, stop, 3, autoPause)
	f.build(s.ws, 3, start, 8, resume)
	want := s.started()
	want.StopBuildCreatedAt, want.StopBuildReason = nullTime(at(3)), nullOf(autoPause)
	want.StartBuildCreatedAt, want.StartBuildReason = nullTime(at(8)), nullOf(resume)
	want.StartBuildNumber = sql.NullInt32{Int32: 3, Valid: true}
	want.LastWorkingStatusAt, want.ActiveDurationMS = nullTime(at(1)), minutes(2)
	equal(t, "row", s.onlyEvent(60), want)
	s.report(working, 8)
	equal(t, "work at the instant of the start counts nothing, and is no status after it", s.onlyEvent(60), want)
	s.report(complete, 9)
	want.FirstStatusAfterResumeAt = nullTime(at(9))
	equal(t, "strictly later", s.onlyEvent(60), want)
}

func TelemetryTheFirstStatusAfterAResumeIsOfTheLastApp(t TB, f *Fixture) {
	s := newStory(f)
	s.bindApp(1)
	old := s.app
	f.build(s.ws, 2, stop, 3, autoPause)
	f.build(s.ws, 3, start, 5, resume)
	s.bindApp(3)
	f.status(old, s.ws, idle, 6)
	s.report(failed, 8, 7)
	equal(t, "at", s.onlyEvent(60).FirstStatusAfterResumeAt, nullTime(at(7)))
	s.bind(s.task.ID, 4, nullUUID(s.agent), uuid.NullUUID{})
	row := s.onlyEvent(60)
	equal(t, "a newer binding has no app", []any{row.FirstStatusAfterResumeAt, row.WorkspaceAppID}, []any{sql.NullTime{}, uuid.NullUUID{}})
}

func TelemetryTheHighestNumberNotTheLatestInTime(t TB, f *Fixture) {
	s := newStory(f)
	s.bindApp(1)
	s.report(working, 1)
	f.build(s.ws, 3, stop, 10, autoPause)
	f.build(s.ws, 4, stop, 5, tasktwin.BuildReasonAutostop)
	f.build(s.ws, 5, start, 5, resume)
	row := s.onlyEvent(60)
	equal(t, "stop", []any{row.StopBuildCreatedAt, row.StopBuildReason}, []any{nullTime(at(5)), nullOf(tasktwin.BuildReasonAutostop)})
	equal(t, "a start at the instant of the stop is not after it", row.FirstStatusAfterResumeAt, sql.NullTime{})
	equal(t, "active", row.ActiveDurationMS, minutes(4))
}

func TelemetryAnAppBoundTwiceComesTwice(t TB, f *Fixture) {
	s := newStory(f)
	s.bindApp(1)
	s.bind(s.task.ID, 2, nullUUID(s.agent), nullUUID(s.app.ID))
	s.report(working, 1)
	s.report(idle, 3)
	equal(t, "the first of the two lasts no time", s.onlyEvent(60).ActiveDurationMS, minutes(2))
	s.report(working, 10)
	equal(t, "so does the second pair", s.onlyEvent(11).ActiveDurationMS, minutes(3))
}

func TelemetryStatusesAtOneInstantInTheEnumsOrder(t TB, f *Fixture) {
	s := newStory(f)
	s.bindApp(1)
	for _, state := range []tasktwin.WorkspaceAppStatusState{idle, failed, complete, working} {
		s.report(state, 1)
	}
	equal(t, "work that ends as it begins counts nothing", s.onlyEvent(60).ActiveDurationMS, int64(0))
}

func TelemetryRoundingOnceAndHalfAwayFromZero(t TB, f *Fixture) {
	s := newStory(f)
	s.bindApp(1)
	insert := func(state tasktwin.WorkspaceAppStatusState, d time.Duration) {
		arg := f.newStatus(s.app, s.ws, state, 1)
		arg.CreatedAt = arg.CreatedAt.Add(d)
		must[tasktwin.WorkspaceAppStatus](t)(f.InsertWorkspaceAppStatus(f.ctx, arg))
	}
	const us = time.Microsecond
	insert(working, 0)
	insert(idle, 1_250*us)
	insert(working, 10_000*us)
	insert(idle, 11_249*us)
	equal(t, "2.499", s.onlyEvent(60).ActiveDurationMS, int64(2))
	insert(working, 20_000*us)
	insert(idle, 20_001*us)
	equal(t, "2.500", s.onlyEvent(60).ActiveDurationMS, int64(3))
	insert(working, time.Minute+5_000*us)
	equal(t, "2.5 - 5.0 = -2.5", s.onlyEvent(2).ActiveDurationMS, int64(-3))
}
