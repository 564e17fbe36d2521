package explore_test

import (
	"context"
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
func world(t *testing.T) (*memdb.DB, *tasktest.Task) {
	t.Helper()
	db := memdb.New(memdb.Options{})
	return db, tasktest.New(t, db).Active()
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

// hasBoth returns a check that the prompt has what two handlers have added.
func hasBoth(id uuid.UUID) func(context.Context, tasktwin.Store) error {
	return func(ctx context.Context, s tasktwin.Store) error {
		row, err := s.GetTaskByID(ctx, id)
		if err == nil && len(row.Prompt) != 2 {
			err = fmt.Errorf("the prompt is %q", row.Prompt)
		}
		return err
	}
}

// The first failure is cut down to one switch, and can be run again.
func TestFailure(t *testing.T) {
	t.Parallel()
	db, task := world(t)
	if err := prompt(t.Context(), db, task.ID, ""); err != nil {
		t.Fatal(err)
	}
	c := explore.Config{
		Store: db, Handlers: []explore.Handler{appendPrompt(task.ID, "a", ""), appendPrompt(task.ID, "b", "")}, Check: hasBoth(task.ID),
	}
	f := failure(t, c)
	const turns = "A A A B B B A B" //nolint:dupword // they are turns
	const one = "00000000-0011-4000-8000-000000000001"
	row := one + ` Name="task-1" DisplayName="Task 1"`
	view := row + ` Status="active" WorkspaceBuildNumber=1 WorkspaceAgentLifecycleState="ready" WorkspaceAppHealth="healthy" ` +
		`OwnerUsername="user-1" OwnerName="User 1"`
	want := `explore: a schedule fails: the prompt is "b"

A: begin
A: GetTaskByID ` + one + `
  -> ` + view + `
A: UpdateTaskPrompt ID=` + one + ` Prompt="a"
  -> ` + one + ` Name="task-1" Prompt="a" DisplayName="Task 1"
B: begin
B: GetTaskByID ` + one + `
  -> ` + one + `
B: UpdateTaskPrompt ID=` + one + ` Prompt="b"
  waits for A: tasks (id)=(` + one + `)
A: commit
  -> ok
  B: UpdateTaskPrompt -> ` + one + ` Prompt="b"
B: commit
  -> ok

The order of these calls matters:
  3 A: UpdateTaskPrompt before 6 B: UpdateTaskPrompt, at tasks (id)=(` + one + `)
  5 B: GetTaskByID before 7 A: commit, at tasks (id)=(` + one + `)
  6 B: UpdateTaskPrompt before 7 A: commit, at tasks (id)=(` + one + `)
  2 A: GetTaskByID before 8 B: commit, at tasks (id)=(` + one + `)
  3 A: UpdateTaskPrompt before 8 B: commit, at tasks (id)=(` + one + `)

The rows that have changed:
  tasks
    ~ id ` + one + ` (task 1)
        prompt: "" → "b"

To run this schedule alone, set Config.Schedule: "` + turns + `"`
	if got := f.Error(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	c.Schedule = f.Schedule
	if again := explored(t, c); again.Schedules != 1 || again.Failure == nil || again.Failure.Error() != want {
		t.Errorf("%+v", again)
	}
}

// A lost update is refused at repeatable read, and that nobody retries it is a failure.
func TestNotRetried(t *testing.T) {
	t.Parallel()
	db, task := world(t)
	c := explore.Config{Store: db, Handlers: []explore.Handler{
		appendPrompt(task.ID, "a", tasktwin.RepeatableRead), appendPrompt(task.ID, "b", tasktwin.RepeatableRead),
	}}
	if f := failure(t, c); !errors.Is(f, explore.ErrNotRetried) {
		t.Error(f)
	}
}
