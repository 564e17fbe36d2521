package tasktwin_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/tasktest"
)

// example stands for the *testing.T of a test.
type example struct{}

func (example) Helper() {}

func (example) Context() context.Context { return context.Background() }

func (example) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

// newWorld returns a store with an organization, a user and a template.
func newWorld() (*memdb.DB, *tasktest.World) {
	db := memdb.New(memdb.Options{})
	w := tasktest.New(example{}, db)
	w.Version()
	return db, w
}

// fixLogin returns the parameters of a task.
func fixLogin(w *tasktest.World) tasktwin.InsertTaskParams {
	return w.TaskParams(func(p *tasktwin.InsertTaskParams) { p.Name = "fix-login" })
}

// A task without a workspace is pending. Names are unique regardless of case.
func Example() {
	ctx := context.Background()
	db, w := newWorld()
	if _, err := db.InsertTask(ctx, fixLogin(w)); err != nil {
		panic(err)
	}
	task, err := db.GetTaskByOwnerIDAndName(ctx, tasktwin.GetTaskByOwnerIDAndNameParams{OwnerID: w.Owner().ID, Name: "Fix-Login"})
	if err != nil {
		panic(err)
	}
	fmt.Println(task.Name, task.Status)

	_, err = db.InsertTask(ctx, w.TaskParams(func(p *tasktwin.InsertTaskParams) { p.Name = "FIX-LOGIN" }))
	if e, ok := errors.AsType[*tasktwin.Error](err); ok {
		fmt.Println(e.Code, e.Message)
	}
	fmt.Println(tasktwin.IsUniqueViolation(err, tasktwin.UniqueTasksOwnerIDNameUniqueIdx))
	// Output:
	// fix-login pending
	// 23505 duplicate key value violates unique constraint "tasks_owner_id_name_unique_idx"
	// true
}

// A transaction with a failed statement is not committed, even if its function ignores the
// error.
func ExampleStore_inTx() {
	ctx := context.Background()
	db, w := newWorld()
	err := db.InTx(ctx, func(tx tasktwin.Store) error {
		_, _ = tx.InsertTask(ctx, fixLogin(w))
		_, _ = tx.InsertTask(ctx, fixLogin(w)) // a duplicate
		_, err := tx.ListTasks(ctx, tasktwin.ListTasksParams{})
		fmt.Println(err)
		return nil
	}, nil)
	fmt.Println(errors.Is(err, tasktwin.ErrCommitAborted))
	tasks, err := db.ListTasks(ctx, tasktwin.ListTasksParams{})
	fmt.Println(len(tasks), err)
	// Output:
	// current transaction is aborted, commands ignored until end of transaction block (SQLSTATE 25P02)
	// true
	// 0 <nil>
}

// A savepoint rolls back its own statements, and the transaction continues.
func ExampleStore_savepoint() {
	ctx := context.Background()
	db, w := newWorld()
	err := db.InTx(ctx, func(tx tasktwin.Store) error {
		if _, err := tx.InsertTask(ctx, fixLogin(w)); err != nil {
			return err
		}
		err := tx.InTx(ctx, func(savepoint tasktwin.Store) error {
			_, err := savepoint.InsertTask(ctx, fixLogin(w))
			return err
		}, nil)
		fmt.Println("duplicate:", tasktwin.IsUniqueViolation(err))
		return nil
	}, nil)
	tasks, _ := db.ListTasks(ctx, tasktwin.ListTasksParams{})
	fmt.Println(len(tasks), err)
	// Output:
	// duplicate: true
	// 1 <nil>
}

// What people see of a task while it starts, works and is paused.
func ExampleGetCurrentState() {
	ctx := context.Background()
	db, w := newWorld()
	task := w.Initializing()
	show := func() {
		state, err := tasktwin.GetCurrentState(ctx, db, task.Get())
		switch {
		case err != nil:
			panic(err)
		case state == nil:
			fmt.Println("no state")
		default:
			fmt.Println(state.State, "|", state.Message)
		}
	}
	show()
	w.Clock.Advance(time.Minute)
	task.Ready()
	show()
	task.Idle(func(p *tasktwin.InsertWorkspaceAppStatusParams) { p.Message = "Which branch?" })
	show()
	task.Pause(tasktwin.BuildReasonTaskAutoPause)
	show()
	// Output:
	// working | Agent is starting
	// no state
	// idle | Which branch?
	// idle | Which branch?
}

// Add a note to a task's prompt. At repeatable read no note is lost: if somebody else
// changes the prompt in between, the transaction fails, and runs again.
func ExampleRetry() {
	ctx := context.Background()
	db, w := newWorld()
	task, err := db.InsertTask(ctx, fixLogin(w))
	if err != nil {
		panic(err)
	}
	attempts := 0
	opts := tasktwin.RetryOptions{Tx: tasktwin.TxOptions{Isolation: tasktwin.RepeatableRead}}
	err = tasktwin.Retry(ctx, db, opts, func(tx tasktwin.Store) error {
		attempts++
		row, err := tx.GetTaskByID(ctx, task.ID)
		if err != nil {
			return err
		}
		if attempts == 1 { // another session is faster
			_, err := db.UpdateTaskPrompt(ctx, tasktwin.UpdateTaskPromptParams{ID: task.ID, Prompt: "Fix the login"})
			if err != nil {
				return err
			}
		}
		_, err = tx.UpdateTaskPrompt(ctx, tasktwin.UpdateTaskPromptParams{ID: task.ID, Prompt: row.Prompt + ", with a test"})
		return err
	})
	row, _ := db.GetTaskByID(ctx, task.ID)
	fmt.Println(row.Prompt, attempts, err)
	// Output: Fix the login, with a test 2 <nil>
}
