package memdb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/footprint"
)

// waitLog is an Observer that writes a line for each call.
type waitLog struct {
	short *strings.Replacer
	mu    sync.Mutex
	lines []string
}

func (l *waitLog) Waiting(holders []string, table, key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	slices.Sort(holders)
	l.lines = append(l.lines, l.short.Replace(fmt.Sprintf("waits for %s, %s %s", strings.Join(holders, " and "), table, key)))
}

func (l *waitLog) Going() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, "goes")
}

// check compares all lines so far.
func (l *waitLog) check(t *testing.T, when string, want ...string) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if !slices.Equal(l.lines, want) {
		t.Errorf("%s:\n%s\nwant:\n%s", when, strings.Join(l.lines, "\n"), strings.Join(want, "\n"))
	}
}

// observed is a statement that runs in a goroutine.
type observed struct {
	waitLog
	footprint.Statement
	err error
}

// observe starts a statement of another session. It returns when that waits or has ended.
func (f footprints) observe(ctx context.Context, session string, run statement) *observed {
	o := &observed{waitLog: waitLog{short: f.short}}
	o.Observer = &o.waitLog
	go func() { o.err = run(footprint.With(tasktwin.WithSession(ctx, session), &o.Statement), f) }()
	synctest.Wait()
	return o
}

// inTx runs a statement, and then more, in a transaction of a session.
func (f footprints) inTx(t *testing.T, session string, run statement, more func()) {
	t.Helper()
	ctx := tasktwin.WithSession(t.Context(), session)
	must(t)(nil, f.InTx(ctx, func(tx tasktwin.Store) error {
		must(t)(nil, run(ctx, tx))
		more()
		return nil
	}, nil))
}

func TestObserversOfWaits(t *testing.T) {
	t.Parallel()
	t.Cleanup(footprint.Start()) // after the parallel subtests
	fixture := newFootprints(t)
	insertThree := insertTaskOf(taskParams(idThree, idOne, "three"))
	insertFour := insertTaskOf(taskParams(idFour, idOne, "four"))
	deleteWorkspace := call(tasktwin.Store.DeleteWorkspaceByID, idOne)

	t.Run("two holders of a row", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			db := fixture.fork()
			var c *observed
			const waits = "waits for A and B, workspaces (id)=(01)"
			db.inTx(t, "A", insertThree, func() {
				db.inTx(t, "B", insertFour, func() {
					c = db.observe(t.Context(), "C", deleteWorkspace)
					c.check(t, "before B ends", waits)
				})
				// PostgreSQL waits for one holder after the other.
				synctest.Wait()
				c.check(t, "before A ends", waits)
			})
			c.check(t, "when A has ended", waits, "goes")
			synctest.Wait()
			if c.err != nil || c.Holders != 2 {
				t.Errorf("C has had to wait for %d: %v", c.Holders, c.err)
			}
		})
	})
	t.Run("a key", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			db := fixture.fork()
			var b *observed
			const waits = "waits for A, tasks (owner_id, lower(name))=(01, three)"
			db.inTx(t, "A", insertThree, func() {
				b = db.observe(t.Context(), "B", insertTaskOf(unboundTask(idFour, "Three")))
				b.check(t, "before A ends", waits)
			})
			b.check(t, "when A has ended", waits, "goes")
			synctest.Wait()
			var e *tasktwin.Error
			if !errors.As(b.err, &e) || e.Constraint != string(tasktwin.UniqueTasksOwnerIDNameUniqueIdx) || b.Holders != 1 {
				t.Errorf("B has had to wait for %d: %v", b.Holders, b.err)
			}
		})
	})
	t.Run("a queue", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			db := fixture.fork()
			var b, c *observed
			const waits = "waits for A, tasks (id)=(02)"
			db.inTx(t, "A", updatePrompt(idTwo), func() {
				b = db.observe(t.Context(), "B", updatePrompt(idTwo))
				c = db.observe(t.Context(), "C", updatePrompt(idTwo))
				b.check(t, "B before A ends", waits)
				c.check(t, "C before A ends", waits)
			})
			synctest.Wait()
			b.check(t, "B", waits, "goes")
			c.check(t, "C", waits, "goes")
		})
	})
	t.Run("who is ahead gives up", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			db := fixture.fork()
			var c *observed
			const waits = "waits for A, tasks (id)=(02)"
			db.inTx(t, "A", updatePrompt(idTwo), func() {
				ctx, cancel := context.WithCancel(t.Context())
				b := db.observe(ctx, "B", updatePrompt(idTwo))
				c = db.observe(t.Context(), "C", updatePrompt(idTwo))
				cancel()
				synctest.Wait()
				b.check(t, "B", waits)
				c.check(t, "C before A ends", waits, "goes", waits)
			})
			c.check(t, "C when A has ended", waits, "goes", waits, "goes")
		})
	})
	t.Run("nobody observes", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			db := fixture.fork()
			s := &footprint.Statement{}
			var err error
			db.inTx(t, "A", updatePrompt(idTwo), func() {
				go func() { err = updatePrompt(idTwo)(footprint.With(t.Context(), s), db) }()
				synctest.Wait()
			})
			synctest.Wait()
			if err != nil || !s.Known || s.Holders != 1 {
				t.Errorf("%t, holders: %d, %v", s.Known, s.Holders, err)
			}
		})
	})
	t.Run("the store is closed", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			db := fixture.fork()
			err := db.InTx(t.Context(), func(tx tasktwin.Store) error {
				must(t)(nil, updatePrompt(idTwo)(t.Context(), tx))
				b := db.observe(t.Context(), "B", updatePrompt(idTwo))
				must(t)(nil, db.Close())
				b.check(t, "when Close has returned", "waits for , tasks (id)=(02)", "goes")
				synctest.Wait()
				if !errors.Is(b.err, tasktwin.ErrClosed) {
					t.Errorf("B: %v", b.err)
				}
				return nil
			}, nil)
			if !errors.Is(err, tasktwin.ErrClosed) {
				t.Errorf("A: %v", err)
			}
		})
	})
}

// A statement that is refused before it starts is known to touch nothing.
func TestFootprintsOfStatementsThatDoNotStart(t *testing.T) {
	t.Parallel()
	defer footprint.Start()()
	fixture := newFootprints(t)
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	bad := tasktwin.UpdateTaskPromptParams{ID: idOne, Prompt: "\x00"}
	badName := tasktwin.GetTaskByOwnerIDAndNameParams{OwnerID: idOne, Name: "\x00"}
	for _, c := range []struct {
		name string
		ctx  context.Context
		run  statement
	}{
		{"a canceled read", canceled, getTaskByName("two")},
		{"a canceled write", canceled, updatePrompt(idTwo)},
		{"a read with a bad argument", t.Context(), call(tasktwin.Store.GetTaskByOwnerIDAndName, badName)},
		{"a write with a bad argument", t.Context(), call(tasktwin.Store.UpdateTaskPrompt, bad)},
	} {
		check := func(where string, s tasktwin.Store) {
			f, err := c.run.record(c.ctx, s)
			if err == nil || !f.Known || len(f.Touches) > 0 {
				t.Errorf("%s %s: known: %t, touches: %v, %v", c.name, where, f.Known, f.Touches, err)
			}
		}
		db := fixture.fork()
		check("alone", db)
		_ = db.InTx(t.Context(), func(tx tasktwin.Store) error {
			check("in a transaction", tx)
			check("again in a transaction", tx)
			return nil
		}, nil)
	}
}

// What is not recorded does not go to the footprint of the statement before it.
func TestFootprintsEndWithTheStatement(t *testing.T) {
	t.Parallel()
	defer footprint.Start()()
	db := newFootprints(t)
	db.inTx(t, "A", updatePrompt(idOne), func() {})
	must(t)(nil, db.InTx(t.Context(), func(tx tasktwin.Store) error {
		s, err := updatePrompt(idTwo).record(t.Context(), tx)
		touches := len(s.Touches)
		must(t)(nil, err)
		must(t)(nil, updatePrompt(idOne)(t.Context(), tx))
		must(t)(nil, getTaskByName("two")(t.Context(), tx))
		if touches == 0 || len(s.Touches) != touches {
			t.Errorf("%d touches, and then %d", touches, len(s.Touches))
		}
		return nil
	}, nil))
}

// The test is not parallel, because the others start to record.
func TestNothingIsRecordedWithoutStart(t *testing.T) {
	db := newFootprints(t)
	check := func(s tasktwin.Store) {
		t.Helper()
		for _, run := range []statement{updatePrompt(idTwo), getTaskByName("two")} {
			if f, err := run.record(t.Context(), s); err != nil || f.Known || len(f.Touches) > 0 {
				t.Errorf("known: %t, touches: %v, %v", f.Known, f.Touches, err)
			}
		}
	}
	check(db)
	must(t)(nil, db.InTx(t.Context(), func(tx tasktwin.Store) error {
		check(tx)
		return nil
	}, nil))
}
