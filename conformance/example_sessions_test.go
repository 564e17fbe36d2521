package conformance_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/memdb"
)

// waitsOf returns who waits on a store: memdb.DB.Waits or pgtest.Waits.
type waitsOf func(context.Context) ([]tasktwin.Wait, error)

// untilWaits returns once a session waits for another.
func untilWaits(ctx context.Context, waits waitsOf, session, other string) error {
	for {
		all, err := waits(ctx)
		if err != nil {
			return err
		}
		for _, w := range all {
			if w.Session == session && slices.Contains(w.For, other) {
				return nil
			}
		}
		runtime.Gosched()
	}
}

// newTask inserts a task, and all rows that it refers to.
func newTask(ctx context.Context, db tasktwin.Store) (uuid.UUID, error) {
	id := uuid.New()
	_, err := db.InsertOrganization(ctx, tasktwin.InsertOrganizationParams{ID: id, Name: id.String()})
	if err != nil {
		return id, err
	}
	if _, err := db.InsertUser(ctx, tasktwin.InsertUserParams{ID: id, Username: id.String()}); err != nil {
		return id, err
	}
	if _, err := db.InsertTemplateVersion(ctx, tasktwin.InsertTemplateVersionParams{ID: id, OrganizationID: id, CreatedBy: id}); err != nil {
		return id, err
	}
	_, err = db.InsertTask(ctx, tasktwin.InsertTaskParams{
		ID: id, OrganizationID: id, OwnerID: id, Name: "task", TemplateVersionID: id, TemplateParameters: []byte("{}"),
	})
	return id, err
}

// edit appends to the prompt of a task: it reads the prompt, and writes a longer one. The
// function between runs after the read.
func edit(ctx context.Context, tx tasktwin.Store, id uuid.UUID, text string, between func()) error {
	task, err := tx.GetTaskByID(ctx, id)
	if err != nil {
		return err
	}
	between()
	_, err = tx.UpdateTaskPrompt(ctx, tasktwin.UpdateTaskPromptParams{ID: id, Prompt: task.Prompt + text})
	return err
}

// runner runs a transaction.
type runner func(context.Context, tasktwin.Store, tasktwin.IsolationLevel, func(tasktwin.Store) error) error

func once(ctx context.Context, db tasktwin.Store, level tasktwin.IsolationLevel, fn func(tasktwin.Store) error) error {
	return db.InTx(ctx, fn, &tasktwin.TxOptions{Isolation: level})
}

func retry(ctx context.Context, db tasktwin.Store, level tasktwin.IsolationLevel, fn func(tasktwin.Store) error) error {
	return tasktwin.Retry(ctx, db, tasktwin.RetryOptions{Tx: tasktwin.TxOptions{Isolation: level}}, fn)
}

// editTogether lets sessions A and B edit a task at the same time: both read before A writes,
// and B writes while A is open. The function run runs B's transaction. The result is the prompt
// that is left, and the error of B.
func editTogether(
	ctx context.Context, db tasktwin.Store, waits waitsOf, level tasktwin.IsolationLevel, run runner,
) (prompt string, errB, err error) {
	id, err := newTask(ctx, db)
	if err != nil {
		return "", nil, err
	}
	ctxA, ctxB := tasktwin.WithSession(ctx, "A"), tasktwin.WithSession(ctx, "B")
	readB, writtenA, endedB := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	var first sync.Once
	go func() {
		endedB <- run(ctxB, db, level, func(tx tasktwin.Store) error {
			return edit(ctxB, tx, id, "B", func() { first.Do(func() { close(readB); <-writtenA }) })
		})
	}()
	<-readB
	err = db.InTx(ctxA, func(tx tasktwin.Store) error {
		if err := edit(ctxA, tx, id, "A", func() {}); err != nil {
			return err
		}
		close(writtenA)
		return untilWaits(ctx, waits, "B", "A")
	}, nil)
	errB = <-endedB
	if err != nil {
		return "", errB, err
	}
	task, err := db.GetTaskByID(ctx, id)
	return task.Prompt, errB, err
}

// setInOrder sets the prompts of tasks to the name of a session, in one transaction. The
// function between runs after the first.
func setInOrder(ctx context.Context, db tasktwin.Store, between func() error, ids ...uuid.UUID) error {
	return db.InTx(ctx, func(tx tasktwin.Store) error {
		for i, id := range ids {
			if i == 1 {
				if err := between(); err != nil {
					return err
				}
			}
			arg := tasktwin.UpdateTaskPromptParams{ID: id, Prompt: tasktwin.SessionName(ctx)}
			if _, err := tx.UpdateTaskPrompt(ctx, arg); err != nil {
				return err
			}
		}
		return nil
	}, nil)
}

// setBothWays lets sessions A and B set two prompts in different orders, so that each waits for
// the other. It returns the prompts that are left, and the errors of A and B.
func setBothWays(ctx context.Context, db tasktwin.Store, waits waitsOf) (prompts [2]string, errA, errB, err error) {
	var ids [2]uuid.UUID
	for i := range ids {
		if ids[i], err = newTask(ctx, db); err != nil {
			return prompts, nil, nil, err
		}
	}
	hasB, endedA := make(chan struct{}), make(chan error, 1)
	ctxA, ctxB := tasktwin.WithSession(ctx, "A"), tasktwin.WithSession(ctx, "B")
	errB = setInOrder(ctxB, db, func() error {
		go func() { endedA <- setInOrder(ctxA, db, func() error { close(hasB); return nil }, ids[0], ids[1]) }()
		<-hasB
		return untilWaits(ctx, waits, "A", "B")
	}, ids[1], ids[0])
	errA = <-endedA
	for i, id := range ids {
		task, err := db.GetTaskByID(ctx, id)
		if err != nil {
			return prompts, errA, errB, err
		}
		prompts[i] = task.Prompt
	}
	return prompts, errA, errB, nil
}

func memdbWaits(db *memdb.DB) waitsOf {
	return func(context.Context) ([]tasktwin.Wait, error) { return db.Waits(), nil }
}

// At read committed, B overwrites what A has written since B's read.
func Example_lostUpdate() {
	db := memdb.New(memdb.Options{})
	prompt, errB, err := editTogether(context.Background(), db, memdbWaits(db), tasktwin.ReadCommitted, once)
	fmt.Printf("%q, B: %v, %v\n", prompt, errB, err)
	// Output: "B", B: <nil>, <nil>
}

// At repeatable read, B fails instead, and nothing is lost.
func Example_lostUpdatePrevented() {
	db := memdb.New(memdb.Options{})
	prompt, errB, err := editTogether(context.Background(), db, memdbWaits(db), tasktwin.RepeatableRead, once)
	fmt.Printf("%q, B: %v, %v\n", prompt, errB, err)
	// Output: "A", B: could not serialize access due to concurrent update (SQLSTATE 40001), <nil>
}

// B tries again after the error, and both edits are there.
func Example_retry() {
	db := memdb.New(memdb.Options{})
	prompt, errB, err := editTogether(context.Background(), db, memdbWaits(db), tasktwin.RepeatableRead, retry)
	fmt.Printf("%q, B: %v, %v\n", prompt, errB, err)
	// Output: "AB", B: <nil>, <nil>
}

// A waits for B, and B would wait for A. In memdb the statement that closes the cycle fails.
func Example_deadlock() {
	db := memdb.New(memdb.Options{})
	prompts, errA, errB, err := setBothWays(context.Background(), db, memdbWaits(db))
	fmt.Printf("%q, A: %v, B: %v, %v\n", prompts, errA, errB, err)
	// Output: ["A" "A"], A: <nil>, B: deadlock detected (SQLSTATE 40P01), <nil>
}

// The examples have the same results on both engines.
func TestExamplesOfSessions(t *testing.T) {
	t.Parallel()
	inMemory, postgres := memdb.New(memdb.Options{}), pgtest.Open(t)
	for name, engine := range map[string]struct {
		db    tasktwin.Store
		waits waitsOf
	}{
		"memdb": {inMemory, memdbWaits(inMemory)},
		"pgdb":  {postgres, func(ctx context.Context) ([]tasktwin.Wait, error) { return pgtest.Waits(ctx, postgres) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, c := range []struct {
				level  tasktwin.IsolationLevel
				run    runner
				prompt string
				code   tasktwin.SQLState
			}{
				{tasktwin.ReadCommitted, once, "B", ""},
				{tasktwin.RepeatableRead, once, "A", tasktwin.SerializationFailure},
				{tasktwin.RepeatableRead, retry, "AB", ""},
				{tasktwin.Serializable, once, "A", tasktwin.SerializationFailure},
				{tasktwin.Serializable, retry, "AB", ""},
			} {
				prompt, errB, err := editTogether(t.Context(), engine.db, engine.waits, c.level, c.run)
				require.NoError(t, err)
				require.Equal(t, c.prompt, prompt, c.level)
				require.Equal(t, c.code, codeOf(errB), c.level)
			}
			prompts, errA, errB, err := setBothWays(t.Context(), engine.db, engine.waits)
			require.NoError(t, err)
			// PostgreSQL may choose either of the two.
			if errA == nil {
				require.Equal(t, [2]string{"A", "A"}, prompts)
				require.Equal(t, tasktwin.DeadlockDetected, codeOf(errB))
			} else {
				require.NoError(t, errB)
				require.Equal(t, [2]string{"B", "B"}, prompts)
				require.Equal(t, tasktwin.DeadlockDetected, codeOf(errA))
			}
		})
	}
}

// codeOf returns the SQLSTATE of an error, or "".
func codeOf(err error) tasktwin.SQLState {
	if e, ok := errors.AsType[*tasktwin.Error](err); ok {
		return e.Code
	}
	return ""
}
