package tasktest_test

import (
	"errors"
	"os"
	"os/exec"
	"strconv"
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
		`Start: task 1 ("task-1"): it was started before: Resume it`: func(_ tasktest.TB, w *tasktest.World) { w.Active().Start() },
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
			"tasktest: GetTaskByID: sql: no rows in result set\nwith uuid.UUID\"00000000-0011-4000-8000-000000000001 (task 1)\"",
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

// envFail makes TestFails fail.
const envFail = "TASKTEST_FAIL"

// TestFails is run by TestFailuresAreOfTheCaller.
func TestFails(t *testing.T) {
	if os.Getenv(envFail) == "" {
		t.Skip("only TestFailuresAreOfTheCaller runs it")
	}
	w := newWorld(t)
	w.NewUser(func(p *tasktwin.InsertUserParams) { p.Username = "ada" })
	w.NewUser(func(p *tasktwin.InsertUserParams) { p.Username = "ada" }) // this line fails
}

// A failure is reported at the line of the test that has called, not inside of tasktest.
func TestFailuresAreOfTheCaller(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("failures_test.go")
	if err != nil {
		t.Fatal(err)
	}
	before, _, _ := strings.Cut(string(source), "// this line fails")
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFails$")
	cmd.Env = append(os.Environ(), envFail+"=1")
	out, err := cmd.CombinedOutput()
	if _, failed := errors.AsType[*exec.ExitError](err); !failed {
		t.Fatalf("the test has not failed: %v\n%s", err, out)
	}
	line := "failures_test.go:" + strconv.Itoa(1+strings.Count(before, "\n")) + ": tasktest: InsertUser: "
	if !strings.Contains(string(out), line) {
		t.Errorf("no %q in\n%s", line, out)
	}
}
