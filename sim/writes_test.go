package sim

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
)

// writesWorld returns a small world in which everything happens often.
func writesWorld(t *testing.T, seed uint64, duration time.Duration) *World {
	t.Helper()
	p := DefaultParams()
	p.Seed, p.Users, p.Duration = seed, 10, duration
	p.BuildFailure, p.Stuck, p.Unhealthy, p.Failure, p.Deletion = 0.2, 0.2, 0.2, 0.3, 0.9
	p.DeletionAfter.Median = 20 * time.Minute
	w, err := NewWorld(p)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func writesStore(t *testing.T, w *World) *memdb.DB {
	t.Helper()
	db := memdb.New(memdb.Options{})
	if err := w.Seed(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	return db
}

// When a task's changes are made changes nothing: neither the result nor the rows, wherever the
// run ends.
func TestRowsDoNotDependOnWhenTheyAreWritten(t *testing.T) {
	t.Parallel()
	for seed := range uint64(40) {
		for _, policy := range []Policy{Never{}, IdleTimeout(0), IdleTimeout(30 * time.Minute)} {
			// From half a day on, which ends within builds, turns and deletions.
			w := writesWorld(t, seed, 12*time.Hour+time.Duration(seed)*17*time.Minute)
			var results []*Result
			var dumps []*tasktwin.Dump
			for _, maxWrites := range []int{1, 3, maxWrites} {
				db := writesStore(t, w)
				r := w.newRun(t.Context(), db, policy, Options{})
				r.maxWrites = maxWrites
				result, err := r.run()
				if err != nil {
					t.Fatal(err)
				}
				dump, err := db.Dump(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				results, dumps = append(results, result), append(dumps, dump)
			}
			for i := range results[1:] {
				if !reflect.DeepEqual(results[0], results[i+1]) || !reflect.DeepEqual(dumps[0], dumps[i+1]) {
					t.Errorf("seed %d, %s: the rows depend on when they are written", seed, policy.Name())
				}
			}
			if len(dumps[0].WorkspaceAppStatuses) < 20 {
				t.Errorf("seed %d, %s: only %d statuses", seed, policy.Name(), len(dumps[0].WorkspaceAppStatuses))
			}
		}
	}
}

// statusStore is a store whose statuses are inserted by a function, which gets the store or
// its transaction.
type statusStore struct {
	tasktwin.Store
	insert func(tasktwin.Store, tasktwin.InsertWorkspaceAppStatusParams) (tasktwin.WorkspaceAppStatus, error)
}

func (s statusStore) InsertWorkspaceAppStatus(
	_ context.Context, arg tasktwin.InsertWorkspaceAppStatusParams,
) (tasktwin.WorkspaceAppStatus, error) {
	return s.insert(s.Store, arg)
}

func (s statusStore) InTx(ctx context.Context, do func(tasktwin.Store) error, opts *tasktwin.TxOptions) error {
	return s.Store.InTx(ctx, func(tx tasktwin.Store) error { return do(statusStore{tx, s.insert}) }, opts)
}

// statusBatchStore is a statusStore that inserts several statuses at once, too.
type statusBatchStore struct{ statusStore }

func (s statusBatchStore) InsertWorkspaceAppStatuses(
	_ context.Context, args []tasktwin.InsertWorkspaceAppStatusParams,
) ([]tasktwin.WorkspaceAppStatus, error) {
	for i, arg := range args {
		if _, err := s.insert(s.Store, arg); err != nil {
			return nil, &tasktwin.BatchError{Index: i, Err: err}
		}
	}
	return nil, nil
}

func (s statusBatchStore) InTx(ctx context.Context, do func(tasktwin.Store) error, opts *tasktwin.TxOptions) error {
	return s.Store.InTx(ctx, func(tx tasktwin.Store) error { return do(statusBatchStore{statusStore{tx, s.insert}}) }, opts)
}

var errRefused = errors.New("refused")

// The error of a change has the time of the change, not the time at which it was made, whether
// the store takes statuses one by one or several at once.
func TestAnErrorHasTheTimeOfTheChange(t *testing.T) {
	t.Parallel()
	w := writesWorld(t, 1, 24*time.Hour)
	for nth := 1; nth < 200; nth += 7 {
		for name, wrap := range map[string]func(statusStore) tasktwin.Store{
			"one by one": func(s statusStore) tasktwin.Store { return s },
			"at once":    func(s statusStore) tasktwin.Store { return statusBatchStore{s} },
		} {
			left, want := nth, ""
			s := wrap(statusStore{writesStore(t, w), func(
				next tasktwin.Store, arg tasktwin.InsertWorkspaceAppStatusParams,
			) (tasktwin.WorkspaceAppStatus, error) {
				if left--; left > 0 {
					return next.InsertWorkspaceAppStatus(t.Context(), arg)
				}
				task, err := next.GetTaskByWorkspaceID(t.Context(), nullUUID(arg.WorkspaceID))
				want = "sim: at " + arg.CreatedAt.Format(time.RFC3339Nano) + `: task "` + task.DisplayName + `": refused`
				return tasktwin.WorkspaceAppStatus{}, errors.Join(err, errRefused)
			}})
			_, err := w.Run(t.Context(), s, IdleTimeout(30*time.Minute), Options{})
			if err == nil || err.Error() != want || !errors.Is(err, errRefused) {
				t.Errorf("status %d, %s: %v, want %s", nth, name, err, want)
			}
		}
	}
}
