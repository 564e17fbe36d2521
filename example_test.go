package tasktwin_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
)

// world has the rows that a task references.
type world struct {
	org      tasktwin.Organization
	user     tasktwin.User
	template tasktwin.Template
	version  tasktwin.TemplateVersion
}

var now = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// newWorld returns a store with an organization, a user and a template.
func newWorld(ctx context.Context) (*memdb.DB, world) {
	db := memdb.New(memdb.Options{})
	var w world
	var errs [4]error
	w.org, errs[0] = db.InsertOrganization(ctx, tasktwin.InsertOrganizationParams{
		ID: uuid.New(), Name: "acme", CreatedAt: now, UpdatedAt: now,
	})
	w.user, errs[1] = db.InsertUser(ctx, tasktwin.InsertUserParams{
		ID: uuid.New(), Username: "ada", Email: "ada@example.com", CreatedAt: now, UpdatedAt: now,
	})
	w.template, errs[2] = db.InsertTemplate(ctx, tasktwin.InsertTemplateParams{
		ID: uuid.New(), OrganizationID: w.org.ID, Name: "go", CreatedBy: w.user.ID, CreatedAt: now, UpdatedAt: now,
	})
	w.version, errs[3] = db.InsertTemplateVersion(ctx, tasktwin.InsertTemplateVersionParams{
		ID: uuid.New(), TemplateID: uuid.NullUUID{UUID: w.template.ID, Valid: true}, OrganizationID: w.org.ID, Name: "v1", CreatedBy: w.user.ID,
		CreatedAt: now, UpdatedAt: now,
	})
	if err := errors.Join(errs[:]...); err != nil {
		panic(err)
	}
	return db, w
}

// task returns the parameters of a task.
func (w world) task(name string) tasktwin.InsertTaskParams {
	return tasktwin.InsertTaskParams{
		ID: uuid.New(), OrganizationID: w.org.ID, OwnerID: w.user.ID, Name: name, DisplayName: name, TemplateVersionID: w.version.ID,
		TemplateParameters: json.RawMessage(`{}`), Prompt: "Fix the flaky test", CreatedAt: now,
	}
}

// A task without a workspace is pending. Names are unique regardless of case.
func Example() {
	ctx := context.Background()
	db, w := newWorld(ctx)
	if _, err := db.InsertTask(ctx, w.task("fix-login")); err != nil {
		panic(err)
	}
	task, err := db.GetTaskByOwnerIDAndName(ctx, tasktwin.GetTaskByOwnerIDAndNameParams{OwnerID: w.user.ID, Name: "Fix-Login"})
	if err != nil {
		panic(err)
	}
	fmt.Println(task.Name, task.Status, task.OwnerUsername)

	_, err = db.InsertTask(ctx, w.task("FIX-LOGIN"))
	if e, ok := errors.AsType[*tasktwin.Error](err); ok {
		fmt.Println(e.Code, e.Message)
	}
	fmt.Println(tasktwin.IsUniqueViolation(err, tasktwin.UniqueTasksOwnerIDNameUniqueIdx))
	// Output:
	// fix-login pending ada
	// 23505 duplicate key value violates unique constraint "tasks_owner_id_name_unique_idx"
	// true
}

// A transaction with a failed statement is not committed, even if its function ignores the
// error.
func ExampleStore_inTx() {
	ctx := context.Background()
	db, w := newWorld(ctx)
	err := db.InTx(ctx, func(tx tasktwin.Store) error {
		_, _ = tx.InsertTask(ctx, w.task("fix-login"))
		_, _ = tx.InsertTask(ctx, w.task("fix-login")) // a duplicate
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
	db, w := newWorld(ctx)
	err := db.InTx(ctx, func(tx tasktwin.Store) error {
		if _, err := tx.InsertTask(ctx, w.task("fix-login")); err != nil {
			return err
		}
		err := tx.InTx(ctx, func(savepoint tasktwin.Store) error {
			_, err := savepoint.InsertTask(ctx, w.task("fix-login"))
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
