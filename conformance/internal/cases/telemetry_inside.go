package cases

import (
	"testing"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/lockstep"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
)

var telemetryInsideCases = []Case{
	{Name: "telemetry/asked for again after each change, in a transaction and outside", Methods: "GetTelemetryTaskEvents", Run: TelemetryAskedForAgainAfterEachChangeInATransactionAndOutside},
	{Name: "task/a workspace that is beside NULL", Methods: "UpdateTaskWorkspaceID", Run: TaskAWorkspaceThatIsBesideNULL},
}

// TelemetryAskedForAgainAfterEachChangeInATransactionAndOutside asks before and
// after each row: what has been asked for once changes with it.
func TelemetryAskedForAgainAfterEachChangeInATransactionAndOutside(t testing.TB, f *Fixture) {
	outside := newStory(f)
	changes := func(s *story) {
		expect := func(what string, active float64) {
			t.Helper()
			equal(t, what, s.only(10).ActiveDurationMS, minutes(active))
		}
		s.runs(1)
		first := s.app
		s.says(working, 1)
		s.says(idle, 3)
		expect("one interval", 2)
		s.says(working, 5)
		expect("one that lasts", 7)
		s.says(idle, 2)
		expect("an end that came late", 6)
		s.build(s.ws, 2, stop, 8, autoPause)
		expect("a stop", 4)
		equal(t, "last working before the stop", s.only(10).LastWorkingStatusAt, set(at(5)))
		s.says(complete, 6)
		expect("an end before the stop", 2)
		s.says(working, 9)
		expect("work after the stop", 1)
		equal(t, "last working before the stop", s.only(10).LastWorkingStatusAt, set(at(5)))
		s.build(s.ws, 3, start, 8.5, resume)
		equal(t, "first after the resume", s.only(10).FirstStatusAfterResumeAt, set(at(9)))
		s.says(idle, 8.75)
		equal(t, "an earlier one", s.only(10).FirstStatusAfterResumeAt, set(at(8.75)))
		expect("running again", 3)
		s.runs(3)
		expect("another app", 3)
		equal(t, "none of that app", s.only(10).FirstStatusAfterResumeAt.Valid, false)
		s.says(failed, 9.5)
		expect("an end by that app", 2.5)
		equal(t, "the first of that app", s.only(10).FirstStatusAfterResumeAt, set(at(9.5)))
		s.bind(s.task.ID, 4, uuid.NullUUID{}, null(first.ID))
		expect("the first app twice", 2.5)
		if _, err := s.UpdateTaskPrompt(s.ctx, tasktwin.UpdateTaskPromptParams{ID: s.task.ID, Prompt: "again"}); err != nil {
			t.Error(err)
		}
		expect("another prompt", 2.5)
		if _, err := s.DeleteTask(s.ctx, tasktwin.DeleteTaskParams{ID: s.task.ID, DeletedAt: at(10)}); err != nil {
			t.Error(err)
		}
		s.says(working, 9.75)
		equal(t, "no task", len(s.events(-1, 10)), 0)
	}
	err := f.InTx(f.ctx, func(tx tasktwin.Store) error {
		inside := *outside
		inside.Fixture = f.on(tx)
		changes(&inside)
		return program.ErrRollback
	}, nil)
	equal(t, "the transaction", lockstep.Describe(err), lockstep.Describe(program.ErrRollback))
	changes(outside)
}

func TaskAWorkspaceThatIsBesideNULL(t testing.TB, f *Fixture) {
	f.base()
	task, ws := f.task(uuid.NullUUID{}), f.workspace()
	_, err := f.UpdateTaskWorkspaceID(f.ctx, tasktwin.UpdateTaskWorkspaceIDParams{ID: task.ID, WorkspaceID: uuid.NullUUID{UUID: ws.ID}})
	noRows(t, "NULL", err)
	// A version without a template is of no workspace, not even where the
	// template's id is what stands beside NULL.
	template, version := f.newTemplate("nil"), f.newVersion("of none")
	template.ID, version.TemplateID = uuid.Nil, uuid.NullUUID{}
	f.template = must[tasktwin.Template](t)(f.InsertTemplate(f.ctx, template))
	f.version = must[tasktwin.TemplateVersion](t)(f.InsertTemplateVersion(f.ctx, version))
	task, ws = f.task(uuid.NullUUID{}), f.workspace()
	_, err = f.UpdateTaskWorkspaceID(f.ctx, tasktwin.UpdateTaskWorkspaceIDParams{ID: task.ID, WorkspaceID: null(ws.ID)})
	noRows(t, "a version without a template", err)
}
