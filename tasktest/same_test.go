package tasktest_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/tasktest"
)

// live makes tasks in all states, whose clocks and parents differ.
func live(w *tasktest.World) {
	for _, status := range tasktwin.AllTaskStatusValues() {
		w.Task(status).Get()
		w.Clock.Advance(time.Minute)
	}
	w.Active().Working().Pause(tasktwin.BuildReasonTaskManualPause).Resume().Idle().Delete()
}

func TestSameRowsInEachRun(t *testing.T) {
	t.Parallel()
	a, b := newWorld(t), newWorld(t)
	live(a)
	live(b)
	a.Populate(50, tasktest.History{Statuses: 3})
	b.Populate(50, tasktest.History{Statuses: 3})
	if !reflect.DeepEqual(dump(t, a), dump(t, b)) {
		t.Error("two runs of one seed have different rows")
	}
}

// Worlds of different seeds can be on one store.
func TestSeeds(t *testing.T) {
	t.Parallel()
	store := newStore()
	for seed := range 3 {
		w := tasktest.New(t, store, tasktest.Seed(seed))
		live(w)
		w.Populate(20, tasktest.History{Statuses: 3})
	}
	rows := dump(t, tasktest.New(t, store))
	if len(rows.Organizations) != 3 {
		t.Errorf("there are %d organizations", len(rows.Organizations))
	}
	var lengths [3]int
	for _, row := range rows.WorkspaceBuilds {
		lengths[row.ID[3]]++
	}
	if lengths[1] == lengths[2] {
		t.Errorf("worlds of different seeds have the same history: builds %v", lengths)
	}
}

// A copy goes on from the rows of the original, and does not change it.
func TestOn(t *testing.T) {
	t.Parallel()
	store := newStore()
	w := tasktest.New(t, store)
	task := w.Active()
	w.Clock.Advance(time.Hour)
	for range 2 {
		onFork(t, w.On(t, store.Fork()), task)
	}
	expect(t, task, tasktwin.TaskStatusActive)
	if rows := dump(t, w); len(rows.Tasks) != 1 || !w.Clock.Now().Equal(tasktest.Epoch.Add(time.Hour)) {
		t.Errorf("%d tasks at %v", len(rows.Tasks), w.Clock.Now())
	}
}

func TestOnFromParallelTests(t *testing.T) {
	t.Parallel()
	store := newStore()
	w := tasktest.New(t, store)
	task := w.Active()
	w.Clock.Advance(time.Hour)
	for range 4 {
		t.Run("fork", func(t *testing.T) {
			t.Parallel()
			onFork(t, w.On(t, store.Fork()), task)
		})
	}
}

// onFork goes on in a copy of the World that has made the task.
func onFork(t *testing.T, fork *tasktest.World, task *tasktest.Task) {
	t.Helper()
	fork.Clock.Advance(time.Minute)
	expect(t, fork.Find(task.ID).Pause(tasktwin.BuildReasonTaskAutoPause), tasktwin.TaskStatusPaused)
	second := fork.Active()
	if second.OwnerID != task.OwnerID || tasktest.Describe(second.ID) != "task 2" {
		t.Errorf("the next task is %s of %s", tasktest.Describe(second.ID), tasktest.Describe(second.OwnerID))
	}
	if want := tasktest.Epoch.Add(time.Hour + time.Minute); !second.CreatedAt.Equal(want) {
		t.Errorf("it was made at %v, want %v", second.CreatedAt, want)
	}
	fork.NewVersion()
}

// What a transaction rolls back is gone, and the World outside can make it again.
func TestOnATransaction(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Version()
	err := w.Store().InTx(t.Context(), func(tx tasktwin.Store) error {
		expect(t, w.On(t, tx).Active(), tasktwin.TaskStatusActive)
		return errRollBack
	}, nil)
	if err != errRollBack { //nolint:errorlint // InTx returns the error itself
		t.Fatal(err)
	}
	if got := tasktest.Describe(w.Active().ID); got != "task 1" {
		t.Errorf("the task is %s", got)
	}
}

// After a commit, a copy of the transaction's World goes on.
func TestOnTheStoreAfterACommit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	store := w.Store()
	err := store.InTx(t.Context(), func(tx tasktwin.Store) error {
		w = w.On(t, tx)
		w.Active()
		return nil
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	w = w.On(t, store)
	if got := w.Active(); tasktest.Describe(got.ID) != "task 2" || tasktest.Describe(got.OwnerID) != "user 1" {
		t.Errorf("%s of %s", tasktest.Describe(got.ID), tasktest.Describe(got.OwnerID))
	}
}

// A test that fails inside of a transaction ends it.
func TestFailureInATransaction(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	failure(t, func(tb tasktest.TB) {
		_ = w.Store().InTx(t.Context(), func(tx tasktwin.Store) error {
			w.On(tb, tx).Active().Start()
			return nil
		}, nil)
	})
	expect(t, w.Active(), tasktwin.TaskStatusActive)
}

// Ids can be read, and are in the order in which they were made.
func TestDescribe(t *testing.T) {
	t.Parallel()
	w := tasktest.New(t, newStore(), tasktest.Seed(27))
	task := w.Paused()
	for _, c := range []struct {
		id   uuid.UUID
		want string
	}{
		{task.ID, "task 1 of seed 27"},
		{w.Organization().ID, "organization 1 of seed 27"},
		{task.Build().ID, "build 2 of seed 27"},
		{uuid.MustParse("00000000-0009-4000-8000-000000000312"), "app 312"},
		{uuid.MustParse("00000000-0009-4abc-9def-000000000312"), "app 312"},
		{uuid.MustParse("00000000-0012-4000-8000-000000000312"), "00000000-0012-4000-8000-000000000312"},
		{uuid.MustParse("00000000-0011-4000-8000-000000000000"), "00000000-0011-4000-8000-000000000000"},
		{uuid.MustParse("00000000-0011-4000-8000-00000000000a"), "00000000-0011-4000-8000-00000000000a"},
		{uuid.MustParse("00000000-0011-1000-8000-000000000001"), "00000000-0011-1000-8000-000000000001"},
		{uuid.Nil, uuid.Nil.String()},
	} {
		if got := tasktest.Describe(c.id); got != c.want {
			t.Errorf("%s is %q, want %q", c.id, got, c.want)
		}
	}
	if got := task.ID.String(); got != "00000027-0011-4000-8000-000000000001" {
		t.Errorf("the id is %s", got)
	}
	if task.ID.Version() != 4 || task.ID.Variant() != uuid.RFC4122 {
		t.Errorf("the id has version %d and variant %s", task.ID.Version(), task.ID.Variant())
	}
	for range 12 {
		w.Active()
	}
	tasks, err := w.Store().ListTasks(t.Context(), tasktwin.ListTasksParams{})
	if err != nil || !slices.IsSortedFunc(tasks, func(a, b tasktwin.TaskWithStatus) int { return len(a.Name) - len(b.Name) }) {
		t.Errorf("tasks of one time are not listed as they were made: %v", err)
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	c := tasktest.NewClock(time.Date(2026, 1, 1, 1, 0, 0, 1999, time.FixedZone("", 3600)))
	if got, want := c.Now(), time.Date(2026, 1, 1, 0, 0, 0, 1000, time.UTC); got != want {
		t.Errorf("the clock stands at %v, want %v", got, want)
	}
	c.Advance(1500 * time.Nanosecond)
	c.Advance(-time.Hour)
	if got, want := c.Now(), time.Date(2025, 12, 31, 23, 0, 0, 2000, time.UTC); got != want {
		t.Errorf("the clock stands at %v, want %v", got, want)
	}
	w := newWorld(t)
	w.Clock = c // of the code under test
	if got := w.Active().CreatedAt; !got.Equal(c.Now()) {
		t.Errorf("the task was made at %v, want %v", got, c.Now())
	}
}
