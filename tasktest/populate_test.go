package tasktest_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/tasktest"
)

var errRollBack = errors.New("roll back")

func TestPopulate(t *testing.T) {
	t.Parallel()
	const n = 1000
	w := newWorld(t)
	w.Active()
	w.Clock.Advance(time.Hour)
	tasks := w.Populate(n, tasktest.History{})
	rows := dump(t, w)
	if len(tasks) != n || len(rows.Tasks) != 1+n+n/10 || len(rows.Users) != n/100 {
		t.Fatalf("%d tasks, %d rows, %d users", len(tasks), len(rows.Tasks), len(rows.Users))
	}
	byStatus := map[tasktwin.TaskStatus]int{}
	listed, err := w.Store().ListTasks(t.Context(), tasktwin.ListTasksParams{})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range listed {
		byStatus[row.Status]++
	}
	for status, expected := range map[tasktwin.TaskStatus][2]int{
		tasktwin.TaskStatusPending: {5, 40}, tasktwin.TaskStatusInitializing: {5, 40}, tasktwin.TaskStatusUnknown: {1, 25},
		tasktwin.TaskStatusError: {30, 75}, tasktwin.TaskStatusActive: {400, 500}, tasktwin.TaskStatusPaused: {400, 500},
	} {
		if got := byStatus[status]; got < expected[0] || got > expected[1] {
			t.Errorf("%d tasks are %s, want %d to %d", got, status, expected[0], expected[1])
		}
	}
	if len(listed) != 1+n {
		t.Errorf("%d tasks are live", len(listed))
	}
	for what, c := range map[string][2]int{
		"builds": {len(rows.WorkspaceBuilds), 6}, "statuses": {len(rows.WorkspaceAppStatuses), 60},
	} {
		if mean := float64(c[0]) / float64(len(rows.Tasks)); mean < 0.8*float64(c[1]) || mean > 1.2*float64(c[1]) {
			t.Errorf("a task has %.1f %s, want about %d", mean, what, c[1])
		}
	}
	ofLast, err := w.Store().ListTasks(t.Context(), tasktwin.ListTasksParams{OwnerID: tasks[n-1].OwnerID})
	if err != nil || len(ofLast) != 100 {
		t.Errorf("the last owner has %d tasks, %v", len(ofLast), err)
	}
	if ids := ids(tasks); slices.IsSortedFunc(ids, uuidCompare) {
		t.Error("ids are in order")
	}
	// The rows are ordinary ones, which go on.
	expect(t, tasks[slices.IndexFunc(tasks, func(t *tasktest.Task) bool { return t.Status() == tasktwin.TaskStatusPaused })].Resume(),
		tasktwin.TaskStatusActive)
	if got := w.Active().ID.String(); got != "00000000-0011-4000-8000-000000001102" {
		t.Errorf("the next task is %s", got)
	}
}

func ids(tasks []*tasktest.Task) (ids []uuid.UUID) {
	for _, task := range tasks {
		ids = append(ids, task.ID)
	}
	return ids
}

func uuidCompare(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) }

// Histories could have happened: builds and statuses come in time, within the task's life, and
// before the clock's time.
func TestHistoriesAreInOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Populate(400, tasktest.History{Builds: 3, Statuses: 10})
	rows, now := dump(t, w), w.Clock.Now()
	created, deleted, owner := map[uuid.UUID]time.Time{}, map[uuid.UUID]time.Time{}, map[uuid.UUID]uuid.UUID{}
	for _, task := range rows.Tasks {
		owner[task.WorkspaceID.UUID] = task.OwnerID
		created[task.WorkspaceID.UUID], deleted[task.WorkspaceID.UUID] = task.CreatedAt, now
		if task.DeletedAt.Valid {
			deleted[task.WorkspaceID.UUID] = task.DeletedAt.Time
		}
	}
	within := func(what string, in uuid.UUID, at time.Time) {
		t.Helper()
		if at.Before(created[in]) || at.After(deleted[in]) || deleted[in].After(now) {
			t.Errorf("%s is of %v: the task lives from %v to %v", what, at, created[in], deleted[in])
		}
	}
	last := map[uuid.UUID]tasktwin.WorkspaceBuild{}
	slices.SortFunc(rows.WorkspaceBuilds, func(a, b tasktwin.WorkspaceBuild) int { return int(a.BuildNumber) - int(b.BuildNumber) })
	for _, row := range rows.WorkspaceBuilds {
		within(tasktest.Describe(row.ID), row.WorkspaceID, row.CreatedAt)
		if before := last[row.WorkspaceID]; row.BuildNumber != before.BuildNumber+1 || !row.CreatedAt.After(before.CreatedAt) ||
			row.Transition == before.Transition {
			t.Errorf("build %d is a %s at %v, after a %s at %v", row.BuildNumber, row.Transition, row.CreatedAt,
				before.Transition, before.CreatedAt)
		}
		last[row.WorkspaceID] = row
	}
	for _, row := range rows.Workspaces {
		if row.OwnerID != owner[row.ID] {
			t.Errorf("a workspace is of %s, its task of %s", tasktest.Describe(row.OwnerID), tasktest.Describe(owner[row.ID]))
		}
		if isDeleted := deleted[row.ID] != now; isDeleted != (last[row.ID].Transition == tasktwin.WorkspaceTransitionDelete) {
			t.Errorf("the last build of a task is a %s, and it is %t that it is deleted", last[row.ID].Transition, isDeleted)
		}
	}
	if !slices.ContainsFunc(rows.Tasks, func(row tasktwin.Task) bool {
		build := last[row.WorkspaceID.UUID]
		return build.Transition == tasktwin.WorkspaceTransitionStop && now.Sub(build.CreatedAt) > 10*24*time.Hour
	}) {
		t.Error("no task has been paused for ten days")
	}
	for _, row := range rows.ProvisionerJobs {
		if row.CompletedAt.Time.After(now) || row.CompletedAt.Time.Before(row.StartedAt.Time) {
			t.Errorf("%s ran from %v to %v", tasktest.Describe(row.ID), row.StartedAt.Time, row.CompletedAt.Time)
		}
	}
	for _, row := range rows.WorkspaceAppStatuses {
		within(tasktest.Describe(row.ID), row.WorkspaceID, row.CreatedAt)
	}
}

// A store that is no Loader gets the same rows by inserts.
func TestPopulateByInserts(t *testing.T) {
	t.Parallel()
	loaded := newWorld(t)
	loaded.Populate(40, tasktest.History{Statuses: 5})
	store := newStore()
	tasktest.New(t, struct{ tasktwin.Store }{store}).Populate(40, tasktest.History{Statuses: 5})
	if !reflect.DeepEqual(dump(t, loaded), dump(t, tasktest.New(t, store))) {
		t.Error("loaded and inserted rows differ")
	}
}

// Insert inserts all rows, deletes the tasks that are deleted, and then adds what they have.
func TestInsert(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	live(w)
	if err := w.Store().UpsertTaskSnapshot(t.Context(), tasktwin.UpsertTaskSnapshotParams{
		TaskID: w.Active().ID, LogSnapshot: []byte(`{}`), LogSnapshotCreatedAt: w.Clock.Now(),
	}); err != nil {
		t.Fatal(err)
	}
	rows, store := dump(t, w), newStore()
	if err := tasktest.Insert(t.Context(), store, rows); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(dump(t, tasktest.New(t, store)), rows) {
		t.Error("the inserted rows differ")
	}
}

func BenchmarkPopulate(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		newWorld(b).Populate(1000, tasktest.History{})
	}
}

func BenchmarkActive(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		newWorld(b).Active()
	}
}
