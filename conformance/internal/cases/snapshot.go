package cases

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
)

var snapshotCases = []Case{
	{Name: "snapshot/what the first statement fixes", Methods: "ListTasks InsertTask", Run: SnapshotWhatTheFirstStatementFixes},
	{
		Name:    "snapshot/a write that changes nothing is no conflict",
		Methods: "DeleteUserByID InsertTask",
		Run:     SnapshotAWriteThatChangesNothingIsNoConflict,
	},
	{
		Name:    "cancellation/of a statement that waits, in a savepoint",
		Methods: "InsertTask ListTasks",
		Alone:   true,
		Run:     CancellationOfAStatementThatWaitsInASavepoint,
	},
}

func init() { register(snapshotCases) }

func SnapshotWhatTheFirstStatementFixes(t TB, f *Fixture) {
	f.base()
	for name, first := range map[string]func(tx tasktwin.Store) error{
		"a query": func(tx tasktwin.Store) error {
			_, err := tx.ListTasks(f.ctx, tasktwin.ListTasksParams{})
			return err
		},
		"a ping": func(tx tasktwin.Store) error { return tx.Ping(f.ctx) },
		"one that fails on its arguments": func(tx tasktwin.Store) error {
			return failsInSavepoint(f.ctx, tx, func(s tasktwin.Store) error {
				_, err := s.GetTaskByOwnerIDAndName(f.ctx, tasktwin.GetTaskByOwnerIDAndNameParams{OwnerID: f.user.ID, Name: "\xff"})
				return err
			})
		},
		"one that only a writer may make": func(tx tasktwin.Store) error {
			return failsInSavepoint(f.ctx, tx, func(s tasktwin.Store) error {
				_, err := s.InsertTask(f.ctx, f.newTask("refused", uuid.NullUUID{}))
				return err
			})
		},
	} {
		for _, isolation := range []tasktwin.IsolationLevel{tasktwin.RepeatableRead, tasktwin.Serializable} {
			var before, after int
			before = len(must[[]tasktwin.TaskWithStatus](t)(f.ListTasks(f.ctx, tasktwin.ListTasksParams{})))
			err := f.InTx(f.ctx, func(tx tasktwin.Store) error {
				if err := first(tx); err != nil {
					t.Errorf("%s: %v", name, err)
				}
				f.task(uuid.NullUUID{})
				rows, err := tx.ListTasks(f.ctx, tasktwin.ListTasksParams{})
				after = len(rows)
				return err
			}, &tasktwin.TxOptions{Isolation: isolation, ReadOnly: true})
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if before != after {
				t.Errorf("%s, %s: the transaction sees %d tasks, and there were %d", name, isolation, after, before)
			}
		}
	}
}

func SnapshotAWriteThatChangesNothingIsNoConflict(t TB, f *Fixture) {
	f.base()
	err := f.InTx(f.ctx, func(tx tasktwin.Store) error {
		if _, err := tx.ListTasks(f.ctx, tasktwin.ListTasksParams{}); err != nil {
			return err
		}
		_, err := f.DeleteUserByID(f.ctx, absent)
		noRows(t, "an absent user", err)
		_, err = tx.InsertTask(f.ctx, f.newTask("mine", uuid.NullUUID{}))
		return err
	}, &tasktwin.TxOptions{Isolation: tasktwin.RepeatableRead})
	if err != nil {
		t.Errorf("the transaction fails with %v", err)
	}
}

func CancellationOfAStatementThatWaitsInASavepoint(t TB, f *Fixture) {
	f.base()
	arg := f.newTask("contended", uuid.NullUUID{})
	release, held := make(chan struct{}), make(chan struct{})
	ended := make(chan error)
	go func() {
		ended <- f.InTx(f.ctx, func(tx tasktwin.Store) error {
			_, err := tx.InsertTask(f.ctx, arg)
			close(held)
			<-release
			return errors.Join(err, program.ErrRollback)
		}, nil)
	}()
	<-held
	err := f.InTx(f.ctx, func(tx tasktwin.Store) error {
		waiting, cancel := context.WithTimeout(f.ctx, 500*time.Millisecond)
		defer cancel()
		err := tx.InTx(f.ctx, func(s tasktwin.Store) error {
			_, err := s.InsertTask(waiting, arg)
			return err
		}, nil)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the statement that waited: %v", err)
		}
		_, err = tx.ListTasks(f.ctx, tasktwin.ListTasksParams{})
		fails(t, "the next statement", err, sqlState(tasktwin.InFailedSQLTransaction))
		return nil
	}, nil)
	if !errors.Is(err, tasktwin.ErrCommitAborted) {
		t.Errorf("the transaction: %v", err)
	}
	close(release)
	if err := <-ended; !errors.Is(err, program.ErrRollback) {
		t.Error(err)
	}
}

// failsInSavepoint runs fn in a savepoint. fn has to fail.
func failsInSavepoint(ctx context.Context, tx tasktwin.Store, fn func(tasktwin.Store) error) error {
	err := tx.InTx(ctx, fn, nil)
	if _, failed := errors.AsType[*tasktwin.Error](err); failed {
		return nil
	}
	return errors.Join(err, errors.New("the savepoint did not fail"))
}
