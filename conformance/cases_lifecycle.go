package conformance

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/lockstep"
)

var lifecycleCases = []testCase{
	{"transaction/used by several goroutines", "InsertTask ListTasks", true, func(t *testing.T, f *fixture) {
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
	}},
	{"context/done before the call", "", false, func(t *testing.T, f *fixture) {
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
		canceled("transaction", g.tx(nil, func(*fixture) error {
			t.Error("the function ran")
			return nil
		}))
		equal(t, "tasks", f.names(), []string{})
		expired, cancel := context.WithTimeout(f.ctx, 0)
		defer cancel()
		if err := g.Ping(expired); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("expired: got %v, want context.DeadlineExceeded", err)
		}
	}},
	{"context/done inside a transaction", "", false, func(t *testing.T, f *fixture) {
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
		if !errors.Is(err, context.Canceled) {
			t.Errorf("commit: got %v, want context.Canceled", err)
		}
		equal(t, "tasks", f.names(), []string{})
	}},
	{"close", "", false, func(t *testing.T, f *fixture) {
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
		closed("transaction", f.tx(nil, func(*fixture) error {
			t.Error("the function ran")
			return nil
		}))
		if err := f.Close(); err != nil {
			t.Errorf("second Close: %v", err)
		}
	}},
	{"close/inside a transaction", "", false, func(t *testing.T, f *fixture) {
		f.base()
		err := f.tx(nil, func(tx *fixture) error {
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
	}},
	{"readers do not wait for a transaction", "", false, func(t *testing.T, f *fixture) {
		f.base()
		err := f.tx(nil, func(tx *fixture) error {
			if err := tx.insertsTask("a"); err != nil {
				return err
			}
			equal(t, "outside, before the commit", f.names(), []string{})
			return nil
		})
		equal(t, "error", lockstep.Describe(err), lockstep.Describe(nil))
		equal(t, "outside, after the commit", f.names(), []string{"a"})
	}},
	{"isolation/what a transaction sees of others", "", false, func(t *testing.T, f *fixture) {
		f.base()
		for _, c := range []struct {
			level tasktwin.IsolationLevel
			sees  int
		}{{tasktwin.ReadCommitted, 1}, {tasktwin.RepeatableRead, 0}, {tasktwin.Serializable, 0}} {
			err := f.tx(&tasktwin.TxOptions{Isolation: c.level, ReadOnly: true}, func(tx *fixture) error {
				before := len(tx.names())
				f.insertTasks(f.newTask(f.next().String(), uuid.NullUUID{}))
				equal(t, string(c.level), len(tx.names())-before, c.sees)
				return nil
			})
			equal(t, "error", lockstep.Describe(err), lockstep.Describe(nil))
		}
	}},
}
