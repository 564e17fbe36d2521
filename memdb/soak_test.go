package memdb

import (
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"reflect"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// Sessions of several goroutines run transactions at mixed isolation levels on few rows.
// Nobody sees lists that disagree, no increment that succeeds is lost, and what is derived
// from the rows in the end is what a new store derives from them.
func TestSoak(t *testing.T) {
	t.Parallel()
	const sessions = 12
	rounds := 1000
	if testing.Short() {
		rounds = 60
	}
	seed := rand.Uint64()
	s := &soak{t: t, db: New(Options{})}
	rows, err := soakRows(t)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.db.Load(t.Context(), rows); err != nil {
		t.Fatal(err)
	}
	s.counter = soakID(2)
	counterParams := taskParams(s.counter, soakID(0), "counter")
	counterParams.WorkspaceID = uuid.NullUUID{} // a delete of the workspace deletes its tasks
	must(t)(s.db.InsertTask(t.Context(), counterParams))
	must(t)(s.db.UpdateTaskPrompt(t.Context(), tasktwin.UpdateTaskPromptParams{ID: s.counter, Prompt: "0"}))
	var running sync.WaitGroup
	for n := range uint64(sessions) {
		running.Go(func() {
			rng := rand.New(rand.NewPCG(seed, n))
			for range rounds {
				if !s.round(rng) {
					return
				}
			}
		})
	}
	running.Wait()
	if t.Failed() {
		t.Fatalf("seed %d", seed)
	}
	counter, err := s.db.GetTaskByID(t.Context(), s.counter)
	if err != nil || counter.Prompt != strconv.FormatInt(s.increments.Load(), 10) {
		t.Errorf("seed %d: %d increments have made %s, %v", seed, s.increments.Load(), counter.Prompt, err)
	}
	if waits := s.db.Waits(); len(waits) > 0 || s.committed.Load() == 0 || s.failed.Load() == 0 {
		t.Errorf("seed %d: %d transactions were committed and %d failed; waits: %v", seed, s.committed.Load(), s.failed.Load(), waits)
	}
	dump, err := s.db.Dump(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	loaded := New(Options{})
	if err := loaded.Load(t.Context(), dump); err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	for what, derive := range derivedData {
		a, errA := derive(t.Context(), s.db)
		b, errB := derive(t.Context(), loaded)
		if errors.Join(errA, errB) != nil || !reflect.DeepEqual(a, b) {
			t.Errorf("seed %d: %s: %+v, %v, but from the dump %+v, %v", seed, what, a, errA, b, errB)
		}
	}
}

// soakRows returns two tasks, with all rows that they refer to.
func soakRows(t *testing.T) (*tasktwin.Dump, error) {
	t.Helper()
	var all tasktwin.Dump
	for n := range 2 {
		db := New(Options{})
		insertBoundTask(t, db, soakID(n))
		rows, err := db.Dump(t.Context())
		if err != nil {
			return nil, err
		}
		rows.Organizations[0].Name, rows.Users[0].Username = strconv.Itoa(n), strconv.Itoa(n)
		all.Organizations = append(all.Organizations, rows.Organizations...)
		all.Users = append(all.Users, rows.Users...)
		all.Templates = append(all.Templates, rows.Templates...)
		all.TemplateVersions = append(all.TemplateVersions, rows.TemplateVersions...)
		all.Workspaces = append(all.Workspaces, rows.Workspaces...)
		all.ProvisionerJobs = append(all.ProvisionerJobs, rows.ProvisionerJobs...)
		all.WorkspaceBuilds = append(all.WorkspaceBuilds, rows.WorkspaceBuilds...)
		all.WorkspaceAgents = append(all.WorkspaceAgents, rows.WorkspaceAgents...)
		all.WorkspaceApps = append(all.WorkspaceApps, rows.WorkspaceApps...)
		all.Tasks = append(all.Tasks, rows.Tasks...)
		all.TaskWorkspaceApps = append(all.TaskWorkspaceApps, rows.TaskWorkspaceApps...)
	}
	return &all, nil
}

func soakID(n int) uuid.UUID { return uuid.UUID{0: 1, 15: byte(n)} }

type soak struct {
	t                             *testing.T
	db                            *DB
	counter                       uuid.UUID
	increments, committed, failed atomic.Int64
}

var soakLevels = []tasktwin.IsolationLevel{tasktwin.ReadCommitted, tasktwin.RepeatableRead, tasktwin.Serializable}

// round runs one transaction. It returns false if that has an error that it must not have.
func (s *soak) round(rng *rand.Rand) bool {
	ctx := s.t.Context()
	level := soakLevels[rng.IntN(len(soakLevels))]
	isIncrement := level != tasktwin.ReadCommitted && rng.IntN(2) == 0
	err := s.db.InTx(ctx, func(tx tasktwin.Store) error {
		if isIncrement {
			if err := s.increment(ctx, tx); err != nil {
				return err
			}
		}
		for range 1 + rng.IntN(5) {
			runtime.Gosched() // so that the transactions overlap
			// A part of the statements fails, which must not fail the transaction.
			err := tx.InTx(ctx, func(sp tasktwin.Store) error { return s.statement(ctx, sp, rng) }, nil)
			if !isExpected(err) {
				return err
			}
		}
		if level == tasktwin.ReadCommitted {
			return nil
		}
		return s.checkLists(ctx, tx)
	}, &tasktwin.TxOptions{Isolation: level})
	switch {
	case err == nil && isIncrement:
		s.increments.Add(1)
		s.committed.Add(1)
	case err == nil:
		s.committed.Add(1)
	case isExpected(err):
		s.failed.Add(1)
	default:
		s.t.Errorf("%s: %v", level, err)
		return false
	}
	return true
}

// isExpected reports whether the error is one that sessions on the same rows may have.
func isExpected(err error) bool {
	if e, ok := errors.AsType[*tasktwin.Error](err); ok {
		switch e.Code { //nolint:exhaustive // all others are unexpected
		case tasktwin.SerializationFailure, tasktwin.DeadlockDetected, tasktwin.UniqueViolation, tasktwin.ForeignKeyViolation,
			tasktwin.RestrictViolation:
			return true
		}
		return false
	}
	return err == nil || errors.Is(err, sql.ErrNoRows)
}

// increment adds one to the number in the counter's prompt.
func (s *soak) increment(ctx context.Context, tx tasktwin.Store) error {
	task, err := tx.GetTaskByID(ctx, s.counter)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(task.Prompt)
	if err != nil {
		return err
	}
	_, err = tx.UpdateTaskPrompt(ctx, tasktwin.UpdateTaskPromptParams{ID: s.counter, Prompt: strconv.Itoa(n + 1)})
	return err
}

// statement runs a random statement on one of few rows.
func (s *soak) statement(ctx context.Context, tx tasktwin.Store, rng *rand.Rand) error {
	base, task := soakID(rng.IntN(2)), soakID(3+rng.IntN(3))
	at := time.Unix(int64(rng.IntN(1000)), 0)
	number := int32(1 + rng.IntN(3))
	var err error
	switch rng.IntN(11) {
	case 0, 1:
		_, err = tx.InsertTask(ctx, taskParams(task, base, strconv.Itoa(rng.IntN(3))))
	case 2:
		_, err = tx.DeleteTask(ctx, tasktwin.DeleteTaskParams{ID: task, DeletedAt: at})
	case 3:
		_, err = tx.UpdateTaskPrompt(ctx, tasktwin.UpdateTaskPromptParams{ID: soakID(rng.IntN(2)), Prompt: strconv.Itoa(rng.Int())})
	case 4:
		_, err = tx.UpsertTaskWorkspaceApp(ctx, bindingParams(task, base, number))
	case 5:
		err = tx.UpsertTaskSnapshot(ctx, tasktwin.UpsertTaskSnapshotParams{TaskID: task, LogSnapshot: []byte("{}"), LogSnapshotCreatedAt: at})
	case 6:
		_, err = tx.InsertWorkspaceAppStatus(ctx, tasktwin.InsertWorkspaceAppStatusParams{
			ID: uuid.New(), CreatedAt: at, AgentID: base, AppID: base, WorkspaceID: base, State: tasktwin.WorkspaceAppStatusStateWorking,
		})
	case 7:
		_, err = tx.UpdateWorkspaceAppHealthByID(ctx, tasktwin.UpdateWorkspaceAppHealthByIDParams{
			ID: base, Health: tasktwin.WorkspaceAppHealthUnhealthy,
		})
	case 8:
		job := uuid.New()
		_, err = tx.InsertProvisionerJob(ctx, tasktwin.InsertProvisionerJobParams{ID: job, OrganizationID: base, InitiatorID: base})
		if err != nil {
			return err
		}
		_, err = tx.InsertWorkspaceBuild(ctx, tasktwin.InsertWorkspaceBuildParams{
			ID: job, CreatedAt: at, WorkspaceID: base, TemplateVersionID: base, BuildNumber: number, InitiatorID: base, JobID: job,
			Transition: tasktwin.WorkspaceTransitionStart, Reason: tasktwin.BuildReasonInitiator,
		})
	case 9:
		if rng.IntN(2) == 0 {
			_, err = tx.DeleteWorkspaceByID(ctx, base)
			return err
		}
		_, err = tx.InsertWorkspace(ctx, tasktwin.InsertWorkspaceParams{
			ID: base, OwnerID: base, OrganizationID: base, TemplateID: base, GroupACL: []byte("{}"), UserACL: []byte("{}"),
		})
	case 10:
		_, err = tx.GetTaskByOwnerIDAndName(ctx, tasktwin.GetTaskByOwnerIDAndNameParams{OwnerID: base, Name: "0"})
	}
	return err
}

// checkLists returns an error if the lists of the owners' tasks are not the list of all.
func (s *soak) checkLists(ctx context.Context, tx tasktwin.Store) error {
	all, err := tx.ListTasks(ctx, tasktwin.ListTasksParams{})
	if err != nil {
		return err
	}
	listed := map[uuid.UUID]bool{}
	for n := range 2 {
		list, err := tx.ListTasks(ctx, tasktwin.ListTasksParams{OwnerID: soakID(n)})
		if err != nil {
			return err
		}
		for _, task := range list {
			listed[task.ID] = true
		}
	}
	for _, task := range all {
		if !listed[task.ID] {
			return errors.New("the task " + task.Name + " is in no list of an owner")
		}
		delete(listed, task.ID)
	}
	if len(listed) > 0 {
		return errors.New("the owners' lists have tasks that are not there")
	}
	return nil
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
		return db.ListWorkspaceAppStatusesByAppID(ctx, soakID(0))
	},
	"the dump": func(ctx context.Context, db *DB) (any, error) { return db.Dump(ctx) },
}
