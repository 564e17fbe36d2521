package main

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// service lets users submit, list and delete tasks over HTTP. It depends only on
// tasktwin.Store, not on an engine.
type service struct {
	store tasktwin.Store
	// version and organization are the template version and the organization of new
	// tasks.
	version, organization uuid.UUID
	now                   func() time.Time
	newID                 func() uuid.UUID
}

func (s *service) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /users/{user}/tasks", s.submit)
	mux.HandleFunc("GET /users/{user}/tasks", s.list)
	mux.HandleFunc("DELETE /tasks/{task}", s.remove)
	mux.HandleFunc("POST /tasks/{task}/notes", s.addNote)
	return mux
}

// taskBody is a task in a response.
type taskBody struct {
	ID     uuid.UUID           `json:"id"`
	Name   string              `json:"name"`
	Prompt string              `json:"prompt"`
	Status tasktwin.TaskStatus `json:"status"`
}

// submit inserts a task. The database checks that the name is unique and the user
// exists.
func (s *service) submit(w http.ResponseWriter, r *http.Request) {
	user, err := uuid.Parse(r.PathValue("user"))
	if err != nil {
		http.Error(w, "no such user", http.StatusNotFound)
		return
	}
	var body taskBody
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&body); err != nil || body.Name == "" {
		http.Error(w, "the body must be a task with a name", http.StatusBadRequest)
		return
	}
	task, err := s.store.InsertTask(r.Context(), tasktwin.InsertTaskParams{
		ID: s.newID(), OrganizationID: s.organization, OwnerID: user, Name: body.Name, TemplateVersionID: s.version,
		TemplateParameters: json.RawMessage(`{}`), Prompt: body.Prompt, CreatedAt: s.now(),
	})
	switch {
	case tasktwin.IsUniqueViolation(err, tasktwin.UniqueTasksOwnerIDNameUniqueIdx):
		http.Error(w, "there is a task of that name already", http.StatusConflict)
	case tasktwin.IsForeignKeyViolation(err):
		http.Error(w, "no such user", http.StatusNotFound)
	case err != nil:
		fail(w, err)
	default:
		answer(w, http.StatusCreated, taskBody{task.ID, task.Name, task.Prompt, tasktwin.TaskStatusPending})
	}
}

// list lists a user's tasks, the newest first.
func (s *service) list(w http.ResponseWriter, r *http.Request) {
	user, err := uuid.Parse(r.PathValue("user"))
	if err != nil || user == uuid.Nil {
		http.Error(w, "no such user", http.StatusNotFound)
		return
	}
	tasks, err := s.store.ListTasks(r.Context(), tasktwin.ListTasksParams{OwnerID: user})
	if err != nil {
		fail(w, err)
		return
	}
	bodies := make([]taskBody, len(tasks))
	for i, t := range tasks {
		bodies[i] = taskBody{t.ID, t.Name, t.Prompt, t.Status}
	}
	answer(w, http.StatusOK, bodies)
}

// remove deletes a task.
func (s *service) remove(w http.ResponseWriter, r *http.Request) {
	id, err := uuid.Parse(r.PathValue("task"))
	if err == nil {
		_, err = s.store.DeleteTask(r.Context(), tasktwin.DeleteTaskParams{ID: id, DeletedAt: s.now()})
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			fail(w, err)
			return
		}
	}
	if err != nil {
		http.Error(w, "no such task", http.StatusNotFound)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// fail distinguishes client errors from server errors by the SQLSTATE: class 22 is
// invalid data.
func fail(w http.ResponseWriter, err error) {
	if refused, ok := errors.AsType[*tasktwin.Error](err); ok && cmp.Or(refused.Code, "  ")[:2] == "22" {
		http.Error(w, "the task has a text that cannot be stored", http.StatusBadRequest)
		return
	}
	http.Error(w, "internal error", http.StatusInternalServerError)
}

func answer(w http.ResponseWriter, code int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(body) // fails only if the client has disconnected
}
