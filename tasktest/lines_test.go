package tasktest_test

import (
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/faults"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/tasktest"
)

// A line of calls for each method that makes statements, whose name the line has. Each is
// called on a new World, or on one with an active task.
var worldCalls = map[string]func(*tasktest.World){
	"Organization":    func(w *tasktest.World) { w.Organization() },
	"Owner":           func(w *tasktest.World) { w.Owner() },
	"Template":        func(w *tasktest.World) { w.Template() },
	"Version":         func(w *tasktest.World) { w.Version() },
	"NewOrganization": func(w *tasktest.World) { w.NewOrganization() },
	"NewUser":         func(w *tasktest.World) { w.NewUser() },
	"NewTemplate":     func(w *tasktest.World) { w.NewTemplate() },
	"NewVersion":      func(w *tasktest.World) { w.NewVersion() },
	"NewWorkspace":    func(w *tasktest.World) { w.NewWorkspace() },
	"TaskParams":      func(w *tasktest.World) { w.TaskParams() },
	"Pending":         func(w *tasktest.World) { w.Pending() },
	"Initializing":    func(w *tasktest.World) { w.Initializing() },
	"Active":          func(w *tasktest.World) { w.Active() },
	"Paused":          func(w *tasktest.World) { w.Paused() },
	"Failed":          func(w *tasktest.World) { w.Failed() },
	"Unknown":         func(w *tasktest.World) { w.Unknown() },
	"Deleted":         func(w *tasktest.World) { w.Deleted() },
	"Task":            func(w *tasktest.World) { w.Task(tasktwin.TaskStatusPaused) },
	"Populate":        func(w *tasktest.World) { w.Populate(3, tasktest.History{}) },
	"Find":            func(w *tasktest.World) { task := w.Active(); w.Find(task.ID) },
}

var taskCalls = map[string]func(*tasktest.Task){
	"Get":       func(t *tasktest.Task) { t.Get() },
	"Status":    func(t *tasktest.Task) { t.Status() },
	"Workspace": func(t *tasktest.Task) { t.Workspace() },
	"Build":     func(t *tasktest.Task) { t.Build() },
	"Job":       func(t *tasktest.Task) { t.Job() },
	"Agent":     func(t *tasktest.Task) { t.Agent() },
	"App":       func(t *tasktest.Task) { t.App() },
	"Start":     func(t *tasktest.Task) { t.Start() },
	"Ready":     func(t *tasktest.Task) { t.Ready() },
	"Pause":     func(t *tasktest.Task) { t.Pause(tasktwin.BuildReasonTaskAutoPause) },
	"Resume":    func(t *tasktest.Task) { t.Resume() },
	"FailBuild": func(t *tasktest.Task) { t.FailBuild("out of disk") },
	"Delete":    func(t *tasktest.Task) { t.Delete() },
	"SetAgent":  func(t *tasktest.Task) { t.SetAgent(tasktwin.WorkspaceAgentLifecycleStateReady) },
	"SetHealth": func(t *tasktest.Task) { t.SetHealth(tasktwin.WorkspaceAppHealthHealthy) },
	"SetJob":    func(t *tasktest.Task) { t.SetJob() },
	"Working":   func(t *tasktest.Task) { t.Working() },
	"Idle":      func(t *tasktest.Task) { t.Idle() },
	"Complete":  func(t *tasktest.Task) { t.Complete() },
	"Failure":   func(t *tasktest.Task) { t.Failure() },
	"Report":    func(t *tasktest.Task) { t.Report(tasktwin.WorkspaceAppStatusStateIdle) },
	"Statuses":  func(t *tasktest.Task) { t.Statuses() },
}

// envFail makes TestFails fail.
const envFail = "TASKTEST_FAIL"

// TestFails is run by TestFailuresAreOfTheCaller. It calls each method on a store whose first
// statement fails, then on one whose second does, and so on, until the method succeeds.
func TestFails(t *testing.T) {
	if os.Getenv(envFail) == "" {
		t.Skip("only TestFailuresAreOfTheCaller runs it")
	}
	for name, call := range worldCalls {
		failEach(t, "World."+name, func(t *testing.T, fails tasktwin.Store, _ tasktwin.Store) { call(tasktest.New(t, fails)) })
	}
	for name, call := range taskCalls {
		failEach(t, "Task."+name, func(t *testing.T, fails, store tasktwin.Store) {
			w := tasktest.New(t, store)
			task := w.Active()
			if name == "Start" {
				task = w.Pending()
			}
			call(w.On(t, fails).Find(task.ID))
		})
	}
}

func failEach(t *testing.T, method string, test func(t *testing.T, fails, store tasktwin.Store)) {
	t.Helper()
	first := 1
	if strings.HasPrefix(method, "Task.") {
		first = 2 // after that of Find
	}
	for nth, fired := first, true; fired; nth++ {
		t.Run(fmt.Sprintf("%s/%d", method, nth), func(t *testing.T) {
			store := memdb.New(memdb.Options{})
			fails := faults.Wrap(store, faults.Fail("53200").Nth(nth))
			defer func() { fired = fails.Fired() > 0 }()
			test(t, fails, store)
		})
	}
}

// A failure is reported at the line of the test that has called, not inside of tasktest,
// whichever statement of whichever method fails.
func TestFailuresAreOfTheCaller(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("lines_test.go")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(source), "\n")
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFails$")
	cmd.Env = append(os.Environ(), envFail+"=1")
	out, _ := cmd.CombinedOutput()
	failed := map[string]int{}
	failures := regexp.MustCompile(`--- FAIL: TestFails/(World|Task)\.(\w+)/\d+ .*\n\s+(\S+):(\d+): (tasktest: .*)`)
	for _, f := range failures.FindAllStringSubmatch(string(out), -1) {
		of, method, file, message := f[1], f[2], f[3], f[5]
		line, _ := strconv.Atoi(f[4])
		if file != "lines_test.go" || !strings.HasPrefix(strings.TrimSpace(lines[line-1]), `"`+method+`": `) {
			t.Errorf("a failure of %s.%s is reported at %s:%d: %s", of, method, file, line, message)
		}
		failed[of+"."+method]++
	}
	if all := strings.Count(string(out), "53200"); all < 150 {
		t.Errorf("%d failures only in\n%s", all, out)
	}
	for _, v := range []any{&tasktest.World{}, &tasktest.Task{}} {
		for method := range reflect.TypeOf(v).Methods() {
			name := reflect.TypeOf(v).Elem().Name() + "." + method.Name
			if failed[name] == 0 && !slices.Contains([]string{"World.On", "World.Store", "Task.MarshalJSON", "Task.UnmarshalJSON"}, name) {
				t.Errorf("%s has not failed", name)
			}
		}
	}
}
