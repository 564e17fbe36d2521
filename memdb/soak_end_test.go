package memdb

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"reflect"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// end checks what a soak leaves behind. All references are there, and what is derived from
// the rows is what a new store derives from them. No increment is lost. No statement waits,
// no row and no key is locked, and no goroutine runs on.
func (s *soak) end() {
	t := s.t
	t.Helper()
	counter, err := s.db.GetTaskByID(t.Context(), soakCounter)
	if err != nil || counter.Prompt != strconv.Itoa(s.increments) {
		t.Errorf("%d increments have made %s, %v", s.increments, counter.Prompt, err)
	}
	if waits := s.db.Waits(); len(waits) > 0 {
		t.Errorf("who waits: %v", waits)
	}
	s.checkOutcomes()
	s.checkGoroutines()
	dump, err := s.db.Dump(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	loaded := New(Options{})
	if err := loaded.Load(t.Context(), dump); err != nil {
		t.Fatal(err)
	}
	for what, derive := range derivedData {
		a, errA := derive(t.Context(), s.db)
		b, errB := derive(t.Context(), loaded)
		if errors.Join(errA, errB) != nil || !reflect.DeepEqual(a, b) {
			t.Errorf("%s: %+v, %v, but from the dump %+v, %v", what, a, errA, b, errB)
		}
	}
	if err := s.lockAll(); err != nil {
		t.Errorf("a lock is left over: %v", err)
	}
	if after, err := s.db.Dump(t.Context()); err != nil || !reflect.DeepEqual(after, dump) {
		t.Errorf("a rollback has not brought back the rows: %+v, %v, and not %+v", after, err, dump)
	}
}

// checkOutcomes fails the test if transactions did not get into each other's way, or never
// succeeded.
func (s *soak) checkOutcomes() {
	for _, what := range []string{
		"read committed: committed", "repeatable read: committed", "serializable: committed", "repeatable read: run again after 40001",
		"serializable: run again after 40001", "statement: 40001", "statement: 40P01", "statement: 23505", "statement: 23503",
	} {
		if s.counted[what] == 0 {
			s.t.Errorf("%q did not occur", what)
		}
	}
}

// checkGoroutines fails the test if there is a goroutine that a session has started: it has
// the label of the session's.
func (s *soak) checkGoroutines() {
	var profile bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&profile, 1); err != nil {
		s.t.Fatal(err)
	}
	if text := profile.String(); strings.Contains(text, s.label) {
		s.t.Errorf("a goroutine is left over:\n%s", text)
	}
}

// The heap may grow by this much for each transaction that has been committed, besides what
// the rows need: as long as sessions overlap, new rows get new slots.
const (
	soakHeap            = 4 << 20
	soakHeapTransaction = 128
)

// checkHeap fails the test if the store keeps what only transactions that have ended could
// need.
func (s *soak) checkHeap(when string) {
	heap := heapInUse()
	s.mu.Lock()
	committed := s.committed
	s.mu.Unlock()
	s.t.Logf("%s, %d transactions: %d KiB", when, committed, heap>>10)
	if heap > s.heapBefore+soakHeap+soakHeapTransaction*committed {
		s.t.Errorf("%s: the heap has grown from %d to %d bytes, by %d transactions", when, s.heapBefore, heap, committed)
	}
	runtime.KeepAlive(s.db)
}

// heapInUse returns the size of all objects that can be reached.
func heapInUse() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// errSoakOver rolls back a transaction.
var errSoakOver = errors.New("the soak is over")

// rolledBack runs fn in a transaction or a savepoint that is rolled back.
func rolledBack(ctx context.Context, store tasktwin.Store, fn func(tasktwin.Store) error) error {
	err := store.InTx(ctx, func(tx tasktwin.Store) error {
		if err := fn(tx); err != nil {
			return err
		}
		return errSoakOver
	}, nil)
	if errors.Is(err, errSoakOver) {
		return nil
	}
	return err
}

// lockAll takes all locks that sessions have taken, and stores all keys that they have
// stored. It returns an error if it has to wait: nobody would end that.
func (s *soak) lockAll() error {
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	return rolledBack(ctx, s.db, func(tx tasktwin.Store) error {
		for base := range soakBases - 1 {
			if err := deleteBase(ctx, tx, soakID(base)); err != nil {
				return err
			}
		}
		for base := range soakBases - 1 {
			rows := soakRows(s.t, base)
			if err := rolledBack(ctx, tx, func(sp tasktwin.Store) error { return insertBase(ctx, sp, rows) }); err != nil {
				return err
			}
		}
		return lockCounter(ctx, tx)
	})
}

// deleteBase deletes the rows of a base that are there.
func deleteBase(ctx context.Context, tx tasktwin.Store, base uuid.UUID) error {
	for _, del := range []func(context.Context, uuid.UUID) (uuid.UUID, error){
		tx.DeleteWorkspaceByID, tx.DeleteWorkspaceAgentByID, tx.DeleteOrganizationByID, tx.DeleteUserByID,
	} {
		if _, err := del(ctx, base); err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
	}
	return nil
}

// insertBase inserts the rows of a base that can come and go, where there are none.
func insertBase(ctx context.Context, tx tasktwin.Store, rows *tasktwin.Dump) error {
	base := rows.Tasks[0].ID
	err := tx.(tasktwin.Loader).Load(ctx, rows)
	for i, task := range soakTasks[soakBases-1:] {
		_, insertErr := tx.InsertTask(ctx, taskParams(task, base, strconv.Itoa(i)))
		err = errors.Join(err, insertErr, tx.UpsertTaskSnapshot(ctx, tasktwin.UpsertTaskSnapshotParams{
			TaskID: task, LogSnapshot: []byte("{}"), LogSnapshotCreatedAt: time.Unix(0, 0),
		}))
		for number := range int32(soakBuilds) {
			_, bindErr := tx.UpsertTaskWorkspaceApp(ctx, bindingParams(task, base, 1+number))
			err = errors.Join(err, bindErr)
		}
	}
	for n := range soakOthers {
		err = errors.Join(err, insertSoakBuild(ctx, tx, base, soakOther(n), int32(2+n)))
	}
	return err
}

// lockCounter updates the rows of the last base, and stores the keys of all statuses.
func lockCounter(ctx context.Context, tx tasktwin.Store) error {
	_, err := tx.UpdateTaskPrompt(ctx, tasktwin.UpdateTaskPromptParams{ID: soakCounter})
	_, appErr := tx.UpdateWorkspaceAppHealthByID(ctx, tasktwin.UpdateWorkspaceAppHealthByIDParams{
		ID: soakCounter, Health: tasktwin.WorkspaceAppHealthUnhealthy,
	})
	err = errors.Join(err, appErr)
	for n := range soakOthers {
		insertErr := tx.InTx(ctx, func(sp tasktwin.Store) error { return insertSoakStatus(ctx, sp, soakOther(n)) }, nil)
		if !tasktwin.IsUniqueViolation(insertErr, tasktwin.UniqueWorkspaceAppStatusesPKey) {
			err = errors.Join(err, insertErr)
		}
	}
	return err
}

// derivedData are statements whose answers are derived from rows of several tables.
var derivedData = map[string]func(context.Context, *DB) (any, error){
	"the view of tasks": func(ctx context.Context, db *DB) (any, error) { return db.ListTasks(ctx, tasktwin.ListTasksParams{}) },
	"the tasks of an owner": func(ctx context.Context, db *DB) (any, error) {
		return db.ListTasks(ctx, tasktwin.ListTasksParams{OwnerID: soakID(1)})
	},
	"the telemetry": func(ctx context.Context, db *DB) (any, error) {
		return db.GetTelemetryTaskEvents(ctx, tasktwin.GetTelemetryTaskEventsParams{})
	},
	"the builds": func(ctx context.Context, db *DB) (any, error) {
		return db.ListWorkspaceBuildsByWorkspaceID(ctx, soakID(0))
	},
	"the bindings": func(ctx context.Context, db *DB) (any, error) {
		return db.ListTaskWorkspaceAppsByTaskID(ctx, soakID(3))
	},
	"the statuses": func(ctx context.Context, db *DB) (any, error) {
		return db.ListWorkspaceAppStatusesByAppID(ctx, soakCounter)
	},
	"the dump": func(ctx context.Context, db *DB) (any, error) { return db.Dump(ctx) },
}
