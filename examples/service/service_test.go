package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/tasktest"
)

// cases are the tests of the service on any store.
var cases = []struct {
	name string
	run  func(t *testing.T, c *client)
}{
	{"a task can be submitted, listed and deleted", func(t *testing.T, c *client) {
		code, body := c.do(http.MethodPost, c.tasks(c.rows.ada), `{"name": "Docs", "prompt": "Write"}`)
		if code != http.StatusCreated {
			t.Fatalf("%d %s", code, body)
		}
		var task taskBody
		if err := json.Unmarshal([]byte(body), &task); err != nil || task.Status != tasktwin.TaskStatusPending {
			t.Errorf("%s: %v", body, err)
		}
		if _, list := c.do(http.MethodGet, c.tasks(c.rows.ada), ""); list != "["+body+"]" {
			t.Errorf("%s in %s", body, list)
		}
		if code, _ := c.do(http.MethodDelete, "/tasks/"+task.ID.String(), ""); code != http.StatusNoContent {
			t.Errorf("deleting: %d", code)
		}
		if code, _ := c.do(http.MethodDelete, "/tasks/"+task.ID.String(), ""); code != http.StatusNotFound {
			t.Errorf("deleting once more: %d", code)
		}
		if _, list := c.do(http.MethodGet, c.tasks(c.rows.ada), ""); list != "[]" {
			t.Errorf("left: %s", list)
		}
	}},
	{"names are unique for each user, in any case", func(t *testing.T, c *client) {
		for _, r := range []struct {
			user uuid.UUID
			name string
			want int
		}{
			{c.rows.ada, "Docs", http.StatusCreated},
			{c.rows.ada, "docs", http.StatusConflict},
			{c.rows.bob, "docs", http.StatusCreated},
		} {
			if code, body := c.do(http.MethodPost, c.tasks(r.user), `{"name": "`+r.name+`"}`); code != r.want {
				t.Errorf("%s: %d %s, want %d", r.name, code, body, r.want)
			}
		}
	}},
	{"a note is added to the prompt", func(t *testing.T, c *client) {
		task := tasktest.New(t, c.store).Active()
		for _, note := range []string{"one", "two"} {
			if code, body := c.do(http.MethodPost, notesOf(task.ID), `{"text": "`+note+`"}`); code != http.StatusNoContent {
				t.Fatalf("%s: %d %s", note, code, body)
			}
		}
		if got, want := task.Get().Prompt, task.Prompt+"\none\ntwo"; got != want {
			t.Errorf("the prompt is %q, want %q", got, want)
		}
	}},
	{"what cannot be is refused", func(t *testing.T, c *client) {
		for _, r := range []struct {
			path, body string
			want       int
		}{
			{c.tasks(uuid.New()), `{"name": "x"}`, http.StatusNotFound},
			{"/users/ada/tasks", `{"name": "x"}`, http.StatusNotFound},
			{c.tasks(c.rows.ada), `{"name": ""}`, http.StatusBadRequest},
			{c.tasks(c.rows.ada), `{`, http.StatusBadRequest},
			// PostgreSQL refuses a NUL. A map would not.
			{c.tasks(c.rows.ada), `{"name": "a\u0000b"}`, http.StatusBadRequest},
		} {
			if code, body := c.do(http.MethodPost, r.path, r.body); code != r.want {
				t.Errorf("%s %s: %d %s, want %d", r.path, r.body, code, body, r.want)
			}
		}
	}},
}

// Unit tests: no database, nothing to install, each on a fork of one store.
func TestService(t *testing.T) {
	t.Parallel()
	base := memdb.New(memdb.Options{})
	rows, err := seed(t.Context(), base, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t, newClient(t, base.Fork(), rows))
		})
	}
}

// client sends requests to a service.
type client struct {
	t       *testing.T
	store   tasktwin.Store
	handler http.Handler
	rows    seeded
}

func newClient(t *testing.T, store tasktwin.Store, rows seeded) *client {
	t.Helper()
	s := &service{store: store, organization: rows.organization, version: rows.version, now: time.Now, newID: uuid.New}
	return &client{t, store, s.handler(), rows}
}

func (c *client) tasks(user uuid.UUID) string { return "/users/" + user.String() + "/tasks" }

func (c *client) do(method, path, body string) (code int, answer string) {
	c.t.Helper()
	recorder := httptest.NewRecorder()
	c.handler.ServeHTTP(recorder, httptest.NewRequestWithContext(c.t.Context(), method, path, strings.NewReader(body)))
	return recorder.Code, strings.TrimSpace(recorder.Body.String())
}

func TestOnce(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := run(t.Context(), "", "", true, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"POST: 201 Created", "POST: 409 Conflict there is a task of that name already", "GET: 200 OK [{"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}
