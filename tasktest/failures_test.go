package tasktest_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/tasktest"
)

// Bad input fails the test and names the field and the value; a refused statement shows the
// method, the store's error and the parameters.
func TestFailures(t *testing.T) {
	t.Parallel()
	for want, test := range map[string]func(tasktest.TB, *tasktest.World){
		"New: store is nil": func(t tasktest.TB, _ *tasktest.World) { tasktest.New(t, nil) },
		"New: Seed is -1: it must be from 0 to 99999999": func(t tasktest.TB, _ *tasktest.World) {
			tasktest.New(t, newStore(), tasktest.Seed(-1))
		},
		"New: Seed is 100000000: it must be from 0 to 99999999": func(t tasktest.TB, _ *tasktest.World) {
			tasktest.New(t, newStore(), tasktest.Seed(1e8))
		},
		"New: option 2 is nil": func(t tasktest.TB, _ *tasktest.World) {
			tasktest.New(t, newStore(), tasktest.Seed(1), nil)
		},
		"On: store is nil": func(t tasktest.TB, w *tasktest.World) { w.On(t, nil) },
		`Task: status is "done": it must be one of ["pending" "initializing" `: func(_ tasktest.TB, w *tasktest.World) {
			w.Task("done")
		},
		"edit 2 of tasktwin.InsertTaskParams is nil": func(_ tasktest.TB, w *tasktest.World) { w.Active(named("a"), nil) },
		"Populate: n is -1: it must not be negative": func(_ tasktest.TB, w *tasktest.World) { w.Populate(-1, tasktest.History{}) },
		"Populate: History.Builds is -2: it must not be negative": func(_ tasktest.TB, w *tasktest.World) {
			w.Populate(1, tasktest.History{Builds: -2})
		},
		"Populate: History.Statuses is -3: it must not be negative": func(_ tasktest.TB, w *tasktest.World) {
			w.Populate(1, tasktest.History{Statuses: -3})
		},
		`Start: task 1 ("task-1"): it was started before: Resume it`:           func(_ tasktest.TB, w *tasktest.World) { w.Active().Start() },
		`Start: task 1 ("task-1"): it is deleted, since 2026-03-02T09:00:00Z`:  func(_ tasktest.TB, w *tasktest.World) { w.Deleted().Start() },
		`Pause: task 1 ("task-1"): it is deleted, since 2026-03-02T09:00:00Z`:  func(_ tasktest.TB, w *tasktest.World) { w.Deleted().Pause("") },
		`Resume: task 1 ("task-1"): it is deleted, since 2026-03-02T09:00:00Z`: func(_ tasktest.TB, w *tasktest.World) { w.Deleted().Resume() },
		`Delete: task 1 ("task-1"): it is deleted, since 2026-03-02T09:00:00Z`: func(_ tasktest.TB, w *tasktest.World) { w.Deleted().Delete() },
		`Pause: task 1 ("task-1"): it is bound to no build: Start it first`: func(_ tasktest.TB, w *tasktest.World) {
			w.Pending().Pause("")
		},
		`Resume: task 1 ("task-1"): it has no workspace: Start it first`: func(_ tasktest.TB, w *tasktest.World) { w.Pending().Resume() },
		`Resume: task 1 ("task-1"): its workspace has no build: Start it first`: func(_ tasktest.TB, w *tasktest.World) {
			ws := w.NewWorkspace()
			w.Pending(func(p *tasktwin.InsertTaskParams) { p.WorkspaceID.UUID, p.WorkspaceID.Valid = ws.ID, true }).Resume()
		},
		`Report: task 1 ("task-1"): it is bound to no build: Start it first`: func(_ tasktest.TB, w *tasktest.World) {
			w.Pending().Working()
		},
		`App: task 1 ("task-1"): its latest build has no agent and app`: func(t tasktest.TB, w *tasktest.World) {
			task := w.Pending()
			arg := tasktwin.UpsertTaskWorkspaceAppParams{TaskID: task.ID, WorkspaceBuildNumber: 1}
			if _, err := w.Store().UpsertTaskWorkspaceApp(t.Context(), arg); err != nil {
				t.Fatalf("%v", err)
			}
			task.App()
		},
		`FailBuild: task 1 ("task-1"): message is empty`:           func(_ tasktest.TB, w *tasktest.World) { w.Active().FailBuild("") },
		`Workspace: task 1 ("task-1"): it has no workspace: Start`: func(_ tasktest.TB, w *tasktest.World) { w.Pending().Workspace() },
		"Owner: the shared row is there already: edit it before a task needs it, or make another by NewUser": func(
			_ tasktest.TB, w *tasktest.World,
		) {
			w.Active()
			w.Owner(func(p *tasktwin.InsertUserParams) { p.Username = "ada" })
		},
		`Active: task 1 ("task-1"): TemplateVersionID is 00000000-0004-4000-8000-000000000001: its template is not known`: func(
			_ tasktest.TB, w *tasktest.World,
		) {
			version := w.NewVersion(func(p *tasktwin.InsertTemplateVersionParams) { p.TemplateID.Valid = false })
			w.Active(func(p *tasktwin.InsertTaskParams) { p.TemplateVersionID = version.ID })
		},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			if got := failure(t, func(t tasktest.TB) { test(t, newWorld(t)) }); !strings.HasPrefix(got, "tasktest: "+want) {
				t.Errorf("the test fails with\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func named(name string) tasktest.Edit { return func(p *tasktwin.InsertTaskParams) { p.Name = name } }

// A statement that the store refuses is shown, with what its ids are of.
func TestRefusedStatements(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		test func(*tasktest.World)
		want string
	}{
		"an insert": {
			func(w *tasktest.World) { w.Active(named("docs")); w.Active(named("Docs")) },
			`tasktest: InsertTask: duplicate key value violates unique constraint "tasks_owner_id_name_unique_idx": ` +
				"Key (owner_id, lower(name))=(00000000-0002-4000-8000-000000000001, docs) already exists. (SQLSTATE 23505)\n" +
				`with tasktwin.InsertTaskParams{"id":"00000000-0011-4000-8000-000000000002 (task 2)",` +
				`"organization_id":"00000000-0001-4000-8000-000000000001 (organization 1)","owner_id":`,
		},
		"parameters that are no JSON": {
			func(w *tasktest.World) {
				w.Pending(func(p *tasktwin.InsertTaskParams) { p.TemplateParameters = []byte("{") })
			},
			"tasktest: InsertTask: invalid input syntax for type json: The input string ended unexpectedly. (SQLSTATE 22P02)\n" +
				"with tasktwin.InsertTaskParams{ID:00000000-0011-4000-8000-000000000001 ",
		},
		"an unknown task": {
			func(w *tasktest.World) { w.Find(uuid.Nil) },
			"tasktest: GetTaskByID: sql: no rows in result set\nwith uuid.UUID\"00000000-0000-0000-0000-000000000000\"",
		},
		"a deleted task": {
			func(w *tasktest.World) { w.Deleted().Status() },
			"tasktest: GetTaskByID: sql: no rows in result set\nwith uuid.UUID\"00000000-0011-4000-8000-000000000001 (task 1)\"\n" +
				"No live task has this id: it is deleted, or was never there.",
		},
		"a task that another has deleted": {
			func(w *tasktest.World) {
				task := w.Pending()
				w.Find(task.ID).Delete()
				task.Delete()
			},
			"tasktest: DeleteTask: sql: no rows in result set\nwith tasktwin.DeleteTaskParams{" +
				"\"id\":\"00000000-0011-4000-8000-000000000001 (task 1)\"," +
				"\"deleted_at\":\"2026-03-02T09:00:00Z\"}\nNo live task has this id: ",
		},
		"a closed store": {func(w *tasktest.World) {
			task := w.Active()
			_ = w.Store().Close()
			task.Build()
		}, "tasktest: GetLatestWorkspaceBuildByWorkspaceID: tasktwin: store is closed\nwith uuid.UUID"},
		"a load": {func(w *tasktest.World) {
			w.Active()
			_ = w.Store().Close()
			w.Populate(1, tasktest.History{})
		}, "tasktest: Load: tasktwin: store is closed\nwith 1 tasks, "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := failure(t, func(t tasktest.TB) { c.test(newWorld(t)) }); !strings.HasPrefix(got, c.want) {
				t.Errorf("the test fails with\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// Two worlds of one seed on a store make the same ids. The message says so, whichever row
// comes first, and another seed helps.
func TestTwoWorldsOnAStore(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]func(w *tasktest.World, task uuid.UUID){
		"InsertOrganization":   func(w *tasktest.World, _ uuid.UUID) { w.Active() },
		"InsertProvisionerJob": func(w *tasktest.World, task uuid.UUID) { w.Find(task).Pause(tasktwin.BuildReasonTaskAutoPause) },
		"InsertUser":           func(w *tasktest.World, _ uuid.UUID) { w.Populate(1, tasktest.History{}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := newStore()
			task := tasktest.New(t, store, tasktest.Seed(7)).Active()
			got := failure(t, func(t tasktest.TB) { test(tasktest.New(t, store, tasktest.Seed(7)), task.ID) })
			if !strings.HasPrefix(got, "tasktest: "+name+": duplicate key") ||
				!strings.HasSuffix(got, "the same seed, 7? Then give this World another one: tasktest.New(t, store, tasktest.Seed(8))") {
				t.Error(got)
			}
			test(tasktest.New(t, store, tasktest.Seed(8)), task.ID)
		})
	}
	got := failure(t, func(t tasktest.TB) {
		w := newWorld(t)
		w.Active(named("a"))
		w.Active(named("a"))
	})
	if strings.Contains(got, "seed") {
		t.Error(got)
	}
}

// Without a test nothing could be failed.
func TestNoTest(t *testing.T) {
	t.Parallel()
	for want, call := range map[string]func(){
		"tasktest: New: t is nil":       func() { tasktest.New(nil, newStore()) },
		"tasktest: On: t is nil":        func() { newWorld(t).On(nil, newStore()) },
		"tasktest: OnFailure: t is nil": func() { tasktest.OnFailure(nil, newStore()) },
	} {
		func() {
			defer func() {
				if err, _ := recover().(error); err == nil || err.Error() != want {
					t.Errorf("panics with %v, and not %s", err, want)
				}
			}()
			call()
		}()
	}
}

func TestInsertNamesTheStatement(t *testing.T) {
	t.Parallel()
	rows := &tasktwin.Dump{Users: []tasktwin.User{{Username: "ada"}, {ID: uuid.Max, Username: "Ada"}}}
	err := tasktest.Insert(t.Context(), newStore(), rows)
	if !tasktwin.IsUniqueViolation(err, tasktwin.UniqueUsersUsernameLowerIdx) {
		t.Fatal(err)
	}
	if want := "with tasktwin.InsertUserParams{\"id\":\"ffffffff-"; !strings.Contains(err.Error(), want) {
		t.Errorf("%v\nwant %s", err, want)
	}
	if err := tasktest.Insert(t.Context(), closed(t), &tasktwin.Dump{}); !errors.Is(err, tasktwin.ErrClosed) {
		t.Errorf("got %v, want ErrClosed", err)
	}
}

func closed(t *testing.T) tasktwin.Store {
	t.Helper()
	store := newStore()
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	return store
}
