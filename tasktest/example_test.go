package tasktest_test

import (
	"context"
	"fmt"
	"time"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/tasktest"
	"github.com/tasktwin/tasktwin/telemetry"
)

// example stands for the *testing.T of a test.
type example struct{}

func (example) Helper() {}

func (example) Context() context.Context { return context.Background() }

func (example) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

var t example

// One line makes a task with all that it refers to. The clock moves when the test says so.
func Example() {
	store := memdb.New(memdb.Options{})
	w := tasktest.New(t, store)
	task := w.Active()
	task.Working()
	w.Clock.Advance(10 * time.Minute)
	task.Idle()
	w.Clock.Advance(30 * time.Minute)
	task.Pause(tasktwin.BuildReasonTaskAutoPause)
	fmt.Println(task.Name, task.Status())

	events, err := telemetry.CollectTaskEvents(t.Context(), store, tasktest.Epoch.Add(-time.Hour), w.Clock.Now())
	if err != nil {
		panic(err)
	}
	fmt.Println("active for", time.Duration(*events[0].ActiveDurationMS)*time.Millisecond)
	fmt.Println("idle for", time.Duration(*events[0].IdleDurationMS)*time.Millisecond)
	// Output:
	// task-1 paused
	// active for 10m0s
	// idle for 40m0s
}

// Edits of the parameters say what a test is about; all else has defaults. Tasks share their
// parents unless an edit chooses another.
func ExampleWorld_Active() {
	w := tasktest.New(t, memdb.New(memdb.Options{}))
	w.Owner(func(p *tasktwin.InsertUserParams) { p.Username = "ada" })
	bob := w.NewUser(func(p *tasktwin.InsertUserParams) { p.Username = "bob" })

	w.Active()
	w.Active(func(p *tasktwin.InsertTaskParams) { p.Name, p.OwnerID = "docs", bob.ID })

	tasks, err := w.Store().ListTasks(t.Context(), tasktwin.ListTasksParams{})
	for _, task := range tasks {
		fmt.Println(task.Name, task.OwnerUsername, task.Status)
	}
	fmt.Println(err)
	// Output:
	// task-1 ada active
	// docs bob active
	// <nil>
}

// A table of tests: each line makes its task. In a test, each runs in a t.Run with the t of
// its own.
func ExampleTask() {
	for _, c := range []struct {
		name string
		task func(w *tasktest.World) *tasktest.Task
		want tasktwin.TaskStatus
	}{
		{"a task starts as pending", func(w *tasktest.World) *tasktest.Task { return w.Pending() }, "pending"},
		{"it runs", func(w *tasktest.World) *tasktest.Task { return w.Pending().Start() }, "active"},
		{"what its app reports does not end it", func(w *tasktest.World) *tasktest.Task { return w.Active().Complete() }, "active"},
		{"a failed build does", func(w *tasktest.World) *tasktest.Task { return w.Active().FailBuild("out of disk") }, "error"},
		{"it can be resumed", func(w *tasktest.World) *tasktest.Task { return w.Paused().Resume() }, "active"},
	} {
		w := tasktest.New(t, memdb.New(memdb.Options{}))
		fmt.Println(c.name+":", c.task(w).Status() == c.want)
	}
	// Output:
	// a task starts as pending: true
	// it runs: true
	// what its app reports does not end it: true
	// a failed build does: true
	// it can be resumed: true
}

// Rows are made once, and each test gets a fork of the store with a copy of the World.
func ExampleWorld_On() {
	store := memdb.New(memdb.Options{})
	base := tasktest.New(t, store)
	id := base.Active().ID
	for range 2 { // two tests, which may run in parallel
		w := base.On(t, store.Fork())
		task := w.Find(id)
		fmt.Print(task.Status())
		task.Pause(tasktwin.BuildReasonTaskManualPause)
		fmt.Println(", then", task.Status())
	}
	// Output:
	// active, then paused
	// active, then paused
}

// A benchmark needs many tasks that have a past.
func ExampleWorld_Populate() {
	w := tasktest.New(t, memdb.New(memdb.Options{}))
	tasks := w.Populate(200, tasktest.History{Builds: 4, Statuses: 20})
	paused, err := w.Store().ListTasks(t.Context(), tasktwin.ListTasksParams{Status: tasktwin.TaskStatusPaused})
	fmt.Println(len(tasks), len(paused) > 50, err)
	// Output: 200 true <nil>
}

// The id in a failure says of what it is.
func ExampleDescribe() {
	w := tasktest.New(t, memdb.New(memdb.Options{}))
	w.Active()
	task := w.Active()
	fmt.Println(task.ID, "is", tasktest.Describe(task.ID))
	// Output: 00000000-0011-4000-8000-000000000002 is task 2
}

// The code under test gets its time from the World's clock.
func ExampleClock() {
	w := tasktest.New(t, memdb.New(memdb.Options{}))
	age := func(task tasktwin.Task, now func() time.Time) time.Duration { return now().Sub(task.CreatedAt) }
	task := w.Active()
	w.Clock.Advance(time.Hour)
	fmt.Println(age(task.Task, w.Clock.Now))
	// Output: 1h0m0s
}
