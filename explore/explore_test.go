package explore_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/explore"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/tasktest"
)

// world returns a store with a task.
func world(t *testing.T) (*memdb.DB, *tasktest.World, *tasktest.Task) {
	t.Helper()
	db := memdb.New(memdb.Options{})
	w := tasktest.New(t, db)
	return db, w, w.Active()
}

// prompt sets a task's prompt.
func prompt(ctx context.Context, s tasktwin.Store, id uuid.UUID, text string) error {
	_, err := s.UpdateTaskPrompt(ctx, tasktwin.UpdateTaskPromptParams{ID: id, Prompt: text})
	return err
}

func appendPrompt(id uuid.UUID, text string, level tasktwin.IsolationLevel) explore.Handler {
	return explore.Handler{Run: func(ctx context.Context, s tasktwin.Store) error {
		return s.InTx(ctx, func(tx tasktwin.Store) error {
			task, err := tx.GetTaskByID(ctx, id)
			if err != nil {
				return err
			}
			return prompt(ctx, tx, id, task.Prompt+text)
		}, &tasktwin.TxOptions{Isolation: level})
	}}
}

func TestLostUpdate(t *testing.T) {
	t.Parallel()
	db, _, task := world(t)
	if err := prompt(t.Context(), db, task.ID, ""); err != nil {
		t.Fatal(err)
	}
	c := explore.Config{
		Store:    db,
		Handlers: []explore.Handler{appendPrompt(task.ID, "a", ""), appendPrompt(task.ID, "b", "")},
		Check: func(ctx context.Context, s tasktwin.Store) error {
			row, err := s.GetTaskByID(ctx, task.ID)
			if err == nil && len(row.Prompt) != 2 {
				err = fmt.Errorf("the prompt is %q", row.Prompt)
			}
			return err
		},
	}
	result, err := explore.Explore(t.Context(), c)
	if err != nil || result.Failure == nil {
		t.Fatal(result, err)
	}
	t.Log(result.Failure)
	c.Schedule = result.Failure.Schedule
	again, err := explore.Explore(t.Context(), c)
	if err != nil || again.Failure == nil || again.Schedules != 1 {
		t.Fatal(again, err)
	}
	c.Schedule = ""
	c.Handlers = []explore.Handler{appendPrompt(task.ID, "a", tasktwin.RepeatableRead), appendPrompt(task.ID, "b", tasktwin.RepeatableRead)}
	result, err = explore.Explore(t.Context(), c)
	if err != nil || result.Failure == nil || !errors.Is(result.Failure, explore.ErrNotRetried) {
		t.Fatal(result, err)
	}
	t.Log(result.Failure)
	for i := range c.Handlers {
		c.Handlers[i].Expect = func(error) bool { return true }
	}
	c.Check = nil
	result, err = explore.Explore(t.Context(), c)
	t.Logf("%+v %v", result, err)
	c.Every = true
	result, err = explore.Explore(t.Context(), c)
	t.Logf("%+v %v", result, err)
	_ = sql.ErrNoRows
}
