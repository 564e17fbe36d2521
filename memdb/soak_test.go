package memdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/testrand"
)

// envSoak is how long TestSoak runs, such as 10m, instead of for a number of rounds.
const envSoak = "TASKTWIN_SOAK"

// Sessions of several goroutines run transactions at mixed isolation levels on few rows, and
// run those again that fail with 40001 or 40P01. Nobody sees lists that disagree, no increment
// that succeeds is lost, and what is left in the end is what a new store has: see end.
func TestSoak(t *testing.T) {
	t.Parallel()
	const sessions = 12
	length, goesOn := soakLength(t)
	seed := testrand.New(t).Uint64()
	// A session that is never let go fails, instead of waiting forever.
	ctx, cancel := context.WithTimeout(t.Context(), length+5*time.Minute)
	defer cancel()
	s := newSoak(t)
	s.heapBefore = heapInUse()
	start := time.Now()
	var running sync.WaitGroup
	for n := range uint64(sessions) {
		running.Go(func() {
			pprof.Do(ctx, pprof.Labels("soak", s.label), func(ctx context.Context) {
				rng := rand.New(rand.NewPCG(seed, n))
				for round := 0; goesOn(round) && s.round(ctx, rng); round++ {
					if n == 0 && length > 0 && round%1000 == 999 {
						s.checkHeap("while sessions overlap")
					}
				}
			})
		})
	}
	running.Wait()
	t.Logf("%d sessions, in %v:\n%s", sessions, time.Since(start).Round(time.Millisecond), s.counts())
	if t.Failed() {
		return
	}
	s.end()
	if os.Getenv(envSoak) != "" { // otherwise, other tests run as well
		s.checkHeap("in the end")
	}
}

// soakLength returns how long the sessions run, and whether they go on after so many rounds.
func soakLength(t *testing.T) (length time.Duration, goesOn func(rounds int) bool) {
	t.Helper()
	if text := os.Getenv(envSoak); text != "" {
		length, err := time.ParseDuration(text)
		if err != nil {
			t.Fatalf("%s: %v", envSoak, err)
		}
		end := time.Now().Add(length)
		return length, func(int) bool { return time.Now().Before(end) }
	}
	most := 500
	if testing.Short() {
		most = 60
	}
	return 0, func(rounds int) bool { return rounds < most }
}

func newSoak(t *testing.T) *soak {
	t.Helper()
	s := &soak{t: t, db: New(Options{}), label: uuid.NewString(), counted: map[string]int{}}
	for base := range soakBases {
		if err := s.db.Load(t.Context(), soakRows(t, base)); err != nil {
			t.Fatal(err)
		}
	}
	must(t)(s.db.UpdateTaskPrompt(t.Context(), tasktwin.UpdateTaskPromptParams{ID: soakCounter, Prompt: "0"}))
	return s
}

// soakRows returns a task, with all rows that it refers to.
func soakRows(t *testing.T, base int) *tasktwin.Dump {
	t.Helper()
	db := New(Options{})
	insertBoundTask(t, db, soakID(base))
	rows, err := db.Dump(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	rows.Organizations[0].Name, rows.Users[0].Username = strconv.Itoa(base), strconv.Itoa(base)
	return rows
}

func soakID(n int) uuid.UUID { return uuid.UUID{0: 1, 15: byte(n)} }

// The rows of the last base are never deleted. It has the counter and the statuses, which
// nothing deletes, and which forbid to delete what they refer to.
const soakBases = 3

var (
	soakCounter = soakID(soakBases - 1)
	// soakTasks are the tasks that come and go.
	soakTasks = []uuid.UUID{soakID(0), soakID(1), soakID(3), soakID(4), soakID(5)}
)

const (
	soakBuilds = 3
	// soakOthers is how many ids there are of jobs, which are those of builds as well, and of
	// statuses. They are few, so that a long run does not end up with more and more rows.
	soakOthers = 100
)

func soakOther(n int) uuid.UUID { return uuid.UUID{0: 2, 15: byte(n)} }

type soak struct {
	t          *testing.T
	db         *DB
	label      string // of the goroutines
	heapBefore uint64

	mu         sync.Mutex
	increments int
	committed  uint64
	counted    map[string]int // how often transactions and statements ended in which way
}

// count counts how something ended.
func (s *soak) count(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counted[what]++
}

// counts returns what was counted, for a reader.
func (s *soak) counts() string {
	var b strings.Builder
	for _, what := range slices.Sorted(maps.Keys(s.counted)) {
		fmt.Fprintf(&b, "%9d %s\n", s.counted[what], what)
	}
	return b.String()
}

var soakLevels = []tasktwin.IsolationLevel{tasktwin.ReadCommitted, tasktwin.RepeatableRead, tasktwin.Serializable}

// mostAttempts is far more often than a transaction fails in a row.
const mostAttempts = 10_000

// round runs one transaction until it is committed. It returns false if that has an error
// that it must not have.
func (s *soak) round(ctx context.Context, rng *rand.Rand) bool {
	level := soakLevels[rng.IntN(len(soakLevels))]
	isIncrement := level != tasktwin.ReadCommitted && rng.IntN(6) == 0
	first, second := rng.Uint64(), rng.Uint64()
	for range mostAttempts {
		// Each attempt makes the same statements.
		err := s.transaction(ctx, rand.New(rand.NewPCG(first, second)), level, isIncrement)
		switch {
		case err == nil:
			s.count(string(level) + ": committed")
			s.mu.Lock()
			s.committed++
			if isIncrement {
				s.increments++
			}
			s.mu.Unlock()
			return true
		case isRetryable(err):
			s.count(string(level) + ": run again after " + outcome(err))
		default:
			s.t.Errorf("%s: %v", level, err)
			return false
		}
	}
	s.t.Errorf("%s: a transaction has failed %d times", level, mostAttempts)
	return false
}

// isRetryable reports whether the same transaction may succeed when it runs again.
func isRetryable(err error) bool {
	e, ok := errors.AsType[*tasktwin.Error](err)
	return ok && (e.Code == tasktwin.SerializationFailure || e.Code == tasktwin.DeadlockDetected)
}

// transaction runs a transaction of random statements.
func (s *soak) transaction(ctx context.Context, rng *rand.Rand, level tasktwin.IsolationLevel, isIncrement bool) error {
	return s.db.InTx(ctx, func(tx tasktwin.Store) error {
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
			s.count("statement: " + outcome(err))
		}
		if level == tasktwin.ReadCommitted {
			return nil
		}
		return s.checkLists(ctx, tx)
	}, &tasktwin.TxOptions{Isolation: level})
}

// outcome returns a short name for how a statement ended.
func outcome(err error) string {
	if e, ok := errors.AsType[*tasktwin.Error](err); ok {
		return string(e.Code)
	}
	if err != nil {
		return "no rows"
	}
	return "ok"
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
	task, err := tx.GetTaskByID(ctx, soakCounter)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(task.Prompt)
	if err != nil {
		return err
	}
	_, err = tx.UpdateTaskPrompt(ctx, tasktwin.UpdateTaskPromptParams{ID: soakCounter, Prompt: strconv.Itoa(n + 1)})
	return err
}

// statement runs a random statement on one of few rows.
func (s *soak) statement(ctx context.Context, tx tasktwin.Store, rng *rand.Rand) error {
	base, task := soakID(rng.IntN(soakBases-1)), soakTasks[rng.IntN(len(soakTasks))]
	at := time.Unix(int64(rng.IntN(1000)), 0)
	number := int32(1 + rng.IntN(soakBuilds))
	var err error
	switch rng.IntN(12) {
	case 0, 1:
		_, err = tx.InsertTask(ctx, taskParams(task, base, strconv.Itoa(rng.IntN(3))))
	case 2:
		_, err = tx.DeleteTask(ctx, tasktwin.DeleteTaskParams{ID: task, DeletedAt: at})
	case 3:
		_, err = tx.UpdateTaskPrompt(ctx, tasktwin.UpdateTaskPromptParams{ID: task, Prompt: strconv.Itoa(rng.Int())})
	case 4:
		_, err = tx.UpsertTaskWorkspaceApp(ctx, bindingParams(task, base, number))
	case 5:
		err = tx.UpsertTaskSnapshot(ctx, tasktwin.UpsertTaskSnapshotParams{TaskID: task, LogSnapshot: []byte("{}"), LogSnapshotCreatedAt: at})
	case 6:
		err = insertSoakStatus(ctx, tx, soakOther(rng.IntN(soakOthers)))
	case 7:
		_, err = tx.UpdateWorkspaceAppHealthByID(ctx, tasktwin.UpdateWorkspaceAppHealthByIDParams{
			ID: base, Health: tasktwin.WorkspaceAppHealthUnhealthy,
		})
	case 8:
		err = insertSoakBuild(ctx, tx, base, soakOther(rng.IntN(soakOthers)), number)
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
	case 11:
		_, err = tx.DeleteProvisionerJobByID(ctx, soakOther(rng.IntN(soakOthers)))
	}
	return err
}

func insertSoakStatus(ctx context.Context, tx tasktwin.Store, id uuid.UUID) error {
	_, err := tx.InsertWorkspaceAppStatus(ctx, tasktwin.InsertWorkspaceAppStatusParams{
		ID: id, CreatedAt: time.Unix(0, 0), AgentID: soakCounter, AppID: soakCounter, WorkspaceID: soakCounter,
		State: tasktwin.WorkspaceAppStatusStateWorking,
	})
	return err
}

// insertSoakBuild inserts a job and its build.
func insertSoakBuild(ctx context.Context, tx tasktwin.Store, base, id uuid.UUID, number int32) error {
	_, err := tx.InsertProvisionerJob(ctx, tasktwin.InsertProvisionerJobParams{ID: id, OrganizationID: base, InitiatorID: base})
	if err != nil {
		return err
	}
	_, err = tx.InsertWorkspaceBuild(ctx, tasktwin.InsertWorkspaceBuildParams{
		ID: id, CreatedAt: time.Unix(0, 0), WorkspaceID: base, TemplateVersionID: base, BuildNumber: number, InitiatorID: base, JobID: id,
		Transition: tasktwin.WorkspaceTransitionStart, Reason: tasktwin.BuildReasonInitiator,
	})
	return err
}

// checkLists returns an error if the lists of the owners' tasks are not the list of all. An id
// can be there twice: as that of a task of the snapshot, which another session has deleted
// since, and of a task that the transaction has inserted.
func (s *soak) checkLists(ctx context.Context, tx tasktwin.Store) error {
	type version struct {
		id, owner uuid.UUID
		name      string
	}
	count := map[version]int{}
	all, err := tx.ListTasks(ctx, tasktwin.ListTasksParams{})
	if err != nil {
		return err
	}
	for _, task := range all {
		count[version{task.ID, task.OwnerID, task.Name}]++
	}
	for n := range soakBases {
		list, err := tx.ListTasks(ctx, tasktwin.ListTasksParams{OwnerID: soakID(n)})
		if err != nil {
			return err
		}
		for _, task := range list {
			count[version{task.ID, soakID(n), task.Name}]--
		}
	}
	for task, n := range count {
		if n != 0 {
			return fmt.Errorf("the list of all tasks has %v %d times more often than those of the owners", task, n)
		}
	}
	return nil
}
