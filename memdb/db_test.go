package memdb_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
)

var at = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func newOrganization(name string) tasktwin.InsertOrganizationParams {
	return tasktwin.InsertOrganizationParams{ID: uuid.New(), Name: name, CreatedAt: at, UpdatedAt: at}
}

func count(t testing.TB, s tasktwin.Dumper) int {
	t.Helper()
	d, err := s.Dump(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return len(d.Organizations)
}

func TestForkSidesAreIndependent(t *testing.T) {
	t.Parallel()
	db := memdb.New(memdb.Options{})
	if _, err := db.InsertOrganization(t.Context(), newOrganization("shared")); err != nil {
		t.Fatal(err)
	}
	const forks, rows = 8, 50
	stores := []*memdb.DB{db}
	for range forks {
		stores = append(stores, db.Fork())
	}
	var wg sync.WaitGroup
	for i, s := range stores {
		wg.Go(func() {
			for n := range rows {
				if _, err := s.InsertOrganization(t.Context(), newOrganization(fmt.Sprintf("%d-%d", i, n))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for i, s := range stores {
		if got := count(t, s); got != rows+1 {
			t.Errorf("store %d has %d organizations, want %d", i, got, rows+1)
		}
	}
}

func TestReaderNeverWaitsNorSeesHalfATransaction(t *testing.T) {
	t.Parallel()
	db := memdb.New(memdb.Options{})
	err := db.InTx(t.Context(), func(tx tasktwin.Store) error {
		for i := range 3 {
			if _, err := tx.InsertOrganization(t.Context(), newOrganization(strconv.Itoa(i))); err != nil {
				return err
			}
			if got := count(t, db); got != 0 {
				return fmt.Errorf("a reader sees %d rows of an open transaction", got)
			}
		}
		return nil
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := count(t, db); got != 3 {
		t.Fatalf("%d rows after the commit, want 3", got)
	}
}

func TestWriterWaitsNoLongerThanItsContext(t *testing.T) {
	t.Parallel()
	db := memdb.New(memdb.Options{})
	err := db.InTx(t.Context(), func(tx tasktwin.Store) error {
		if _, err := tx.InsertOrganization(t.Context(), newOrganization("inside")); err != nil {
			return err
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Millisecond, cancel)
		other := make(chan error)
		go func() {
			_, err := db.InsertOrganization(ctx, newOrganization("inside"))
			other <- err
		}()
		if err := <-other; !errors.Is(err, context.Canceled) {
			return fmt.Errorf("a writer that waits for a name got %w, want it cancelled", err)
		}
		return nil
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
}

// A call on the store inside a transaction is another session. One that would wait for
// the transaction fails at once instead.
func TestStoreInsideItsOwnTransaction(t *testing.T) {
	t.Parallel()
	db := memdb.New(memdb.Options{})
	err := db.InTx(t.Context(), func(tx tasktwin.Store) error {
		if _, err := db.InsertOrganization(t.Context(), newOrganization("before the first write")); err != nil {
			return err
		}
		if _, err := tx.InsertOrganization(t.Context(), newOrganization("inside")); err != nil {
			return err
		}
		if _, err := db.InsertOrganization(t.Context(), newOrganization("outside")); err != nil {
			return err
		}
		if _, err := db.InsertOrganization(t.Context(), newOrganization("Inside")); !errors.Is(err, tasktwin.ErrStoreInTx) {
			return fmt.Errorf("a write: %w", err)
		}
		err := db.InTx(t.Context(), func(other tasktwin.Store) error {
			_, err := other.InsertOrganization(t.Context(), newOrganization("inside"))
			return err
		}, nil)
		if !errors.Is(err, tasktwin.ErrStoreInTx) {
			return fmt.Errorf("a transaction: %w", err)
		}
		return nil
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := count(t, db); got != 3 {
		t.Fatalf("%d rows, want 3", got)
	}
}

// States that nobody reads are garbage collected: alternating writes to two tables keep two
// rows in memory, not all rows ever written.
func TestOldStatesAreFreed(t *testing.T) {
	db := memdb.New(memdb.Options{})
	agent := tasktwin.InsertWorkspaceAgentParams{ID: uuid.New(), Name: "a", LifecycleState: tasktwin.WorkspaceAgentLifecycleStateReady}
	app := tasktwin.InsertWorkspaceAppParams{ID: uuid.New(), AgentID: agent.ID, Health: tasktwin.WorkspaceAppHealthHealthy}
	_, err1 := db.InsertWorkspaceAgent(t.Context(), agent)
	_, err2 := db.InsertWorkspaceApp(t.Context(), app)
	for range 20_000 {
		_, err3 := db.UpdateWorkspaceAgentLifecycleStateByID(t.Context(), tasktwin.UpdateWorkspaceAgentLifecycleStateByIDParams{
			ID: agent.ID, LifecycleState: agent.LifecycleState,
		})
		_, err4 := db.UpdateWorkspaceAppHealthByID(t.Context(), tasktwin.UpdateWorkspaceAppHealthByIDParams{ID: app.ID, Health: app.Health})
		if err := errors.Join(err1, err2, err3, err4); err != nil {
			t.Fatal(err)
		}
	}
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	runtime.KeepAlive(db)
	if memory.HeapAlloc > 8<<20 {
		t.Errorf("%d bytes are in use after 40,000 writes to two rows", memory.HeapAlloc)
	}
}

func TestConcurrentWritersLoseNothing(t *testing.T) {
	t.Parallel()
	db := memdb.New(memdb.Options{})
	const writers, rows = 8, 100
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for n := range rows {
				err := db.InTx(t.Context(), func(tx tasktwin.Store) error {
					_, err := tx.InsertOrganization(t.Context(), newOrganization(fmt.Sprintf("%d-%d", w, n)))
					return err
				}, nil)
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if got := count(t, db); got != writers*rows {
		t.Fatalf("%d rows, want %d", got, writers*rows)
	}
}

func BenchmarkInsertOrganization(b *testing.B) {
	b.ReportAllocs()
	db := memdb.New(memdb.Options{})
	for i := 0; b.Loop(); i++ {
		if _, err := db.InsertOrganization(b.Context(), newOrganization(strconv.Itoa(i))); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		memdb.New(memdb.Options{})
	}
}

func BenchmarkFork(b *testing.B) {
	b.ReportAllocs()
	db := memdb.New(memdb.Options{})
	for b.Loop() {
		db.Fork()
	}
}
