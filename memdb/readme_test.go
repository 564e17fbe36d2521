package memdb_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/tasktest"
)

func TestUsernamesAreUnique(t *testing.T) {
	store := memdb.New(memdb.Options{})
	_, err := store.InsertUser(t.Context(), tasktwin.InsertUserParams{ID: uuid.New(), Username: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = store.InsertUser(t.Context(), tasktwin.InsertUserParams{ID: uuid.New(), Username: "ADA"})
	if !tasktwin.IsUniqueViolation(err, tasktwin.UniqueUsersUsernameLowerIdx) {
		t.Errorf("a second ada: %v", err)
	}
}

func TestPausedTasksCanBeResumed(t *testing.T) {
	store := memdb.New(memdb.Options{})
	base := tasktest.New(t, store)
	id := base.Active(func(p *tasktwin.InsertTaskParams) { p.Name = "docs" }).ID
	for _, reason := range []tasktwin.BuildReason{tasktwin.BuildReasonTaskAutoPause, tasktwin.BuildReasonTaskManualPause} {
		t.Run(string(reason), func(t *testing.T) {
			w := base.On(t, store.Fork())
			task := w.Find(id).Pause(reason)
			w.Clock.Advance(time.Hour)
			task.Resume()
			if got := task.Status(); got != tasktwin.TaskStatusActive {
				t.Errorf("the status is %s", got)
			}
		})
	}
}
