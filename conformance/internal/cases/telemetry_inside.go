package cases

import (
	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
)

var telemetryInsideCases = []Case{
	{
		Name:    "telemetry/asked for again after each change, in a transaction and outside",
		Methods: "GetTelemetryTaskEvents",
		Run:     TelemetryAskedForAgainAfterEachChangeInATransactionAndOutside,
	},
	{Name: "task/a workspace that is beside NULL", Methods: "UpdateTaskWorkspaceID", Run: TaskAWorkspaceThatIsBesideNULL},
}

func init() { register(telemetryInsideCases) }

// TelemetryAskedForAgainAfterEachChangeInATransactionAndOutside reads telemetry
// before and after each change, so that an engine that caches it has to notice the
// change.
func TelemetryAskedForAgainAfterEachChangeInATransactionAndOutside(t TB, f *Fixture) {
	outside := newStory(f)
	changes := func(s *story) {
		expect := func(what string, active float64) {
			t.Helper()
			equal(t, what, s.onlyEvent(10).ActiveDurationMS, minutes(active))
		}
		s.bindApp(1)
		first := s.app
		s.report(working, 1)
		s.report(idle, 3)
		expect("one interval", 2)
		s.report(working, 5)
		expect("one that lasts", 7)
		s.report(idle, 2)
		expect("an end that came late", 6)
		s.build(s.ws, 2, stop, 8, autoPause)
		expect("a stop", 4)
		equal(t, "last working before the stop", s.onlyEvent(10).LastWorkingStatusAt, nullTime(at(5)))
		s.report(complete, 6)
		expect("an end before the stop", 2)
		s.report(working, 9)
		expect("work after the stop", 1)
		equal(t, "last working before the stop", s.onlyEvent(10).LastWorkingStatusAt, nullTime(at(5)))
		s.build(s.ws, 3, start, 8.5, resume)
		equal(t, "first after the resume", s.onlyEvent(10).FirstStatusAfterResumeAt, nullTime(at(9)))
		s.report(idle, 8.75)
		equal(t, "an earlier one", s.onlyEvent(10).FirstStatusAfterResumeAt, nullTime(at(8.75)))
		expect("running again", 3)
		s.bindApp(3)
		expect("another app", 3)
		equal(t, "none of that app", s.onlyEvent(10).FirstStatusAfterResumeAt.Valid, false)
		s.report(failed, 9.5)
		expect("an end by that app", 2.5)
		equal(t, "the first of that app", s.onlyEvent(10).FirstStatusAfterResumeAt, nullTime(at(9.5)))
		s.bind(s.task.ID, 4, uuid.NullUUID{}, nullUUID(first.ID))
		expect("the first app twice", 2.5)
		if _, err := s.UpdateTaskPrompt(s.ctx, tasktwin.UpdateTaskPromptParams{ID: s.task.ID, Prompt: "again"}); err != nil {
			t.Error(err)
		}
		expect("another prompt", 2.5)
		if _, err := s.DeleteTask(s.ctx, tasktwin.DeleteTaskParams{ID: s.task.ID, DeletedAt: at(10)}); err != nil {
			t.Error(err)
		}
		s.report(working, 9.75)
		equal(t, "no task", len(s.events(-1, 10)), 0)
	}
	err := f.InTx(f.ctx, func(tx tasktwin.Store) error {
		inside := *outside
		inside.Fixture = f.on(tx)
		changes(&inside)
		return program.ErrRollback
	}, nil)
	equal(t, "the transaction", stores.Describe(err), stores.Describe(program.ErrRollback))
	changes(outside)
}

func TaskAWorkspaceThatIsBesideNULL(t TB, f *Fixture) {
	f.base()
	task, ws := f.task(uuid.NullUUID{}), f.workspace()
	_, err := f.UpdateTaskWorkspaceID(f.ctx, tasktwin.UpdateTaskWorkspaceIDParams{ID: task.ID, WorkspaceID: uuid.NullUUID{UUID: ws.ID}})
	noRows(t, "NULL", err)
	// A version without a template matches no workspace, even if the template's id
	// equals the value beside NULL.
	template, version := f.newTemplate("nil"), f.newVersion("of none")
	template.ID, version.TemplateID = uuid.Nil, uuid.NullUUID{}
	f.template = must[tasktwin.Template](t)(f.InsertTemplate(f.ctx, template))
	f.version = must[tasktwin.TemplateVersion](t)(f.InsertTemplateVersion(f.ctx, version))
	task, ws = f.task(uuid.NullUUID{}), f.workspace()
	_, err = f.UpdateTaskWorkspaceID(f.ctx, tasktwin.UpdateTaskWorkspaceIDParams{ID: task.ID, WorkspaceID: nullUUID(ws.ID)})
	noRows(t, "a version without a template", err)
}
