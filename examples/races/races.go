// Package races has code with a race, and the same code without it, for the tests that show the
// order of statements that breaks it: see races_test.go.
package races

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// retry runs fn in a transaction until it does not fail because of another one.
func retry(ctx context.Context, store tasktwin.Store, level tasktwin.IsolationLevel, fn func(tasktwin.Store) error) error {
	return tasktwin.Retry(ctx, store, tasktwin.RetryOptions{Tx: tasktwin.TxOptions{Isolation: level}}, fn)
}

// isFree reports whether no task of an owner has a name.
func isFree(ctx context.Context, s tasktwin.Querier, owner uuid.UUID, name string) (bool, error) {
	_, err := s.GetTaskByOwnerIDAndName(ctx, tasktwin.GetTaskByOwnerIDAndNameParams{OwnerID: owner, Name: name})
	if errors.Is(err, sql.ErrNoRows) {
		return true, nil
	}
	return false, err
}

// CreateChecked creates a task, under another name if its own is taken. It has a race: the name
// may be taken after it has looked.
func CreateChecked(ctx context.Context, store tasktwin.Store, task tasktwin.InsertTaskParams) error {
	free, err := isFree(ctx, store, task.OwnerID, task.Name)
	if err != nil {
		return err
	}
	if !free {
		task.Name += "-2"
	}
	_, err = store.InsertTask(ctx, task)
	return err
}

// CreateTrying creates a task like CreateChecked. It lets the database look.
func CreateTrying(ctx context.Context, store tasktwin.Store, task tasktwin.InsertTaskParams) error {
	_, err := store.InsertTask(ctx, task)
	if tasktwin.IsUniqueViolation(err, tasktwin.UniqueTasksOwnerIDNameUniqueIdx) {
		task.Name += "-2"
		_, err = store.InsertTask(ctx, task)
	}
	return err
}

// appendPrompt adds a line to a task's prompt.
func appendPrompt(ctx context.Context, s tasktwin.Store, id uuid.UUID, line string) error {
	task, err := s.GetTaskByID(ctx, id)
	if err != nil {
		return err
	}
	_, err = s.UpdateTaskPrompt(ctx, tasktwin.UpdateTaskPromptParams{ID: id, Prompt: task.Prompt + line + "\n"})
	return err
}

// Append adds a line to a task's prompt. It has a race: at read committed, another line that
// is added between its two statements is lost.
func Append(ctx context.Context, store tasktwin.Store, id uuid.UUID, line string) error {
	return store.InTx(ctx, func(tx tasktwin.Store) error { return appendPrompt(ctx, tx, id, line) }, nil)
}

// AppendOnce adds a line to a task's prompt at repeatable read, so that no line is lost. It
// has another mistake: nobody runs it again when that fails with 40001.
func AppendOnce(ctx context.Context, store tasktwin.Store, id uuid.UUID, line string) error {
	return store.InTx(ctx, func(tx tasktwin.Store) error { return appendPrompt(ctx, tx, id, line) },
		&tasktwin.TxOptions{Isolation: tasktwin.RepeatableRead})
}

// AppendRetrying adds a line to a task's prompt.
func AppendRetrying(ctx context.Context, store tasktwin.Store, id uuid.UUID, line string) error {
	return retry(ctx, store, tasktwin.RepeatableRead, func(tx tasktwin.Store) error { return appendPrompt(ctx, tx, id, line) })
}

// Stop is the build that pauses a task.
type Stop struct {
	Job   tasktwin.InsertProvisionerJobParams
	Build tasktwin.InsertWorkspaceBuildParams
	Bind  tasktwin.UpsertTaskWorkspaceAppParams
}

// errLast is the error of a task that must not be paused.
var errLast = errors.New("the owner has no other active task")

// pause pauses a task, unless it is the last active one of its owner.
func pause(ctx context.Context, tx tasktwin.Store, owner uuid.UUID, stop Stop) error {
	active, err := tx.ListTasks(ctx, tasktwin.ListTasksParams{OwnerID: owner, Status: tasktwin.TaskStatusActive})
	if err != nil {
		return err
	}
	if len(active) < 2 {
		return errLast
	}
	if _, err := tx.InsertProvisionerJob(ctx, stop.Job); err != nil {
		return err
	}
	if _, err := tx.InsertWorkspaceBuild(ctx, stop.Build); err != nil {
		return err
	}
	_, err = tx.UpsertTaskWorkspaceApp(ctx, stop.Bind)
	return err
}

// PauseSnapshot pauses a task, unless it is the last active one of its owner. It has a race, write
// skew: two of them that pause different tasks at once each see the other's as active.
func PauseSnapshot(ctx context.Context, store tasktwin.Store, owner uuid.UUID, stop Stop) error {
	return retry(ctx, store, tasktwin.RepeatableRead, func(tx tasktwin.Store) error { return pause(ctx, tx, owner, stop) })
}

// PauseSerializable pauses a task, unless it is the last active one of its owner.
func PauseSerializable(ctx context.Context, store tasktwin.Store, owner uuid.UUID, stop Stop) error {
	return retry(ctx, store, tasktwin.Serializable, func(tx tasktwin.Store) error { return pause(ctx, tx, owner, stop) })
}

// SetPrompts sets the prompts of tasks, in the order in which they are given. It has a race: two
// of them with the same tasks in different orders deadlock.
func SetPrompts(ctx context.Context, store tasktwin.Store, prompt string, ids ...uuid.UUID) error {
	return store.InTx(ctx, func(tx tasktwin.Store) error {
		for _, id := range ids {
			if _, err := tx.UpdateTaskPrompt(ctx, tasktwin.UpdateTaskPromptParams{ID: id, Prompt: prompt}); err != nil {
				return fmt.Errorf("set the prompt of %s: %w", id, err)
			}
		}
		return nil
	}, nil)
}

// SetPromptsSorted sets the prompts of tasks in the order of their ids, so that all who do so
// lock them in one order.
func SetPromptsSorted(ctx context.Context, store tasktwin.Store, prompt string, ids ...uuid.UUID) error {
	ids = slices.SortedFunc(slices.Values(ids), func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	return SetPrompts(ctx, store, prompt, ids...)
}
