package pgtest_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/explore"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/tasktest"
)

// appending returns a handler that reads a task's prompt and writes it back with a text.
func appending(id uuid.UUID, text string) explore.Handler {
	return explore.Handler{Run: func(ctx context.Context, s tasktwin.Store) error {
		return s.InTx(ctx, func(tx tasktwin.Store) error {
			task, err := tx.GetTaskByID(ctx, id)
			if err != nil {
				return err
			}
			_, err = tx.UpdateTaskPrompt(ctx, tasktwin.UpdateTaskPromptParams{ID: id, Prompt: task.Prompt + text})
			return err
		}, nil)
	}}
}

// A schedule that fails on memdb fails on PostgreSQL, and the orders there lead to the same
// prompts.
func TestSchedules(t *testing.T) {
	t.Parallel()
	db := memdb.New(memdb.Options{})
	task := tasktest.New(t, db).Active(func(p *tasktwin.InsertTaskParams) { p.Prompt = "" })
	rows, err := db.Dump(t.Context())
	require.NoError(t, err)
	seed := pgtest.FromRows(rows)
	open := seed.Schedules(t)

	prompts := map[string]bool{}
	c := explore.Config{Store: db, Handlers: []explore.Handler{appending(task.ID, "a"), appending(task.ID, "b")}}
	c.Check = func(ctx context.Context, s tasktwin.Store) error {
		row, err := s.GetTaskByID(ctx, task.ID)
		prompts[row.Prompt] = true
		return err
	}
	explore.Test(t, c)
	onPostgres := c
	onPostgres.Store, onPostgres.Open = nil, open
	want := prompts
	prompts = map[string]bool{}
	result := explore.Test(t, onPostgres)
	t.Logf("%d schedules", result.Schedules)
	assert.Equal(t, want, prompts)
	assert.Equal(t, map[string]bool{"ab": true, "ba": true, "a": true, "b": true}, prompts)

	c.Check = func(ctx context.Context, s tasktwin.Store) error {
		row, err := s.GetTaskByID(ctx, task.ID)
		if err == nil && len(row.Prompt) != 2 {
			err = fmt.Errorf("the prompt is %q", row.Prompt)
		}
		return err
	}
	result, err = explore.Explore(t.Context(), c)
	require.NoError(t, err)
	require.NotNil(t, result.Failure)
	onPostgres.Check, onPostgres.Schedule = c.Check, result.Failure.Schedule
	again, err := explore.Explore(t.Context(), onPostgres)
	require.NoError(t, err)
	require.NotNil(t, again.Failure)
	assert.Equal(t, result.Failure.Schedule, again.Failure.Schedule)
	assert.Equal(t, result.Failure.Cause.Error(), again.Failure.Cause.Error())
	assert.Equal(t, result.Failure.Changes, again.Failure.Changes)
	t.Log(again.Failure)
}
