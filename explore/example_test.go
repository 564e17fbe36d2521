package explore_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/explore"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/tasktest"
)

// addLine is the code under test. At read committed it would lose lines; it runs again where
// repeatable read refuses that.
func addLine(ctx context.Context, store tasktwin.Store, id uuid.UUID, line string) error {
	for {
		err := store.InTx(ctx, func(tx tasktwin.Store) error {
			task, err := tx.GetTaskByID(ctx, id)
			if err != nil {
				return err
			}
			_, err = tx.UpdateTaskPrompt(ctx, tasktwin.UpdateTaskPromptParams{ID: id, Prompt: task.Prompt + line + "\n"})
			return err
		}, &tasktwin.TxOptions{Isolation: tasktwin.RepeatableRead})
		var e *tasktwin.Error
		if !errors.As(err, &e) || e.Code != tasktwin.SerializationFailure {
			return err
		}
	}
}

func TestNoLineIsLost(t *testing.T) {
	store := memdb.New(memdb.Options{})
	task := tasktest.New(t, store).Active(func(p *tasktwin.InsertTaskParams) { p.Prompt = "" })
	explore.Test(t, explore.Config{
		Store: store, // each schedule runs on a fork
		Handlers: []explore.Handler{
			{Run: func(ctx context.Context, s tasktwin.Store) error { return addLine(ctx, s, task.ID, "one") }},
			{Run: func(ctx context.Context, s tasktwin.Store) error { return addLine(ctx, s, task.ID, "two") }},
		},
		Check: func(ctx context.Context, s tasktwin.Store) error {
			task, err := s.GetTaskByID(ctx, task.ID)
			if err == nil && strings.Count(task.Prompt, "\n") != 2 {
				err = errors.New("a line is lost: " + task.Prompt)
			}
			return err
		},
	})
}
