package cases

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/lockstep"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
)

var batchCases = []Case{
	{Name: "batch/like calls one after the other", Methods: "InsertWorkspaceAppStatus", Run: BatchLikeCallsOneAfterTheOther},
	{Name: "batch/all rows or none", Methods: "InsertWorkspaceAppStatus", Run: BatchAllRowsOrNone},
	{Name: "batch/in a transaction", Methods: "InsertWorkspaceAppStatus", Run: BatchInATransaction},
	{Name: "batch/no rows", Run: BatchNoRows},
	{Name: "batch/many rows", Run: BatchManyRows},
}

func init() { register(batchCases) }

// batch inserts statuses. It skips the test if the store cannot do that at once.
func (f *Fixture) batch(args ...tasktwin.InsertWorkspaceAppStatusParams) ([]tasktwin.WorkspaceAppStatus, error) {
	f.t.Helper()
	if !stores.CanBatch(f.Store) {
		f.t.Skipf("%T is not a tasktwin.BatchInserter", f.Store)
	}
	inserter, _ := f.Store.(tasktwin.BatchInserter)
	return inserter.InsertWorkspaceAppStatuses(f.ctx, args)
}

// someStatuses returns statuses of two apps that can be inserted.
func (f *Fixture) someStatuses(n int) []tasktwin.InsertWorkspaceAppStatusParams {
	f.t.Helper()
	a, b := f.twoApps()
	ws := f.workspace().ID
	args := make([]tasktwin.InsertWorkspaceAppStatusParams, n)
	for i := range args {
		app := a
		if i%2 > 0 {
			app = b
		}
		args[i] = f.newStatus(app, ws, tasktwin.WorkspaceAppStatusStateWorking, float64(i))
	}
	return args
}

func BatchLikeCallsOneAfterTheOther(t TB, f *Fixture) {
	f.base()
	args := f.someStatuses(8)
	args[1].CreatedAt = at(1).Add(1999).In(time.FixedZone("", 3600))
	args[2].Message = ""
	args[3].URI.String, args[3].URI.Valid = "https://example.com", true
	args[4].URI.String = "beside NULL"
	var want []tasktwin.WorkspaceAppStatus
	undo := errors.New("roll back")
	_ = f.tx(nil, func(tx *Fixture) error {
		for _, arg := range args {
			want = append(want, must[tasktwin.WorkspaceAppStatus](t)(tx.InsertWorkspaceAppStatus(f.ctx, arg)))
		}
		return undo
	})
	equal(t, "the answers", must[[]tasktwin.WorkspaceAppStatus](t)(f.batch(args...)), want)
	equal(t, "the rows", dump(t, f).WorkspaceAppStatuses, want)
}

// badStatuses are changes by which a row of a batch fails.
var badStatuses = []struct {
	name  string
	spoil func(row *tasktwin.InsertWorkspaceAppStatusParams, first tasktwin.InsertWorkspaceAppStatusParams)
	want  lockstep.ErrorFacts
}{
	{
		"an id of the batch", func(r *tasktwin.InsertWorkspaceAppStatusParams, first tasktwin.InsertWorkspaceAppStatusParams) {
			r.ID = first.ID
		},
		uniqueViolation("workspace_app_statuses", "workspace_app_statuses_pkey"),
	},
	{
		"no agent", func(r *tasktwin.InsertWorkspaceAppStatusParams, _ tasktwin.InsertWorkspaceAppStatusParams) {
			r.AgentID = absent
		},
		foreignKeyViolation("workspace_app_statuses", "workspace_app_statuses_agent_id_fkey"),
	},
	{
		"no app", func(r *tasktwin.InsertWorkspaceAppStatusParams, _ tasktwin.InsertWorkspaceAppStatusParams) {
			r.AppID = absent
		},
		foreignKeyViolation("workspace_app_statuses", "workspace_app_statuses_app_id_fkey"),
	},
	{
		"a state that is none", func(r *tasktwin.InsertWorkspaceAppStatusParams, _ tasktwin.InsertWorkspaceAppStatusParams) {
			r.State = "none"
		},
		invalidText,
	},
	{"a time that is too late", func(r *tasktwin.InsertWorkspaceAppStatusParams, _ tasktwin.InsertWorkspaceAppStatusParams) {
		r.CreatedAt = time.Date(294277, 1, 1, 0, 0, 0, 0, time.UTC)
	}, sqlState(tasktwin.DatetimeFieldOverflow)},
	{"text that is not UTF-8", func(r *tasktwin.InsertWorkspaceAppStatusParams, _ tasktwin.InsertWorkspaceAppStatusParams) {
		r.Message = "\xff"
	}, sqlState(tasktwin.CharacterNotInRepertoire)},
}

// failsAt asserts the error of a batch.
func failsAt(t TB, what string, err error, index int, want lockstep.ErrorFacts) {
	t.Helper()
	fails(t, what, err, want)
	if batch, ok := errors.AsType[*tasktwin.BatchError](err); !ok || batch.Index != index {
		t.Errorf("%s: got %v, want the index %d", what, err, index)
	}
}

func BatchAllRowsOrNone(t TB, f *Fixture) {
	f.base()
	args := f.someStatuses(5)
	there := args[0]
	must[tasktwin.WorkspaceAppStatus](t)(f.InsertWorkspaceAppStatus(f.ctx, there))
	args[0].ID = f.next()
	before := dump(t, f)
	for _, bad := range badStatuses {
		for _, index := range []int{1, 4} {
			what := fmt.Sprintf("%s at %d", bad.name, index)
			spoiled := append([]tasktwin.InsertWorkspaceAppStatusParams{}, args...)
			bad.spoil(&spoiled[index], args[0])
			rows, err := f.batch(spoiled...)
			failsAt(t, what, err, index, bad.want)
			equal(t, what+", the answers", len(rows), 0)
			for _, later := range badStatuses { // the first one counts
				again := append([]tasktwin.InsertWorkspaceAppStatusParams{}, spoiled...)
				later.spoil(&again[4], args[0])
				if index < 4 {
					_, err := f.batch(again...)
					failsAt(t, what+", then "+later.name, err, index, bad.want)
				}
			}
		}
	}
	args[0].ID = there.ID
	_, err := f.batch(args...)
	failsAt(t, "a row that is there", err, 0, uniqueViolation("workspace_app_statuses", "workspace_app_statuses_pkey"))
	equal(t, "the rows", dump(t, f), before)
}

func BatchInATransaction(t TB, f *Fixture) {
	f.base()
	args := f.someStatuses(6)
	for _, bad := range badStatuses {
		for _, index := range []int{0, 2} {
			spoiled := append([]tasktwin.InsertWorkspaceAppStatusParams{}, args...)
			bad.spoil(&spoiled[index], args[(index+1)%3])
			if index == 0 && strings.HasPrefix(bad.name, "an id") {
				continue
			}
			err := f.tx(nil, func(tx *Fixture) error {
				_, err := tx.batch(spoiled...)
				failsAt(t, bad.name, err, index, bad.want)
				_, err = tx.batch(args...)
				failsAt(t, "then good rows", err, 0, aborted)
				_, err = tx.batch(spoiled...)
				failsAt(t, "then bad rows", err, 0, aborted)
				return nil
			})
			equal(t, "commit", stores.Describe(err).Kind, "commit aborted")
		}
	}
	equal(t, "no rows", len(dump(t, f).WorkspaceAppStatuses), 0)
	err := f.tx(nil, func(tx *Fixture) error {
		must[[]tasktwin.WorkspaceAppStatus](t)(tx.batch(args[:2]...))
		err := tx.tx(nil, func(sp *Fixture) error {
			must[[]tasktwin.WorkspaceAppStatus](t)(sp.batch(args[2:4]...))
			_, err := sp.batch(args[4], args[4])
			return err
		})
		failsAt(t, "savepoint", err, 1, uniqueViolation("workspace_app_statuses", "workspace_app_statuses_pkey"))
		must[[]tasktwin.WorkspaceAppStatus](t)(tx.batch(args[4:]...))
		return nil
	})
	succeeds(t, "commit", err)
	equal(t, "rows", len(dump(t, f).WorkspaceAppStatuses), 4)
	err = f.tx(&tasktwin.TxOptions{ReadOnly: true}, func(tx *Fixture) error {
		_, err := tx.batch(args...)
		failsAt(t, "read only", err, 0, sqlState(tasktwin.ReadOnlySQLTransaction))
		return nil
	})
	equal(t, "commit", stores.Describe(err).Kind, "commit aborted")
}

func BatchNoRows(t TB, f *Fixture) {
	none := func(f *Fixture) {
		t.Helper()
		equal(t, "no rows", must[[]tasktwin.WorkspaceAppStatus](t)(f.batch()), []tasktwin.WorkspaceAppStatus{})
	}
	f.base()
	none(f)
	succeeds(t, "commit", f.tx(nil, func(tx *Fixture) error { none(tx); return nil }))
	_ = f.tx(nil, func(tx *Fixture) error {
		_, err := tx.InsertUser(f.ctx, tx.newUser("ada"))
		fails(t, "a name that is there", err, uniqueViolation("users", "users_username_lower_idx"))
		_, err = tx.batch()
		fails(t, "no rows after a failure", err, aborted)
		return nil
	})
	ctx, cancel := context.WithCancel(f.ctx)
	cancel()
	ended := *f
	ended.ctx = ctx
	if _, err := ended.batch(); !errors.Is(err, context.Canceled) {
		t.Errorf("after the context's end: got %v, want context.Canceled", err)
	}
}

// BatchManyRows has more rows than fit into the buffers between client and server.
func BatchManyRows(t TB, f *Fixture) {
	f.base()
	args := f.someStatuses(3000)
	for i := range args {
		args[i].Message = strings.Repeat("x", 500)
	}
	rows := must[[]tasktwin.WorkspaceAppStatus](t)(f.batch(args...))
	for i, row := range rows {
		if row != tasktwin.WorkspaceAppStatus(args[i]) {
			t.Fatalf("row %d: got %v, want %v", i, row, args[i])
		}
	}
	equal(t, "rows", len(dump(t, f).WorkspaceAppStatuses), len(args))
	args[len(args)-1].AppID = absent
	for i := range args {
		args[i].ID = f.next()
	}
	_, err := f.batch(args...)
	failsAt(t, "the last row", err, len(args)-1, foreignKeyViolation("workspace_app_statuses", "workspace_app_statuses_app_id_fkey"))
	equal(t, "rows", len(dump(t, f).WorkspaceAppStatuses), len(args))
}
