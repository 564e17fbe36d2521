package sim

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

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

// failingStore is a store that refuses the nth status, and notes its time and the name of its task.
type failingStore struct {
	tasktwin.Store
	nth   *int
	names map[uuid.UUID]string // by workspace
	at    *time.Time
	name  *string
}

var errRefused = errors.New("refused")

func (s failingStore) InsertTask(ctx context.Context, arg tasktwin.InsertTaskParams) (tasktwin.Task, error) {
	s.names[arg.ID] = arg.DisplayName
	return s.Store.InsertTask(ctx, arg)
}

func (s failingStore) UpdateTaskWorkspaceID(ctx context.Context, arg tasktwin.UpdateTaskWorkspaceIDParams) (tasktwin.Task, error) {
	s.names[arg.WorkspaceID.UUID] = s.names[arg.ID]
	return s.Store.UpdateTaskWorkspaceID(ctx, arg)
}

func (s failingStore) InsertWorkspaceAppStatus(
	ctx context.Context, arg tasktwin.InsertWorkspaceAppStatusParams,
) (tasktwin.WorkspaceAppStatus, error) {
	*s.nth--
	if *s.nth == 0 {
		*s.at, *s.name = arg.CreatedAt, s.names[arg.WorkspaceID]
		return tasktwin.WorkspaceAppStatus{}, errRefused
	}
	return s.Store.InsertWorkspaceAppStatus(ctx, arg)
}

func (s failingStore) InTx(ctx context.Context, do func(tasktwin.Store) error, opts *tasktwin.TxOptions) error {
	return s.Store.InTx(ctx, func(tx tasktwin.Store) error {
		s.Store = tx
		return do(s)
	}, opts)
}

// The error of a change has the time of the change, not the time at which it was made.
func TestAnErrorHasTheTimeOfTheChange(t *testing.T) {
	t.Parallel()
	w := writesWorld(t, 1, 24*time.Hour)
	for nth := 1; nth < 200; nth += 7 {
		left := nth
		s := failingStore{writesStore(t, w), &left, map[uuid.UUID]string{}, new(time.Time), new(string)}
		_, err := w.Run(t.Context(), s, IdleTimeout(30*time.Minute), Options{})
		if want := "sim: at " + s.at.Format(time.RFC3339Nano) + `: task "` + *s.name + `": refused`; err == nil || err.Error() != want {
			t.Errorf("status %d: %v, want %s", nth, err, want)
		}
		if !errors.Is(err, errRefused) || strings.Count(err.Error(), "sim:") != 1 {
			t.Errorf("status %d: %v", nth, err)
		}
	}
}
