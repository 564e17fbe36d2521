package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/faults"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/observe"
	"github.com/tasktwin/tasktwin/tasktest"
)

// serve returns a client of the service on a store.
func serve(t *testing.T, store tasktwin.Store) *client {
	t.Helper()
	return &client{t: t, store: store, handler: (&service{store: store, now: time.Now, newID: uuid.New}).handler()}
}

func notesOf(id uuid.UUID) string { return "/tasks/" + id.String() + "/notes" }

// A transaction that fails with 40001 is tried again, and nothing is written twice.
func TestNotesAreRetried(t *testing.T) {
	t.Parallel()
	db := memdb.New(memdb.Options{})
	task := tasktest.New(t, db).Active()
	conflicts := faults.SerializationFailures(3, 1) // one COMMIT in three, by the seed 1
	store := faults.Wrap(db, conflicts)
	c := serve(t, store)
	for i := range 20 {
		if code, body := c.do(http.MethodPost, notesOf(task.ID), fmt.Sprintf(`{"text": "note %d"}`, i)); code != http.StatusNoContent {
			t.Fatalf("note %d: %d %s", i, code, body)
		}
	}
	if got := strings.Count(task.Get().Prompt, "note "); got != 20 {
		t.Errorf("%d notes are in the prompt, want 20", got)
	}
	if store.Fired(conflicts) == 0 {
		t.Error("no transaction has failed")
	}
}

// Notes that are added at the same time are all there.
func TestNotesAtTheSameTime(t *testing.T) {
	t.Parallel()
	db := memdb.New(memdb.Options{})
	task := tasktest.New(t, db).Active()
	c := serve(t, db)
	var notes sync.WaitGroup
	for i := range 4 {
		notes.Go(func() {
			if code, body := c.do(http.MethodPost, notesOf(task.ID), fmt.Sprintf(`{"text": "note %d"}`, i)); code != http.StatusNoContent {
				t.Errorf("note %d: %d %s", i, code, body)
			}
		})
	}
	notes.Wait()
	if got := strings.Count(task.Get().Prompt, "note "); got != 4 {
		t.Errorf("%d notes are in the prompt, want 4", got)
	}
}

// A list asks once, however many tasks there are.
func TestListAsksOnce(t *testing.T) {
	t.Parallel()
	db := memdb.New(memdb.Options{})
	w := tasktest.New(t, db)
	for range 5 {
		w.Active()
	}
	counts := observe.NewCounts()
	c := serve(t, observe.Wrap(db, counts.Observe))
	if code, body := c.do(http.MethodGet, c.tasks(w.Owner().ID), ""); code != http.StatusOK {
		t.Fatalf("%d %s", code, body)
	}
	counts.AtMost(t, 1, "ListTasks")
	counts.NoRepeatedReads(t, 1)
}

func TestBadNotes(t *testing.T) {
	t.Parallel()
	db := memdb.New(memdb.Options{})
	task := tasktest.New(t, db).Active()
	c := serve(t, db)
	for _, r := range []struct {
		path, body string
		want       int
	}{
		{notesOf(uuid.New()), `{"text": "x"}`, http.StatusNotFound},
		{"/tasks/1/notes", `{"text": "x"}`, http.StatusNotFound},
		{notesOf(task.ID), `{"text": " "}`, http.StatusBadRequest},
		{notesOf(task.ID), `{`, http.StatusBadRequest},
		{notesOf(task.ID), `{"text": "a\u0000b"}`, http.StatusBadRequest},
	} {
		if code, body := c.do(http.MethodPost, r.path, r.body); code != r.want {
			t.Errorf("%s %s: %d %s, want %d", r.path, r.body, code, body, r.want)
		}
	}
}
