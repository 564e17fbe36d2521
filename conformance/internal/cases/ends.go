package cases

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
)

// assertUnlocked asserts that no lock of the store is held: a write and a transaction
// succeed within a time limit that no store gets near.
func (f *Fixture) assertUnlocked(t TB, name string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(f.ctx, time.Minute)
	defer cancel()
	bounded := *f
	bounded.ctx = ctx
	succeeds(t, "a later write", bounded.insertsTask(name))
	err := bounded.tx(nil, func(tx *Fixture) error { return tx.insertsTask(name + " in a transaction") })
	succeeds(t, "a later transaction", err)
}

// outliving is a savepoint in its own goroutine, whose function goes on after its
// transaction has ended.
type outliving struct {
	open, release chan struct{}
	ended         chan error
}

// outlive starts a savepoint on tx and returns after before has run in it. When
// released, the savepoint runs after and ends.
func outlive(tx *Fixture, before, after func(*Fixture) error) *outliving {
	o := &outliving{make(chan struct{}), make(chan struct{}), make(chan error, 1)}
	go func() {
		opened := sync.OnceFunc(func() { close(o.open) })
		defer opened() // also if the savepoint cannot start
		o.ended <- tx.tx(nil, func(sp *Fixture) error {
			err := before(sp)
			opened()
			<-o.release
			return errors.Join(err, after(sp))
		})
	}()
	<-o.open
	return o
}

// end releases the savepoint and returns the error of its InTx.
func (o *outliving) end() error {
	close(o.release)
	return <-o.ended
}

// isDone asserts that all calls on a handle fail with ErrTxDone.
func isDone(t TB, what string, f *Fixture) {
	t.Helper()
	_, listed := f.ListTasks(f.ctx, tasktwin.ListTasksParams{})
	for name, err := range map[string]error{
		"read": listed, "write": f.insertsTask("never"), "ping": f.Ping(f.ctx),
		"savepoint": f.tx(nil, func(*Fixture) error { return nil }),
	} {
		if !errors.Is(err, tasktwin.ErrTxDone) {
			t.Errorf("%s: %s: got %v, want ErrTxDone", what, name, err)
		}
	}
}

func nothing(*Fixture) error { return nil }

// Calls has one call on a store of each kind.
var Calls = map[string]func(context.Context, tasktwin.Store) error{
	"read": func(ctx context.Context, s tasktwin.Store) error { _, err := s.GetTaskByID(ctx, absent); return err },
	"list": func(ctx context.Context, s tasktwin.Store) error {
		_, err := s.ListTasks(ctx, tasktwin.ListTasksParams{})
		return err
	},
	"write": func(ctx context.Context, s tasktwin.Store) error {
		_, err := s.InsertUser(ctx, tasktwin.InsertUserParams{ID: absent})
		return err
	},
	"delete": func(ctx context.Context, s tasktwin.Store) error {
		_, err := s.DeleteUserByID(ctx, absent)
		return err
	},
	"ping": func(ctx context.Context, s tasktwin.Store) error { return s.Ping(ctx) },
	"savepoint": func(ctx context.Context, s tasktwin.Store) error {
		return s.InTx(ctx, func(tasktwin.Store) error { return nil }, nil)
	},
	"dump": func(ctx context.Context, s tasktwin.Store) error {
		_, err := s.(tasktwin.Dumper).Dump(ctx)
		return err
	},
	"load": func(ctx context.Context, s tasktwin.Store) error {
		return s.(tasktwin.Loader).Load(ctx, &tasktwin.Dump{})
	},
	"iterate": func(ctx context.Context, s tasktwin.Store) error {
		for _, err := range s.(tasktwin.TaskIterator).AllTasks(ctx, tasktwin.ListTasksParams{}) {
			return err
		}
		return nil
	},
	"batch": func(ctx context.Context, s tasktwin.Store) error {
		_, err := s.(tasktwin.BatchInserter).InsertWorkspaceAppStatuses(ctx, nil)
		return err
	},
}

// callsOn returns the calls of Calls without those of optional interfaces that a store does
// not have.
func callsOn(s tasktwin.Store) map[string]func(context.Context, tasktwin.Store) error {
	calls := maps.Clone(Calls)
	for name, can := range map[string]bool{
		"load": stores.CanLoad(s), "iterate": stores.CanIterate(s), "batch": stores.CanBatch(s),
	} {
		if !can {
			delete(calls, name)
		}
	}
	return calls
}

// faulty is a context with a method that panics. On it, a statement panics at
// another point than on a nil context.
type faulty struct {
	context.Context
	method string
}

func (f faulty) Err() error {
	if f.method == "Err" {
		panic("faulty context")
	}
	return f.Context.Err()
}

func (f faulty) Done() <-chan struct{} {
	if f.method == "Done" {
		panic("faulty context")
	}
	return f.Context.Done()
}

// panics reports whether fn panics.
func panics(fn func()) (panicked bool) {
	defer func() { panicked = recover() != nil }()
	fn()
	return false
}

var endCases = []Case{
	{
		Name:  "ends/a savepoint that outlives its transaction keeps nothing",
		Alone: true,
		Run:   EndsASavepointThatOutlivesItsTransactionKeepsNothing,
	},
	{Name: "ends/a transaction is not committed with half a savepoint", Alone: true, Run: EndsATransactionIsNotCommittedWithHalfASavepoint},
	{Name: "ends/a savepoint that outlives the savepoint around it", Alone: true, Run: EndsASavepointThatOutlivesTheSavepointAroundIt},
	{Name: "ends/savepoints of one handle do not overlap", Run: EndsSavepointsOfOneHandleDoNotOverlap},
	{Name: "ends/savepoints of two goroutines do not overlap", Run: EndsSavepointsOfTwoGoroutinesDoNotOverlap},
	{Name: "ends/a statement that panics rolls back", Alone: true, Run: EndsAStatementThatPanicsRollsBack},
	{Name: "ends/a nil context in a transaction", Alone: true, Run: EndsANilContextInATransaction},
	{Name: "ends/a function that exits its goroutine", Alone: true, Run: EndsAFunctionThatExitsItsGoroutine},
}

func init() { register(endCases) }

func EndsASavepointThatOutlivesItsTransactionKeepsNothing(t TB, f *Fixture) {
	f.base()
	for name, end := range map[string]func() error{
		"commit": func() error { return nil },
		"error":  func() error { return errOwn },
		"panic":  func() error { panic("boom") },
		"exit":   func() error { runtime.Goexit(); return nil },
	} {
		var late *outliving
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			defer func() { _ = recover() }()
			err := f.tx(nil, func(tx *Fixture) error {
				err := tx.insertsTask("before " + name)
				late = outlive(tx, nothing, func(sp *Fixture) error {
					isDone(t, name, sp)
					return nil
				})
				return errors.Join(err, end())
			})
			if name == "commit" {
				succeeds(t, name, err)
			}
		}()
		<-ended
		if err := late.end(); !errors.Is(err, tasktwin.ErrTxDone) {
			t.Errorf("%s: the savepoint: got %v, want ErrTxDone", name, err)
		}
	}
	equal(t, "tasks", f.names(), []string{"before commit"})
	f.assertUnlocked(t, "after")
}

func EndsATransactionIsNotCommittedWithHalfASavepoint(t TB, f *Fixture) {
	f.base()
	var late *outliving
	err := f.tx(nil, func(tx *Fixture) error {
		err := tx.insertsTask("before")
		late = outlive(tx, func(sp *Fixture) error { return sp.insertsTask("inside") }, func(sp *Fixture) error {
			isDone(t, "the savepoint", sp)
			return nil
		})
		return err
	})
	if !errors.Is(err, tasktwin.ErrSavepointOpen) {
		t.Errorf("the transaction: got %v, want ErrSavepointOpen", err)
	}
	if err := late.end(); !errors.Is(err, tasktwin.ErrTxDone) {
		t.Errorf("the savepoint: got %v, want ErrTxDone", err)
	}
	equal(t, "tasks", f.names(), []string{})
	f.assertUnlocked(t, "after")
}

func EndsASavepointThatOutlivesTheSavepointAroundIt(t TB, f *Fixture) {
	f.base()
	err := f.tx(nil, func(tx *Fixture) error {
		var late *outliving
		middle := func(fn func(*Fixture) error, result error) error {
			return tx.tx(nil, func(sp *Fixture) error {
				late = outlive(sp, fn, func(inner *Fixture) error {
					isDone(t, "the inner one", inner)
					return nil
				})
				return result
			})
		}
		for _, c := range []struct {
			fn           func(*Fixture) error
			result, want error
		}{
			{nothing, nil, nil},
			{nothing, errOwn, errOwn},
			{func(inner *Fixture) error { return inner.insertsTask("dropped") }, errOwn, errOwn},
			{func(inner *Fixture) error { return inner.insertsTask("dropped") }, nil, tasktwin.ErrSavepointOpen},
		} {
			if err := middle(c.fn, c.result); !errors.Is(err, c.want) {
				t.Errorf("the outer one: got %v, want %v", err, c.want)
			}
			if err := tx.insertsTask(tx.next().String()); err != nil {
				t.Errorf("the transaction goes on: %v", err)
			}
			if err := late.end(); !errors.Is(err, tasktwin.ErrTxDone) {
				t.Errorf("the inner one: got %v, want ErrTxDone", err)
			}
		}
		return tx.insertsTask("last")
	})
	succeeds(t, "error", err)
	equal(t, "tasks", len(f.names()), 5)
	f.assertUnlocked(t, "after")
}

func EndsSavepointsOfOneHandleDoNotOverlap(t TB, f *Fixture) {
	f.base()
	err := f.tx(nil, func(tx *Fixture) error {
		err := tx.tx(nil, func(sp *Fixture) error {
			err := tx.tx(nil, func(*Fixture) error {
				t.Error("the function of the second ran")
				return nil
			})
			if !errors.Is(err, tasktwin.ErrSavepointOpen) {
				t.Errorf("the second: got %v, want ErrSavepointOpen", err)
			}
			return errors.Join(sp.insertsTask("1 inside"), tx.insertsTask("2 on the outer handle"))
		})
		succeeds(t, "the first", err)
		return tx.tx(nil, func(sp *Fixture) error { return sp.insertsTask("3 the next") })
	})
	succeeds(t, "error", err)
	equal(t, "tasks", f.names(), []string{"1 inside", "2 on the outer handle", "3 the next"})
}

func EndsSavepointsOfTwoGoroutinesDoNotOverlap(t TB, f *Fixture) {
	f.base()
	err := f.tx(nil, func(tx *Fixture) error {
		first := outlive(tx, func(sp *Fixture) error { return sp.insertsTask("1 first") },
			func(sp *Fixture) error { return sp.insertsTask("2 first, after the second was refused") })
		second := make(chan error)
		go func() {
			second <- tx.tx(nil, func(*Fixture) error {
				t.Error("the function of the second ran")
				return nil
			})
		}()
		if err := <-second; !errors.Is(err, tasktwin.ErrSavepointOpen) {
			t.Errorf("the second: got %v, want ErrSavepointOpen", err)
		}
		succeeds(t, "the first", first.end())
		go func() { second <- tx.tx(nil, func(sp *Fixture) error { return sp.insertsTask("3 second") }) }()
		return <-second
	})
	succeeds(t, "error", err)
	equal(t, "tasks", f.names(), []string{"1 first", "2 first, after the second was refused", "3 second"})
}

func EndsAStatementThatPanicsRollsBack(t TB, f *Fixture) {
	f.base()
	for name, call := range callsOn(f.Store) {
		for what, ctx := range map[string]context.Context{
			"nil": nil, "Err": faulty{f.ctx, "Err"}, "Done": faulty{f.ctx, "Done"},
		} {
			what = fmt.Sprintf("%s with a context %s", name, what)
			callPanics := func(s *Fixture) bool { return panics(func() { _ = call(ctx, s.Store) }) }
			_ = callPanics(f)
			_ = panics(func() {
				_ = f.tx(nil, func(tx *Fixture) error {
					_ = tx.insertsTask("never")
					return errors.Join(call(ctx, tx.Store), errOwn)
				})
			})
			err := f.tx(nil, func(tx *Fixture) error {
				return tx.tx(nil, func(sp *Fixture) error {
					if err := sp.insertsTask("never"); err != nil || !callPanics(sp) {
						return errors.Join(err, errOwn) // an engine need not call each method of the context
					}
					fails(t, what+": the next statement", sp.insertsTask("never"), aborted)
					return nil
				})
			})
			if !errors.Is(err, tasktwin.ErrCommitAborted) && !errors.Is(err, errOwn) {
				t.Errorf("%s: the savepoint: got %v, want ErrCommitAborted", what, err)
			}
			f.assertUnlocked(t, what)
		}
	}
	if slices.Contains(f.names(), "never") {
		t.Error("a row of a transaction that panicked was kept")
	}
}

func EndsANilContextInATransaction(t TB, f *Fixture) {
	f.base()
	for name, call := range callsOn(f.Store) {
		err := f.tx(nil, func(tx *Fixture) error {
			_ = tx.insertsTask("never")
			if !panics(func() { _ = call(nil, tx.Store) }) {
				t.Errorf("%s: there was no panic", name)
			}
			fails(t, name+": the next statement", tx.insertsTask("never"), aborted)
			return nil
		})
		if !errors.Is(err, tasktwin.ErrCommitAborted) {
			t.Errorf("%s: got %v, want ErrCommitAborted", name, err)
		}
	}
	equal(t, "tasks", f.names(), []string{})
	f.assertUnlocked(t, "after")
}

func EndsAFunctionThatExitsItsGoroutine(t TB, f *Fixture) {
	f.base()
	for name, in := range map[string]func(*Fixture, func(*Fixture) error) error{
		"transaction": func(f *Fixture, fn func(*Fixture) error) error { return f.tx(nil, fn) },
		"savepoint": func(f *Fixture, fn func(*Fixture) error) error {
			return f.tx(nil, func(tx *Fixture) error { return tx.tx(nil, fn) })
		},
	} {
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_ = in(f, func(tx *Fixture) error {
				_ = tx.insertsTask(name)
				runtime.Goexit() // as t.FailNow does
				return nil
			})
		}()
		<-ended
	}
	equal(t, "tasks", f.names(), []string{})
	f.assertUnlocked(t, "after")
}
