package tasktest

import (
	"context"
	"errors"
	"fmt"

	"github.com/tasktwin/tasktwin"
)

// Insert inserts rows, in one transaction, through the statements of a store, for stores that
// are no [tasktwin.Loader] and to measure those statements. The tables come in the order of
// the fields. It ignores the values of generated columns. The error names the method and the
// parameters. It returns an error if the store or rows is nil.
func Insert(ctx context.Context, store tasktwin.Store, rows *tasktwin.Dump) error {
	switch {
	case store == nil:
		return errors.New("tasktest: Insert: store is nil")
	case rows == nil:
		return errors.New("tasktest: Insert: rows is nil")
	}
	return store.InTx(ctx, func(tx tasktwin.Store) error {
		for _, table := range insertSteps(tx, rows) {
			if err := table(ctx); err != nil {
				return err
			}
		}
		return nil
	}, nil)
}

// each makes a statement of each row.
func each[R, P, A any](
	method string, query func(context.Context, P) (A, error), rows []R, params func(R) P,
) func(context.Context) error {
	return func(ctx context.Context) error {
		for _, row := range rows {
			arg := params(row)
			if _, err := query(ctx, arg); err != nil {
				return fmt.Errorf("tasktest: %s: %w\nwith %s", method, err, text(arg))
			}
		}
		return nil
	}
}

// noRow makes a statement that returns nothing one for [each].
func noRow[P any](exec func(context.Context, P) error) func(context.Context, P) (struct{}, error) {
	return func(ctx context.Context, arg P) (struct{}, error) { return struct{}{}, exec(ctx, arg) }
}

// insertTasks inserts tasks, and deletes those that are deleted, which an insert cannot say.
func insertTasks(tx tasktwin.Store, rows []tasktwin.Task) func(context.Context) error {
	return func(ctx context.Context) error {
		var deleted []tasktwin.DeleteTaskParams
		for _, row := range rows {
			if row.DeletedAt.Valid {
				deleted = append(deleted, tasktwin.DeleteTaskParams{ID: row.ID, DeletedAt: row.DeletedAt.Time})
			}
		}
		if err := each("InsertTask", tx.InsertTask, rows, insertTaskParams)(ctx); err != nil {
			return err
		}
		return each("DeleteTask", tx.DeleteTask, deleted, func(arg tasktwin.DeleteTaskParams) tasktwin.DeleteTaskParams { return arg })(ctx)
	}
}
