package tasktest_test

import (
	"database/sql"
	"errors"
	"testing"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/tasktest"
)

// Each method has an edit to show that it passes them on.
func TestStates(t *testing.T) {
	t.Parallel()
	for want, insert := range map[tasktwin.TaskStatus]func(*tasktest.World, ...tasktest.Edit) *tasktest.Task{
		tasktwin.TaskStatusPending:      (*tasktest.World).Pending,
		tasktwin.TaskStatusInitializing: (*tasktest.World).Initializing,
		tasktwin.TaskStatusActive:       (*tasktest.World).Active,
		tasktwin.TaskStatusPaused:       (*tasktest.World).Paused,
		tasktwin.TaskStatusUnknown:      (*tasktest.World).Unknown,
		tasktwin.TaskStatusError:        (*tasktest.World).Failed,
	} {
		t.Run(string(want), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			got := insert(w, func(p *tasktwin.InsertTaskParams) { p.Name = "docs" }).Get()
			if got.Status != want || got.Name != "docs" {
				t.Errorf("%q is %s, want docs to be %s: %s", got.Name, got.Status, want, got.StatusDebug)
			}
			other := w.Task(want, func(p *tasktwin.InsertTaskParams) { p.Prompt = "more" }).Get()
			if other.Status != want || other.Prompt != "more" {
				t.Errorf("Task: %s with the prompt %q", other.Status, other.Prompt)
			}
		})
	}
}

func TestDeleted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	task := w.Deleted(func(p *tasktwin.InsertTaskParams) { p.Name = "docs" })
	if _, err := w.Store().GetTaskByID(t.Context(), task.ID); !errors.Is(err, sql.ErrNoRows) {
		t.Errorf("got %v, want no rows", err)
	}
	row := dump(t, w).Tasks[0]
	if !row.DeletedAt.Valid || row.DeletedAt != task.DeletedAt || row.Name != "docs" {
		t.Errorf("the row is deleted at %v, the task at %v", row.DeletedAt, task.DeletedAt)
	}
	if build := task.Build(); build.Transition != tasktwin.WorkspaceTransitionDelete || build.BuildNumber != 2 {
		t.Errorf("the last build is %d, %s", build.BuildNumber, build.Transition)
	}
	if pending := w.Pending().Delete(); !pending.DeletedAt.Valid || len(dump(t, w).WorkspaceBuilds) != 2 {
		t.Error("a task that was never started has a delete build")
	}
}

func TestTaskParams(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	arg := w.TaskParams(func(p *tasktwin.InsertTaskParams) { p.Name = "docs" })
	if got := len(dump(t, w).Tasks); got != 0 || arg.Name != "docs" {
		t.Errorf("%d tasks, and the parameters of %q", got, arg.Name)
	}
	if _, err := w.Store().InsertTask(t.Context(), arg); err != nil {
		t.Error(err)
	}
	expect(t, w.Find(arg.ID).Start(), tasktwin.TaskStatusActive)
}

// A task needs 12 rows, each of which has one row of each parent.
func TestTasksShareParents(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b := w.Active(), w.Paused()
	rows := dump(t, w)
	if len(rows.Organizations) != 1 || len(rows.Users) != 1 || len(rows.Templates) != 1 || len(rows.TemplateVersions) != 1 {
		t.Errorf("%d organizations, %d users, %d templates, %d versions, want one of each",
			len(rows.Organizations), len(rows.Users), len(rows.Templates), len(rows.TemplateVersions))
	}
	if a.OwnerID != w.Owner().ID || b.OwnerID != a.OwnerID ||
		a.TemplateVersionID != w.Version().ID || a.OrganizationID != w.Organization().ID {
		t.Error("a task has another parent than the World's")
	}
	if w.Template().ActiveVersionID != w.Version().ID {
		t.Errorf("the active version is %s, want %s", w.Template().ActiveVersionID, w.Version().ID)
	}
	if a.Workspace().ID == b.Workspace().ID {
		t.Error("two tasks share a workspace")
	}
}

func TestParentsCanBeEdited(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Organization(func(p *tasktwin.InsertOrganizationParams) { p.Name = "acme" })
	w.Owner(func(p *tasktwin.InsertUserParams) { p.Username = "ada" })
	w.Template(func(p *tasktwin.InsertTemplateParams) { p.Name = "go" })
	w.Version(func(p *tasktwin.InsertTemplateVersionParams) { p.Name = "v1" })
	if got := w.Active().Get(); got.OwnerUsername != "ada" {
		t.Errorf("the owner is %s", got.OwnerUsername)
	}
	rows := dump(t, w)
	if rows.Organizations[0].Name != "acme" || rows.Templates[0].Name != "go" || rows.TemplateVersions[0].Name != "v1" {
		t.Errorf("%s, %s, %s", rows.Organizations[0].Name, rows.Templates[0].Name, rows.TemplateVersions[0].Name)
	}
}

// A task of another owner and another template has a workspace of theirs.
func TestParentsCanBeOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	acme, bob := w.NewOrganization(), w.NewUser()
	template := w.NewTemplate(func(p *tasktwin.InsertTemplateParams) { p.OrganizationID = acme.ID })
	version := w.NewVersion(func(p *tasktwin.InsertTemplateVersionParams) { p.TemplateID.UUID = template.ID })
	task := w.Active(func(p *tasktwin.InsertTaskParams) {
		p.OrganizationID, p.OwnerID, p.TemplateVersionID = acme.ID, bob.ID, version.ID
	})
	ws := task.Workspace()
	if ws.OrganizationID != acme.ID || ws.OwnerID != bob.ID || ws.TemplateID != template.ID {
		t.Errorf("the workspace is of %s, %s, %s", tasktest.Describe(ws.OrganizationID), tasktest.Describe(ws.OwnerID),
			tasktest.Describe(ws.TemplateID))
	}
	if job := task.Job(); job.OrganizationID != acme.ID || job.InitiatorID != bob.ID {
		t.Errorf("the job is of %s, %s", tasktest.Describe(job.OrganizationID), tasktest.Describe(job.InitiatorID))
	}
	if got := w.Active().OwnerID; got != w.Owner().ID || got == bob.ID {
		t.Errorf("the next task is of %s", tasktest.Describe(got))
	}
}

// Builds of two tasks in one workspace are numbered together.
func TestTasksOfOneWorkspace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ws := w.NewWorkspace(func(p *tasktwin.InsertWorkspaceParams) { p.Name = "dev" })
	in := func(p *tasktwin.InsertTaskParams) { p.WorkspaceID.UUID, p.WorkspaceID.Valid = ws.ID, true }
	a, b := w.Active(in), w.Paused(in)
	if a.Status() != tasktwin.TaskStatusActive || b.Status() != tasktwin.TaskStatusPaused || b.Build().BuildNumber != 3 {
		t.Errorf("%s, %s, build %d", a.Status(), b.Status(), b.Build().BuildNumber)
	}
	if got := dump(t, w).Workspaces; len(got) != 1 || got[0].Name != "dev" {
		t.Errorf("there are %d workspaces", len(got))
	}
}
