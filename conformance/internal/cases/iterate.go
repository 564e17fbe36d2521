package cases

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
)

var iterateCases = []Case{
	{Name: "iterate/the rows of ListTasks", Methods: "ListTasks", Run: IterateTheRowsOfListTasks},
	{Name: "iterate/an unknown status", Run: IterateAnUnknownStatus},
	{Name: "iterate/writes in the loop are not seen", Alone: true, Run: IterateWritesInTheLoopAreNotSeen},
	{Name: "iterate/in a transaction", Alone: true, Run: IterateInATransaction},
	{Name: "iterate/a loop in a loop", Alone: true, Run: IterateALoopInALoop},
	{Name: "iterate/left early", Alone: true, Run: IterateLeftEarly},
	{Name: "iterate/savepoints in the loop", Alone: true, Run: IterateSavepointsInTheLoop},
	{Name: "iterate/after a failure in the loop", Alone: true, Run: IterateAfterAFailureInTheLoop},
	{Name: "iterate/after the context's end", Alone: true, Run: IterateAfterTheContextsEnd},
	{Name: "iterate/after the transaction's end", Alone: true, Run: IterateAfterTheTransactionsEnd},
	{Name: "iterate/after the store is closed", Alone: true, Run: IterateAfterTheStoreIsClosed},
}

func init() { register(iterateCases) }

// allTasks returns an iterator. It skips the test if the store has none.
func (f *Fixture) allTasks(arg tasktwin.ListTasksParams) iter.Seq2[tasktwin.TaskWithStatus, error] {
	f.t.Helper()
	if !stores.CanIterate(f.Store) {
		f.t.Skipf("%T is not a tasktwin.TaskIterator", f.Store)
	}
	iterator, _ := f.Store.(tasktwin.TaskIterator)
	return iterator.AllTasks(f.ctx, arg)
}

// collect returns what an iterator yields. An error has to be the last, with a zero row.
func collect(t TB, tasks iter.Seq2[tasktwin.TaskWithStatus, error]) (rows []tasktwin.TaskWithStatus, failure error) {
	t.Helper()
	rows = []tasktwin.TaskWithStatus{}
	for row, err := range tasks {
		switch {
		case failure != nil:
			t.Errorf("a row or an error after the error %v: %v, %v", failure, row.ID, err)
		case err != nil:
			equal(t, "the row beside the error", row, tasktwin.TaskWithStatus{})
			failure = err
		default:
			rows = append(rows, row)
		}
	}
	return rows, failure
}

// severalTasks inserts more tasks than are fetched at once at first, some of one instant.
func (f *Fixture) severalTasks() {
	f.t.Helper()
	f.base()
	for i := range 70 {
		task := f.newTask(fmt.Sprint("task ", i), uuid.NullUUID{})
		task.CreatedAt = at(float64(i * 7 % 50))
		f.insertTasks(task)
	}
}

// IterateTheRowsOfListTasks has more tasks than pgdb lists early, of all statuses, owners
// with one and with many, and deleted ones.
func IterateTheRowsOfListTasks(t TB, f *Fixture) {
	equal(t, "no rows", must[[]tasktwin.TaskWithStatus](t)(collect(t, f.allTasks(tasktwin.ListTasksParams{}))), []tasktwin.TaskWithStatus{})
	const n = 1900
	rows := RowsToLoad(n)
	for i := range n {
		task, agent, job := &rows.Tasks[i], &rows.WorkspaceAgents[i], &rows.ProvisionerJobs[i]
		task.CreatedAt = at(float64(i * 7 % 1000))
		task.OrganizationID = loadID(loadOrg, i%10/9)
		if i%3 > 0 {
			task.OwnerID = loadID(loadUser, 0)
		}
		if i%5 > 0 {
			job.CanceledAt.Valid = false
		}
		if i%7 == 0 {
			agent.LifecycleState = tasktwin.WorkspaceAgentLifecycleStateStarting
		}
		if i%11 == 0 {
			task.WorkspaceID = uuid.NullUUID{}
		}
		if i%13 == 0 {
			task.DeletedAt = nullTime(at(9))
		}
		if i%17 == 0 {
			rows.WorkspaceBuilds[i].Transition = tasktwin.WorkspaceTransitionStop
		}
		if i%19 == 0 {
			rows.WorkspaceApps[i].Health = tasktwin.WorkspaceAppHealthInitializing
		}
	}
	succeeds(t, "load", f.load(rows))
	same := func(f *Fixture, arg tasktwin.ListTasksParams) {
		t.Helper()
		got, err := collect(t, f.allTasks(arg))
		succeeds(t, "iterate", err)
		equal(t, fmt.Sprintf("%+v", arg), got, f.tasks(arg))
	}
	for _, arg := range []tasktwin.ListTasksParams{
		{},
		{OrganizationID: loadID(loadOrg, 0)},
		{OwnerID: loadID(loadUser, 0)},
		{OwnerID: loadID(loadUser, 0), OrganizationID: loadID(loadOrg, 1)},
	} {
		for _, status := range append(tasktwin.AllTaskStatusValues(), "") {
			arg.Status = status
			same(f, arg)
		}
	}
	same(f, tasktwin.ListTasksParams{OwnerID: loadID(loadUser, 3)})
	same(f, tasktwin.ListTasksParams{OwnerID: absent})
	same(f, tasktwin.ListTasksParams{OrganizationID: absent})
	for _, level := range []tasktwin.IsolationLevel{tasktwin.ReadCommitted, tasktwin.RepeatableRead, tasktwin.Serializable} {
		succeeds(t, string(level), f.tx(&tasktwin.TxOptions{Isolation: level}, func(tx *Fixture) error {
			same(tx, tasktwin.ListTasksParams{})
			same(tx, tasktwin.ListTasksParams{OrganizationID: loadID(loadOrg, 0), Status: tasktwin.TaskStatusActive})
			same(tx, tasktwin.ListTasksParams{OwnerID: loadID(loadUser, 0)})
			return nil
		}))
	}
}

func IterateAnUnknownStatus(t TB, f *Fixture) {
	f.severalTasks()
	_, err := collect(t, f.allTasks(tasktwin.ListTasksParams{Status: "none"}))
	fails(t, "outside", err, invalidText)
	err = f.tx(nil, func(tx *Fixture) error {
		_, err := collect(t, tx.allTasks(tasktwin.ListTasksParams{Status: "none"}))
		fails(t, "inside", err, invalidText)
		_, err = collect(t, tx.allTasks(tasktwin.ListTasksParams{}))
		fails(t, "then", err, aborted)
		_, err = collect(t, tx.allTasks(tasktwin.ListTasksParams{Status: "none"}))
		fails(t, "and then", err, aborted)
		return nil
	})
	equal(t, "commit", stores.Describe(err).Kind, "commit aborted")
}

// change inserts, updates and deletes tasks.
func (f *Fixture) change(name string, tasks []tasktwin.TaskWithStatus) error {
	_, err := f.UpdateTaskPrompt(f.ctx, tasktwin.UpdateTaskPromptParams{ID: tasks[len(tasks)-1].ID, Prompt: name})
	if err == nil {
		_, err = f.DeleteTask(f.ctx, tasktwin.DeleteTaskParams{ID: tasks[len(tasks)-2].ID, DeletedAt: at(9)})
	}
	if err == nil {
		err = f.insertsTask(name)
	}
	return err
}

func IterateWritesInTheLoopAreNotSeen(t TB, f *Fixture) {
	f.severalTasks()
	want := f.tasks(tasktwin.ListTasksParams{})
	tasks := f.allTasks(tasktwin.ListTasksParams{})
	got := []tasktwin.TaskWithStatus{}
	for row, err := range tasks {
		succeeds(t, "row", err)
		got = append(got, row)
		if len(got) == 1 {
			succeeds(t, "change", f.change("another", want))
		}
		clear(row.TemplateParameters[:cap(row.TemplateParameters)])
		clear(row.StatusDebug[:cap(row.StatusDebug)])
	}
	for i := range got {
		got[i].TemplateParameters, got[i].StatusDebug = want[i].TemplateParameters, want[i].StatusDebug
	}
	equal(t, "rows", got, want)
	again, err := collect(t, tasks)
	succeeds(t, "again", err)
	equal(t, "the next loop", again, f.tasks(tasktwin.ListTasksParams{}))
}

func IterateInATransaction(t TB, f *Fixture) {
	f.severalTasks()
	for i, level := range []tasktwin.IsolationLevel{tasktwin.ReadCommitted, tasktwin.RepeatableRead, tasktwin.Serializable} {
		for _, writesFirst := range []bool{false, true} {
			name := fmt.Sprint("level ", i, writesFirst)
			err := f.tx(&tasktwin.TxOptions{Isolation: level}, func(tx *Fixture) error {
				if writesFirst {
					succeeds(t, "before", tx.insertsTask(name+" before"))
				}
				want := tx.tasks(tasktwin.ListTasksParams{})
				got := []tasktwin.TaskWithStatus{}
				for row, err := range tx.allTasks(tasktwin.ListTasksParams{}) {
					succeeds(t, "row", err)
					got = append(got, row)
					if len(got) == 1 || len(got) == 66 {
						succeeds(t, "change", tx.change(fmt.Sprint(name, " own ", len(got)), tx.tasks(tasktwin.ListTasksParams{})))
					}
					if len(got) == 2 && level == tasktwin.ReadCommitted {
						succeeds(t, "another session", f.insertsTask(name+" another"))
						if after := tx.tasks(tasktwin.ListTasksParams{}); len(after) != len(want)+1 {
							t.Errorf("%s: after the writes there are %d tasks, want %d", name, len(after), len(want)+1)
						}
					}
				}
				equal(t, name, got, want)
				again, err := collect(t, tx.allTasks(tasktwin.ListTasksParams{}))
				succeeds(t, "again", err)
				equal(t, name+", again", again, tx.tasks(tasktwin.ListTasksParams{}))
				return nil
			})
			succeeds(t, name, err)
		}
	}
}

func IterateALoopInALoop(t TB, f *Fixture) {
	f.severalTasks()
	want := f.tasks(tasktwin.ListTasksParams{})
	loop := func(f *Fixture) {
		t.Helper()
		n := 0
		for row, err := range f.allTasks(tasktwin.ListTasksParams{}) {
			succeeds(t, "row", err)
			equal(t, "outer row", row, want[n])
			if n++; n%30 == 1 {
				got, err := collect(t, f.allTasks(tasktwin.ListTasksParams{}))
				succeeds(t, "inner loop", err)
				equal(t, "inner rows", got, want)
			}
		}
		equal(t, "rows", n, len(want))
	}
	loop(f)
	succeeds(t, "transaction", f.tx(nil, func(tx *Fixture) error { loop(tx); return nil }))
}

// firstTasks returns the first n tasks.
func (f *Fixture) firstTasks(n int) (rows []tasktwin.TaskWithStatus) {
	f.t.Helper()
	for row, err := range f.allTasks(tasktwin.ListTasksParams{}) {
		succeeds(f.t, "row", err)
		if rows = append(rows, row); len(rows) == n {
			break
		}
	}
	return rows
}

func IterateLeftEarly(t TB, f *Fixture) {
	f.severalTasks()
	want := f.tasks(tasktwin.ListTasksParams{})
	for _, n := range []int{1, 64, 65, 70} {
		equal(t, "outside", f.firstTasks(n), want[:n])
		succeeds(t, "transaction", f.tx(nil, func(tx *Fixture) error {
			equal(t, "inside", tx.firstTasks(n), want[:n])
			equal(t, "inside, again", tx.firstTasks(n), want[:n])
			return nil
		}))
	}
	leave := func(f *Fixture) (left any) {
		defer func() { left = recover() }()
		for _, err := range f.allTasks(tasktwin.ListTasksParams{}) {
			succeeds(t, "row", err)
			panic("leave")
		}
		return nil
	}
	equal(t, "a panic", leave(f), "leave")
	f.assertUnlocked(t, "after a panic")
	succeeds(t, "transaction", f.tx(nil, func(tx *Fixture) error {
		equal(t, "a panic inside", leave(tx), "leave")
		return tx.insertsTask("after a panic inside")
	}))
}

func IterateSavepointsInTheLoop(t TB, f *Fixture) {
	f.severalTasks()
	want := f.tasks(tasktwin.ListTasksParams{})
	undo := errors.New("roll back")
	err := f.tx(nil, func(tx *Fixture) error {
		n := 0
		for row, err := range tx.allTasks(tasktwin.ListTasksParams{}) {
			succeeds(t, "row", err)
			equal(t, "row", row, want[n])
			switch n++; n {
			case 1, 65:
				succeeds(t, "released", tx.tx(nil, func(sp *Fixture) error {
					equal(t, "in the savepoint", len(sp.firstTasks(3)), 3)
					return sp.insertsTask(fmt.Sprint("released ", n))
				}))
			case 2, 66:
				equal(t, "rolled back", errors.Is(tx.tx(nil, func(sp *Fixture) error {
					return errors.Join(undo, sp.insertsTask(fmt.Sprint("rolled back ", n)))
				}), undo), true)
			case 3, 67:
				fails(t, "failed", tx.tx(nil, func(sp *Fixture) error { return sp.insertsTask(want[0].Name) }),
					uniqueViolation("tasks", "tasks_owner_id_name_unique_idx"))
			}
		}
		equal(t, "rows", n, len(want))
		return nil
	})
	succeeds(t, "commit", err)
	equal(t, "tasks", len(f.tasks(tasktwin.ListTasksParams{})), len(want)+2)
}

func IterateAfterAFailureInTheLoop(t TB, f *Fixture) {
	f.severalTasks()
	for _, n := range []int{1, 64, 65, 70} {
		err := f.tx(nil, func(tx *Fixture) error {
			rows := 0
			var last error
			for _, err := range tx.allTasks(tasktwin.ListTasksParams{}) {
				if last = err; err == nil {
					rows++
				}
				if rows == n {
					_ = tx.insertsTask("task 1")
				}
			}
			fails(t, "the next row", last, aborted)
			equal(t, "rows before", rows, n)
			return nil
		})
		equal(t, "commit", stores.Describe(err).Kind, "commit aborted")
	}
}

func IterateAfterTheContextsEnd(t TB, f *Fixture) {
	f.severalTasks()
	loop := func(f *Fixture, n int) error {
		ctx, cancel := context.WithCancel(f.ctx)
		defer cancel()
		bounded := *f
		bounded.ctx = ctx
		rows := 0
		var last error
		for _, err := range bounded.allTasks(tasktwin.ListTasksParams{}) {
			if last = err; err == nil {
				rows++
			}
			if rows == n {
				cancel()
			}
		}
		equal(t, "rows before", rows, n)
		return last
	}
	for _, n := range []int{1, 64, 65, 70} {
		if err := loop(f, n); !errors.Is(err, context.Canceled) {
			t.Errorf("after %d rows: got %v, want context.Canceled", n, err)
		}
		succeeds(t, "transaction", f.tx(nil, func(tx *Fixture) error {
			if err := loop(tx, n); !errors.Is(err, context.Canceled) {
				t.Errorf("in a transaction, after %d rows: got %v, want context.Canceled", n, err)
			}
			return tx.insertsTask(fmt.Sprint("after ", n))
		}))
	}
}

func IterateAfterTheTransactionsEnd(t TB, f *Fixture) {
	f.severalTasks()
	want := f.tasks(tasktwin.ListTasksParams{})
	var next func() (tasktwin.TaskWithStatus, error, bool)
	succeeds(t, "transaction", f.tx(nil, func(tx *Fixture) error {
		var stop func()
		next, stop = iter.Pull2(tx.allTasks(tasktwin.ListTasksParams{}))
		_ = stop
		row, err, _ := next()
		succeeds(t, "row", err)
		equal(t, "row", row, want[0])
		return nil
	}))
	if _, err, ok := next(); !ok || !errors.Is(err, tasktwin.ErrTxDone) {
		t.Errorf("after the end: got %v, want ErrTxDone", err)
	}
	if _, err, ok := next(); ok {
		t.Errorf("the loop goes on with %v", err)
	}
	f.assertUnlocked(t, "afterwards")
}

func IterateAfterTheStoreIsClosed(t TB, f *Fixture) {
	f.severalTasks()
	var got []error
	for _, err := range f.allTasks(tasktwin.ListTasksParams{}) {
		got = append(got, err)
		if len(got) == 3 {
			succeeds(t, "close", f.Close())
		}
	}
	if len(got) != 4 || !errors.Is(got[3], tasktwin.ErrClosed) || slices.ContainsFunc(got[:3], func(err error) bool { return err != nil }) {
		t.Errorf("got %v, want three rows and ErrClosed", got)
	}
	if _, err := collect(t, f.allTasks(tasktwin.ListTasksParams{})); !errors.Is(err, tasktwin.ErrClosed) {
		t.Errorf("a loop on a closed store: got %v, want ErrClosed", err)
	}
}
