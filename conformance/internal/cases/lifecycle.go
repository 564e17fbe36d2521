package cases

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

var lifecycleCases = []Case{
	{Name: "transaction/used by several goroutines", Methods: "InsertTask ListTasks", Alone: true, Run: TransactionUsedBySeveralGoroutines},
	{Name: "context/done before the call", Run: ContextDoneBeforeTheCall},
	{Name: "context/done inside a transaction", Run: ContextDoneInsideATransaction},
	{Name: "close", Run: Close},
	{Name: "close/inside a transaction", Run: CloseInsideATransaction},
	{Name: "readers do not wait for a transaction", Run: ReadersDoNotWaitForATransaction},
	{Name: "isolation/what a transaction sees of others", Run: IsolationWhatATransactionSeesOfOthers},
}

func init() { register(lifecycleCases) }

func TransactionUsedBySeveralGoroutines(t TB, f *Fixture) {
	f.base()
	args := make([]tasktwin.InsertTaskParams, 40)
	for i := range args {
		args[i] = f.newTask(fmt.Sprintf("task%d", i), uuid.NullUUID{})
	}
	err := f.InTx(f.ctx, func(tx tasktwin.Store) error {
		errs := make([]error, len(args))
		var group sync.WaitGroup
		for i := range args {
			group.Go(func() {
				_, err := tx.InsertTask(f.ctx, args[i])
				_, listErr := tx.ListTasks(f.ctx, tasktwin.ListTasksParams{})
				errs[i] = errors.Join(err, listErr)
			})
		}
		group.Wait()
		return errors.Join(errs...)
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "tasks", len(f.names()), len(args))
}

func ContextDoneBeforeTheCall(t TB, f *Fixture) {
	f.base()
	ctx, cancel := context.WithCancel(f.ctx)
	cancel()
	g := *f
	g.ctx = ctx
	canceled := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v, want context.Canceled", what, err)
		}
	}
	canceled("write", g.insertsTask("a"))
	_, err := g.ListTasks(ctx, tasktwin.ListTasksParams{})
	canceled("read", err)
	canceled("ping", g.Ping(ctx))
	canceled("transaction", g.tx(nil, func(*Fixture) error {
		t.Error("the function ran")
		return nil
	}))
	equal(t, "tasks", f.names(), []string{})
	expired, cancel := context.WithTimeout(f.ctx, 0)
	defer cancel()
	if err := g.Ping(expired); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("expired: got %v, want context.DeadlineExceeded", err)
	}
}

func ContextDoneInsideATransaction(t TB, f *Fixture) {
	f.base()
	ctx, cancel := context.WithCancel(f.ctx)
	err := f.InTx(ctx, func(s tasktwin.Store) error {
		tx := f.on(s)
		if err := tx.insertsTask("a"); err != nil {
			return err
		}
		done := *tx
		done.ctx = ctx
		cancel()
		if err := done.insertsTask("b"); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want context.Canceled", err)
		}
		return tx.insertsTask("c") // with a context that is not done
	}, nil)
	if !errors.Is(err, context.Canceled) || errors.Is(err, tasktwin.ErrCommitUnknown) {
		t.Errorf("commit: got %v, want context.Canceled and not ErrCommitUnknown: nothing was sent", err)
	}
	equal(t, "tasks", f.names(), []string{})
}

func Close(t TB, f *Fixture) {
	f.base()
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	closed := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, tasktwin.ErrClosed) {
			t.Errorf("%s: got %v, want ErrClosed", what, err)
		}
	}
	closed("write", f.insertsTask("a"))
	_, err := f.GetTaskByID(f.ctx, absent)
	closed("read", err)
	_, err = f.ListTasks(f.ctx, tasktwin.ListTasksParams{Status: "bogus"})
	closed("before any other error", err)
	closed("ping", f.Ping(f.ctx))
	closed("transaction", f.tx(nil, func(*Fixture) error {
		t.Error("the function ran")
		return nil
	}))
	if err := f.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
}

func CloseInsideATransaction(t TB, f *Fixture) {
	f.base()
	err := f.tx(nil, func(tx *Fixture) error {
		if err := tx.insertsTask("a"); err != nil {
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
		if err := tx.insertsTask("b"); !errors.Is(err, tasktwin.ErrClosed) {
			t.Errorf("got %v, want ErrClosed", err)
		}
		return nil
	})
	if !errors.Is(err, tasktwin.ErrClosed) {
		t.Errorf("commit: got %v, want ErrClosed", err)
	}
}

func ReadersDoNotWaitForATransaction(t TB, f *Fixture) {
	f.base()
	err := f.tx(nil, func(tx *Fixture) error {
		if err := tx.insertsTask("a"); err != nil {
			return err
		}
		equal(t, "outside, before the commit", f.names(), []string{})
		return nil
	})
	succeeds(t, "error", err)
	equal(t, "outside, after the commit", f.names(), []string{"a"})
}

func IsolationWhatATransactionSeesOfOthers(t TB, f *Fixture) {
	f.base()
	for _, c := range []struct {
		level tasktwin.IsolationLevel
		sees  int
	}{{tasktwin.ReadCommitted, 1}, {tasktwin.RepeatableRead, 0}, {tasktwin.Serializable, 0}} {
		err := f.tx(&tasktwin.TxOptions{Isolation: c.level, ReadOnly: true}, func(tx *Fixture) error {
			before := len(tx.names())
			f.insertTasks(f.newTask(f.next().String(), uuid.NullUUID{}))
			equal(t, string(c.level), len(tx.names())-before, c.sees)
			return nil
		})
		succeeds(t, "error", err)
	}
}
