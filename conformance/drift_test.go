package conformance

import (
	"context"
	"database/sql"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
)

// drifting is an engine with one mistake. It makes it in transactions, too.
type drifting struct {
	tasktwin.Store
	wrap func(tasktwin.Store) tasktwin.Store
}

func (d drifting) InTx(ctx context.Context, fn func(tasktwin.Store) error, opts *tasktwin.TxOptions) error {
	return d.Store.InTx(ctx, func(s tasktwin.Store) error { return fn(d.wrap(s)) }, opts)
}

func (d drifting) Dump(ctx context.Context) (*tasktwin.Dump, error) {
	return d.Store.(tasktwin.Dumper).Dump(ctx)
}

// The mistakes.
type (
	wrongOrder      struct{ drifting }
	wrongColumn     struct{ drifting }
	wrongConstraint struct{ drifting }
	wrongCode       struct{ drifting }
	lostWrite       struct{ drifting }
	lostRollback    struct{ drifting }
	nilForEmpty     struct{ drifting }
)

func (w wrongOrder) ListTasks(ctx context.Context, arg tasktwin.ListTasksParams) ([]tasktwin.TaskWithStatus, error) {
	rows, err := w.Store.ListTasks(ctx, arg)
	slices.Reverse(rows)
	return rows, err
}

func (w wrongColumn) InsertUser(ctx context.Context, arg tasktwin.InsertUserParams) (tasktwin.User, error) {
	user, err := w.Store.InsertUser(ctx, arg)
	user.UpdatedAt = user.CreatedAt
	return user, err
}

func (w wrongConstraint) InsertTask(ctx context.Context, arg tasktwin.InsertTaskParams) (tasktwin.Task, error) {
	task, err := w.Store.InsertTask(ctx, arg)
	if tasktwin.IsUniqueViolation(err, tasktwin.UniqueTasksOwnerIDNameUniqueIdx) {
		err = &tasktwin.Error{Code: tasktwin.UniqueViolation, Table: "tasks", Constraint: string(tasktwin.UniqueTasksPKey)}
	}
	return task, err
}

func (w wrongCode) DeleteWorkspaceByID(ctx context.Context, workspace uuid.UUID) (uuid.UUID, error) {
	deleted, err := w.Store.DeleteWorkspaceByID(ctx, workspace)
	if tasktwin.IsForeignKeyViolation(err) {
		err = sql.ErrNoRows
	}
	return deleted, err
}

// The answer is right, and the row is not there.
func (w lostWrite) UpsertTaskSnapshot(ctx context.Context, arg tasktwin.UpsertTaskSnapshotParams) error {
	arg.LogSnapshotCreatedAt = arg.LogSnapshotCreatedAt.Add(-1000)
	return w.Store.UpsertTaskSnapshot(ctx, arg)
}

// The answer is the function's, as it should be, and the transaction commits.
func (w lostRollback) InTx(ctx context.Context, fn func(tasktwin.Store) error, opts *tasktwin.TxOptions) error {
	var answer error
	err := w.drifting.InTx(ctx, func(s tasktwin.Store) error {
		answer = fn(s)
		return nil
	}, opts)
	if answer != nil {
		return answer
	}
	return err
}

func (w nilForEmpty) ListTaskWorkspaceAppsByTaskID(ctx context.Context, task uuid.UUID) ([]tasktwin.TaskWorkspaceApp, error) {
	rows, err := w.Store.ListTaskWorkspaceAppsByTaskID(ctx, task)
	if len(rows) == 0 {
		rows = nil
	}
	return rows, err
}

// Parity that finds nothing proves something only if it finds what is there.
func TestParityFindsDrift(t *testing.T) {
	t.Parallel()
	for name, wrap := range map[string]func(drifting) tasktwin.Store{
		"order":      func(d drifting) tasktwin.Store { return wrongOrder{d} },
		"column":     func(d drifting) tasktwin.Store { return wrongColumn{d} },
		"constraint": func(d drifting) tasktwin.Store { return wrongConstraint{d} },
		"code":       func(d drifting) tasktwin.Store { return wrongCode{d} },
		"row":        func(d drifting) tasktwin.Store { return lostWrite{d} },
		"rollback":   func(d drifting) tasktwin.Store { return lostRollback{d} },
		"nil":        func(d drifting) tasktwin.Store { return nilForEmpty{d} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var drift func(tasktwin.Store) tasktwin.Store
			drift = func(s tasktwin.Store) tasktwin.Store { return wrap(drifting{s, drift}) }
			report, err := Parity(t.Context(), memdb.New(memdb.Options{}), drift(memdb.New(memdb.Options{})), ParityOptions{Ops: 5000, Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			if len(report.Mismatches) == 0 {
				t.Fatal("the drift was not found")
			}
			if len(report.Sequence) != report.Mismatches[0].Call {
				t.Errorf("the sequence has %d calls, and call %d was answered differently", len(report.Sequence), report.Mismatches[0].Call)
			}
		})
	}
}

func TestParityOfEquals(t *testing.T) {
	t.Parallel()
	opts := ParityOptions{Ops: 5000, Seed: 1}
	first, err := Parity(t.Context(), memdb.New(memdb.Options{}), memdb.New(memdb.Options{}), opts)
	if err != nil {
		t.Fatal(err)
	}
	if len(first.Mismatches) > 0 {
		t.Fatal(first.Mismatches[0])
	}
	again, err := Parity(t.Context(), memdb.New(memdb.Options{}), memdb.New(memdb.Options{}), opts)
	if err != nil {
		t.Fatal(err)
	}
	calls := func(r *ParityReport) map[string]int {
		n := map[string]int{}
		for _, m := range r.Methods {
			n[m.Method] = m.Calls
		}
		return n
	}
	if diff := Compare(calls(first), calls(again)); diff != "" {
		t.Errorf("the same seed made other calls:\n%s", diff)
	}
}
