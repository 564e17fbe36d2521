package cases

import (
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/lockstep"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
)

// errOwn is an error of a transaction's own function.
var errOwn = errors.New("the function's own error")

// tx runs fn in a transaction or savepoint of f's store.
func (f *Fixture) tx(opts *tasktwin.TxOptions, fn func(*Fixture) error) error {
	return f.InTx(f.ctx, func(s tasktwin.Store) error { return fn(f.on(s)) }, opts)
}

// insertsTask inserts a task with a name, and returns the error.
func (f *Fixture) insertsTask(name string) error {
	_, err := f.insertName(name)
	return err
}

// names returns the names of all live tasks. Later tasks come last.
func (f *Fixture) names() []string {
	f.t.Helper()
	out := []string{}
	for _, task := range must[[]tasktwin.TaskWithStatus](f.t)(f.ListTasks(f.ctx, tasktwin.ListTasksParams{})) {
		out = append(out, task.Name)
	}
	return out
}

func (f *Fixture) violates() error {
	arg := f.newTask("never", uuid.NullUUID{})
	arg.OwnerID = absent
	_, err := f.InsertTask(f.ctx, arg)
	return err
}

var (
	aborted  = sqlState(tasktwin.InFailedSQLTransaction)
	notFound = foreignKeyViolation("tasks", "tasks_owner_id_fkey")
)

var transactionCases = []Case{
	{Name: "transaction/commit", Run: TransactionCommit},
	{Name: "transaction/roll back by error and by panic", Run: TransactionRollBackByErrorAndByPanic},
	{Name: "transaction/aborted by a failed statement", Run: TransactionAbortedByAFailedStatement},
	{Name: "transaction/aborted by a value that is never sent", Run: TransactionAbortedByAValueThatIsNeverSent},
	{Name: "transaction/finding no rows is no failure", Run: TransactionFindingNoRowsIsNoFailure},
	{Name: "transaction/read only", Run: TransactionReadOnly},
	{Name: "transaction/unknown isolation level", Run: TransactionUnknownIsolationLevel},
	{Name: "transaction/its store is of no use afterwards", Run: TransactionItsStoreIsOfNoUseAfterwards},
	{Name: "savepoint/commit and roll back", Run: SavepointCommitAndRollBack},
	{Name: "savepoint/a failure undoes only itself", Run: SavepointAFailureUndoesOnlyItself},
	{Name: "savepoint/its options must not contradict its transaction's", Run: SavepointItsOptionsMustNotContradictItsTransactions},
	{Name: "savepoint/goes with its transaction", Run: SavepointGoesWithItsTransaction},
}

func init() { register(transactionCases) }

func TransactionCommit(t TB, f *Fixture) {
	f.base()
	for _, opts := range []*tasktwin.TxOptions{
		nil, {}, {Isolation: tasktwin.ReadCommitted}, {Isolation: tasktwin.RepeatableRead}, {Isolation: tasktwin.Serializable},
	} {
		before := len(f.names())
		err := f.tx(opts, func(tx *Fixture) error {
			err := errors.Join(tx.insertsTask(f.next().String()), tx.insertsTask(f.next().String()))
			equal(t, "the transaction sees its own", len(tx.names()), before+2)
			return err
		})
		succeeds(t, "error", err)
		equal(t, "tasks", len(f.names()), before+2)
	}
}

func TransactionRollBackByErrorAndByPanic(t TB, f *Fixture) {
	f.base()
	err := f.tx(nil, func(tx *Fixture) error { return errors.Join(tx.insertsTask("a"), errOwn) })
	if !errors.Is(err, errOwn) {
		t.Errorf("got %v, want the function's error", err)
	}
	equal(t, "after an error", f.names(), []string{})
	func() {
		defer func() { equal(t, "the panic goes on", recover(), any("boom")) }()
		_ = f.tx(nil, func(tx *Fixture) error {
			_ = tx.insertsTask("b")
			panic("boom")
		})
	}()
	equal(t, "after a panic", f.names(), []string{})
	succeeds(t, "the store goes on", f.insertsTask("c"))
}

func TransactionAbortedByAFailedStatement(t TB, f *Fixture) {
	f.base()
	err := f.tx(nil, func(tx *Fixture) error {
		succeeds(t, "before", tx.insertsTask("a"))
		fails(t, "the failure", tx.violates(), notFound)
		fails(t, "a write", tx.insertsTask("b"), aborted)
		_, err := tx.ListTasks(tx.ctx, tasktwin.ListTasksParams{})
		fails(t, "a read", err, aborted)
		_, err = tx.ListTasks(tx.ctx, tasktwin.ListTasksParams{Status: "bogus"})
		fails(t, "before any other error", err, aborted)
		fails(t, "a savepoint", tx.tx(nil, func(*Fixture) error {
			t.Error("the savepoint's function ran")
			return nil
		}), aborted)
		fails(t, "ping", tx.Ping(tx.ctx), aborted)
		return nil
	})
	if !errors.Is(err, tasktwin.ErrCommitAborted) {
		t.Errorf("got %v, want ErrCommitAborted", err)
	}
	equal(t, "nothing is left", f.names(), []string{})
}

func TransactionAbortedByAValueThatIsNeverSent(t TB, f *Fixture) {
	f.base()
	err := f.tx(nil, func(tx *Fixture) error {
		succeeds(t, "before", tx.insertsTask("a"))
		_, err := tx.ListTasks(tx.ctx, tasktwin.ListTasksParams{Status: "bogus"})
		fails(t, "the failure", err, invalidText)
		fails(t, "a write", tx.insertsTask("b"), aborted)
		return nil
	})
	if !errors.Is(err, tasktwin.ErrCommitAborted) {
		t.Errorf("got %v, want ErrCommitAborted", err)
	}
	equal(t, "nothing is left", f.names(), []string{})
}

func TransactionFindingNoRowsIsNoFailure(t TB, f *Fixture) {
	f.base()
	err := f.tx(nil, func(tx *Fixture) error {
		_, err := tx.GetTaskByID(tx.ctx, absent)
		noRows(t, "read", err)
		_, err = tx.UpdateTaskPrompt(tx.ctx, tasktwin.UpdateTaskPromptParams{ID: absent})
		noRows(t, "update", err)
		return tx.insertsTask("a")
	})
	succeeds(t, "error", err)
	equal(t, "tasks", f.names(), []string{"a"})
}

func TransactionReadOnly(t TB, f *Fixture) {
	f.base()
	f.insertTasks(f.newTask("a", uuid.NullUUID{}))
	readOnly := sqlState(tasktwin.ReadOnlySQLTransaction)
	err := f.tx(&tasktwin.TxOptions{ReadOnly: true}, func(tx *Fixture) error {
		equal(t, "reads", tx.names(), []string{"a"})
		fails(t, "writes", tx.insertsTask("b"), readOnly)
		fails(t, "aborted", tx.insertsTask("b"), aborted)
		return nil
	})
	if !errors.Is(err, tasktwin.ErrCommitAborted) {
		t.Errorf("got %v, want ErrCommitAborted", err)
	}
	for name, write := range map[string]func(*Fixture) error{
		"delete of none": func(tx *Fixture) error { _, err := tx.DeleteUserByID(tx.ctx, absent); return err },
		"delete task": func(tx *Fixture) error {
			_, err := tx.DeleteTask(tx.ctx, tasktwin.DeleteTaskParams{ID: absent})
			return err
		},
		"upsert": func(tx *Fixture) error {
			return tx.UpsertTaskSnapshot(tx.ctx, tasktwin.UpsertTaskSnapshotParams{TaskID: absent, LogSnapshot: []byte(`{}`)})
		},
		"violation": func(tx *Fixture) error { return tx.violates() },
	} {
		err := f.tx(&tasktwin.TxOptions{ReadOnly: true}, write)
		fails(t, name, err, readOnly)
	}
}

func TransactionUnknownIsolationLevel(t TB, f *Fixture) {
	err := f.tx(&tasktwin.TxOptions{Isolation: "chaos"}, func(*Fixture) error {
		t.Error("the function ran")
		return nil
	})
	equal(t, "error", stores.Describe(err), lockstep.ErrorFacts{
		Kind: "other", Elsewise: `tasktwin: TxOptions.Isolation: unknown isolation level "chaos"`,
	})
}

func TransactionItsStoreIsOfNoUseAfterwards(t TB, f *Fixture) {
	f.base()
	var kept *Fixture
	err := f.tx(nil, func(tx *Fixture) error {
		kept = tx
		if err := tx.Close(); err == nil {
			t.Error("Close in a transaction returned no error")
		}
		return tx.insertsTask("a")
	})
	succeeds(t, "error", err)
	for name, err := range map[string]error{
		"write": kept.insertsTask("b"), "ping": kept.Ping(f.ctx), "transaction": kept.tx(nil, nothing),
	} {
		if !errors.Is(err, tasktwin.ErrTxDone) {
			t.Errorf("%s: got %v, want ErrTxDone", name, err)
		}
	}
	equal(t, "tasks", f.names(), []string{"a"})
}

func SavepointCommitAndRollBack(t TB, f *Fixture) {
	f.base()
	err := f.tx(nil, func(tx *Fixture) error {
		_ = tx.insertsTask("1 outer")
		succeeds(t, "kept", tx.tx(nil, func(sp *Fixture) error { return sp.insertsTask("2 kept") }))
		err := tx.tx(nil, func(sp *Fixture) error { return errors.Join(sp.insertsTask("3 dropped"), errOwn) })
		if !errors.Is(err, errOwn) {
			t.Errorf("got %v, want the function's error", err)
		}
		equal(t, "inside", tx.names(), []string{"1 outer", "2 kept"})
		err = tx.tx(nil, func(sp *Fixture) error {
			_ = sp.insertsTask("4 kept")
			_ = sp.tx(nil, func(deeper *Fixture) error { return errors.Join(deeper.insertsTask("5 dropped"), errOwn) })
			return sp.tx(nil, func(deeper *Fixture) error { return deeper.insertsTask("6 kept") })
		})
		succeeds(t, "nested", err)
		return nil
	})
	succeeds(t, "error", err)
	equal(t, "tasks", f.names(), []string{"1 outer", "2 kept", "4 kept", "6 kept"})
}

func SavepointAFailureUndoesOnlyItself(t TB, f *Fixture) {
	f.base()
	err := f.tx(nil, func(tx *Fixture) error {
		_ = tx.insertsTask("1 outer")
		fails(t, "returned", tx.tx(nil, func(sp *Fixture) error {
			_ = sp.insertsTask("2 dropped")
			return sp.violates()
		}), notFound)
		err := tx.tx(nil, func(sp *Fixture) error {
			_ = sp.insertsTask("3 dropped")
			_ = sp.violates()
			fails(t, "the savepoint is aborted", sp.insertsTask("4 never"), aborted)
			return nil
		})
		if !errors.Is(err, tasktwin.ErrCommitAborted) {
			t.Errorf("swallowed: got %v, want ErrCommitAborted", err)
		}
		func() {
			defer func() { equal(t, "the panic goes on", recover(), any("boom")) }()
			_ = tx.tx(nil, func(sp *Fixture) error {
				_ = sp.insertsTask("5 dropped")
				panic("boom")
			})
		}()
		return tx.insertsTask("6 after")
	})
	succeeds(t, "error", err)
	equal(t, "tasks", f.names(), []string{"1 outer", "6 after"})
}

func SavepointGoesWithItsTransaction(t TB, f *Fixture) {
	f.base()
	_ = f.tx(nil, func(tx *Fixture) error {
		succeeds(t, "savepoint", tx.tx(nil, func(sp *Fixture) error { return sp.insertsTask("a") }))
		return errOwn
	})
	equal(t, "tasks", f.names(), []string{})
}

func SavepointItsOptionsMustNotContradictItsTransactions(t TB, f *Fixture) {
	f.base()
	const (
		rc, rr, ser = tasktwin.ReadCommitted, tasktwin.RepeatableRead, tasktwin.Serializable
		isolation   = `tasktwin: TxOptions.Isolation: a savepoint cannot have %q in a transaction that has %q`
		readOnly    = "tasktwin: TxOptions.ReadOnly: a savepoint cannot have true in a transaction that has false"
		unknown     = `tasktwin: TxOptions.Isolation: unknown isolation level "chaos"`
	)
	for n, c := range []struct {
		tx, savepoint *tasktwin.TxOptions
		want          string
	}{
		{nil, &tasktwin.TxOptions{}, ""},
		{nil, &tasktwin.TxOptions{Isolation: rc}, ""},
		{&tasktwin.TxOptions{Isolation: rc}, nil, ""},
		{&tasktwin.TxOptions{Isolation: rr}, nil, ""},
		{&tasktwin.TxOptions{Isolation: rr}, &tasktwin.TxOptions{}, ""},
		{&tasktwin.TxOptions{Isolation: ser}, &tasktwin.TxOptions{Isolation: ser}, ""},
		{nil, &tasktwin.TxOptions{Isolation: ser}, fmt.Sprintf(isolation, ser, rc)},
		{&tasktwin.TxOptions{}, &tasktwin.TxOptions{Isolation: rr, ReadOnly: true}, fmt.Sprintf(isolation, rr, rc)},
		{&tasktwin.TxOptions{Isolation: rr}, &tasktwin.TxOptions{Isolation: rc}, fmt.Sprintf(isolation, rc, rr)},
		{&tasktwin.TxOptions{Isolation: rr}, &tasktwin.TxOptions{Isolation: "chaos"}, unknown},
		{nil, &tasktwin.TxOptions{ReadOnly: true}, readOnly},
		{&tasktwin.TxOptions{Isolation: ser}, &tasktwin.TxOptions{ReadOnly: true}, readOnly},
	} {
		before, inside := f.next().String(), f.next().String()
		err := f.tx(c.tx, func(tx *Fixture) error {
			err := tx.tx(nil, func(sp *Fixture) error { // the options are those of the transaction, however deep
				return sp.tx(c.savepoint, func(deeper *Fixture) error { return deeper.insertsTask(inside) })
			})
			if c.want == "" {
				succeeds(t, "savepoint", err)
			} else {
				equal(t, "savepoint", stores.Describe(err), lockstep.ErrorFacts{Kind: "other", Elsewise: c.want})
			}
			equal(t, "its function ran", slices.Contains(tx.names(), inside), c.want == "")
			return tx.insertsTask(before)
		})
		succeeds(t, fmt.Sprint("transaction ", n), err)
		equal(t, "the transaction goes on", slices.Contains(f.names(), before), true)
	}
	err := f.tx(&tasktwin.TxOptions{ReadOnly: true}, func(tx *Fixture) error {
		for _, opts := range []*tasktwin.TxOptions{nil, {}, {ReadOnly: true}, {Isolation: rc, ReadOnly: true}} {
			fails(t, "a write", tx.tx(opts, func(sp *Fixture) error { return sp.insertsTask("never") }), sqlState(tasktwin.ReadOnlySQLTransaction))
		}
		return nil
	})
	succeeds(t, "read-only transaction", err)
	_ = f.tx(nil, func(tx *Fixture) error {
		_ = tx.violates()
		fails(t, "after a failure", tx.tx(&tasktwin.TxOptions{ReadOnly: true}, func(*Fixture) error { return nil }), aborted)
		return nil
	})
}
