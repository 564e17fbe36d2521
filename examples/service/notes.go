package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// addNote appends a line to a task's prompt. At repeatable read, of two notes at the same
// time the second fails instead of overwriting the first, and is tried again.
func (s *service) addNote(w http.ResponseWriter, r *http.Request) {
	id, err := uuid.Parse(r.PathValue("task"))
	if err != nil {
		http.Error(w, "no such task", http.StatusNotFound)
		return
	}
	var body struct {
		Text string `json:"text"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&body); err != nil || strings.TrimSpace(body.Text) == "" {
		http.Error(w, "the body must be a note with a text", http.StatusBadRequest)
		return
	}
	opts := tasktwin.RetryOptions{Tx: tasktwin.TxOptions{Isolation: tasktwin.RepeatableRead}}
	err = tasktwin.Retry(r.Context(), s.store, opts, func(tx tasktwin.Store) error {
		return appendToPrompt(r.Context(), tx, id, body.Text)
	})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		http.Error(w, "no such task", http.StatusNotFound)
	case err != nil:
		fail(w, err)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

func appendToPrompt(ctx context.Context, tx tasktwin.Store, id uuid.UUID, text string) error {
	task, err := tx.GetTaskByID(ctx, id)
	if err != nil {
		return err
	}
	_, err = tx.UpdateTaskPrompt(ctx, tasktwin.UpdateTaskPromptParams{ID: id, Prompt: task.Prompt + "\n" + text})
	return err
}
