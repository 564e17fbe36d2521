package conformance_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/tasktest"
	"github.com/tasktwin/tasktwin/telemetry"
)

func TestUsernamesAreUnique(t *testing.T) {
	for name, open := range map[string]func(testing.TB) tasktwin.Store{
		"memdb": func(testing.TB) tasktwin.Store { return memdb.New(memdb.Options{}) },
		"pgdb":  func(t testing.TB) tasktwin.Store { return pgtest.Open(t) },
	} {
		t.Run(name, func(t *testing.T) {
			store := open(t)
			_, err := store.InsertUser(t.Context(), tasktwin.InsertUserParams{ID: uuid.New(), Username: "ada"})
			if err != nil {
				t.Fatal(err)
			}
			_, err = store.InsertUser(t.Context(), tasktwin.InsertUserParams{ID: uuid.New(), Username: "ADA"})
			if !tasktwin.IsUniqueViolation(err, tasktwin.UniqueUsersUsernameLowerIdx) {
				t.Errorf("a second ada: %v", err)
			}
		})
	}
}

func TestIdleTimeOfAPause(t *testing.T) {
	for name, store := range map[string]tasktwin.Store{"memdb": memdb.New(memdb.Options{}), "pgdb": pgtest.Open(t)} {
		t.Run(name, func(t *testing.T) {
			w := tasktest.New(t, store)
			task := w.Active().Working()
			w.Clock.Advance(time.Hour)
			task.Pause(tasktwin.BuildReasonTaskAutoPause)
			events, err := telemetry.CollectTaskEvents(t.Context(), store, tasktest.Epoch, w.Clock.Now())
			if err != nil || len(events) != 1 || *events[0].IdleDurationMS != time.Hour.Milliseconds() {
				t.Errorf("%v, %v", events, err)
			}
		})
	}
}
