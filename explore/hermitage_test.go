package explore_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/explore"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/tasktest"
)

// accounts are two tasks, x and y, whose prompts are numbers, and what transactions have seen of
// them in one schedule.
type accounts struct {
	db        *memdb.DB
	x, y      uuid.UUID
	another   tasktwin.InsertTaskParams
	mu        sync.Mutex // for the handlers' own code, which may run at the same time
	seen      map[string]int
	committed map[string]bool
}

// session is a transaction on accounts.
type session struct {
	tasktwin.Store
	ctx  context.Context
	of   *accounts
	name string
}

func newAccounts(t *testing.T, x, y int) *accounts {
	t.Helper()
	a := &accounts{db: memdb.New(memdb.Options{})}
	w := tasktest.New(t, a.db)
	of := func(n int) tasktwin.Task {
		return w.Pending(func(p *tasktwin.InsertTaskParams) { p.Prompt = strconv.Itoa(n) }).Task
	}
	one := of(x)
	a.x, a.y = one.ID, of(y).ID
	a.another = tasktwin.InsertTaskParams{
		OrganizationID: one.OrganizationID, OwnerID: one.OwnerID, TemplateVersionID: one.TemplateVersionID,
		TemplateParameters: one.TemplateParameters, CreatedAt: one.CreatedAt, Prompt: "0",
	}
	return a
}

// errAbort rolls a transaction back.
var errAbort = errors.New("the transaction is rolled back")

// handler returns a handler of one transaction.
func (a *accounts) handler(name string, level tasktwin.IsolationLevel, do func(*session) error) explore.Handler {
	return explore.Handler{
		Name: name,
		Run: func(ctx context.Context, s tasktwin.Store) error {
			err := s.InTx(ctx, func(tx tasktwin.Store) error { return do(&session{tx, ctx, a, name}) }, &tasktwin.TxOptions{Isolation: level})
			a.mu.Lock()
			defer a.mu.Unlock()
			a.committed[name] = err == nil
			return err
		},
		Expect: func(err error) bool {
			var e *tasktwin.Error
			return errors.Is(err, errAbort) || errors.As(err, &e) &&
				(e.Code == tasktwin.SerializationFailure || e.Code == tasktwin.DeadlockDetected)
		},
	}
}

// note notes what the transaction has seen.
func (s *session) note(what string, n int) {
	s.of.mu.Lock()
	defer s.of.mu.Unlock()
	s.of.seen[s.name+" "+what] = n
}

// read returns a number, and notes it under a name.
func (s *session) read(id uuid.UUID, as string) (int, error) {
	task, err := s.GetTaskByID(s.ctx, id)
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(task.Prompt)
	s.note(as, n)
	return n, err
}

func (s *session) write(id uuid.UUID, n int) error {
	return prompt(s.ctx, s.Store, id, strconv.Itoa(n))
}

// writes changes x and y.
func (s *session) writes(x, y int) error { return errors.Join(s.write(s.of.x, x), s.write(s.of.y, y)) }

// reads looks at x and then at y.
func (s *session) reads() (x, y int, err error) {
	if x, err = s.read(s.of.x, "x"); err == nil {
		y, err = s.read(s.of.y, "y")
	}
	return x, y, err
}

// list notes how many tasks there are, and their sum.
func (s *session) list(as string) (count int, err error) {
	tasks, err := s.ListTasks(s.ctx, tasktwin.ListTasksParams{OwnerID: s.of.another.OwnerID})
	sum := 0
	for _, task := range tasks {
		n, _ := strconv.Atoi(task.Prompt)
		sum += n
	}
	s.note("count "+as, len(tasks))
	s.note("sum "+as, sum)
	return len(tasks), err
}

// insert inserts a task.
func (s *session) insert(id byte) error {
	arg := s.of.another
	arg.ID, arg.Name = uuid.UUID{0: 1, 15: id}, fmt.Sprint("new-", id)
	_, err := s.InsertTask(s.ctx, arg)
	return err
}

// hasName notes whether there is a task of a name.
func (s *session) hasName(name, as string) error {
	_, err := s.GetTaskByOwnerIDAndName(s.ctx, tasktwin.GetTaskByOwnerIDAndNameParams{OwnerID: s.of.another.OwnerID, Name: name})
	if errors.Is(err, sql.ErrNoRows) {
		s.note("has "+as, 0)
		return nil
	}
	s.note("has "+as, 1)
	return err
}

// anomaly is one of Hermitage (https://github.com/ept/hermitage), as code that goes wrong if it
// occurs.
type anomaly struct {
	x, y     int
	handlers []func(*session) error
	// occurs reports whether it has occurred. end has x, y and the number of tasks at the end.
	occurs func(a *accounts, end map[string]int) bool
	// levels are those that let it through.
	levels []tasktwin.IsolationLevel
}

var (
	never          []tasktwin.IsolationLevel
	committedReads = []tasktwin.IsolationLevel{tasktwin.ReadCommitted}
	snapshots      = []tasktwin.IsolationLevel{tasktwin.ReadCommitted, tasktwin.RepeatableRead}
)

var anomalies = map[string]anomaly{
	"G0": {
		handlers: []func(*session) error{
			func(s *session) error { return s.writes(11, 21) },
			func(s *session) error { return s.writes(12, 22) },
		},
		occurs: func(_ *accounts, end map[string]int) bool { return end["y"] != 0 && end["y"]-end["x"] != 10 },
		levels: never,
	},
	"G1a": {
		handlers: []func(*session) error{
			func(s *session) error { return errors.Join(s.write(s.of.x, 101), errAbort) },
			func(s *session) error { _, err := s.read(s.of.x, "x"); return err },
		},
		occurs: func(a *accounts, _ map[string]int) bool { return a.seen["B x"] == 101 },
		levels: never,
	},
	"G1b": {
		handlers: []func(*session) error{
			func(s *session) error { return errors.Join(s.write(s.of.x, 101), s.write(s.of.x, 11)) },
			func(s *session) error { _, err := s.read(s.of.x, "x"); return err },
		},
		occurs: func(a *accounts, _ map[string]int) bool { return a.seen["B x"] == 101 },
		levels: never,
	},
	"G1c": {
		handlers: []func(*session) error{
			func(s *session) error {
				err := s.write(s.of.x, 11)
				if err == nil {
					_, err = s.read(s.of.y, "y")
				}
				return err
			},
			func(s *session) error {
				err := s.write(s.of.y, 22)
				if err == nil {
					_, err = s.read(s.of.x, "x")
				}
				return err
			},
		},
		occurs: func(a *accounts, _ map[string]int) bool { return a.seen["A y"] == 22 && a.seen["B x"] == 11 },
		levels: never,
	},
	"OTV": {
		handlers: []func(*session) error{
			func(s *session) error { return s.writes(11, 19) },
			func(s *session) error { return s.writes(12, 18) },
			func(s *session) error { _, _, err := s.reads(); return err },
		},
		occurs: func(a *accounts, _ map[string]int) bool {
			// A reader that has seen a transaction's x sees no y from before it.
			x, y := a.seen["C x"], a.seen["C y"]
			return x != 0 && y == 0 && a.committed["C"]
		},
		levels: never,
	},
	"PMP": {
		handlers: []func(*session) error{
			func(s *session) error {
				_, first := s.list("first")
				_, second := s.list("second")
				return errors.Join(first, second)
			},
			func(s *session) error { return s.insert(1) },
		},
		occurs: func(a *accounts, _ map[string]int) bool {
			return a.committed["A"] && a.seen["A count first"] != a.seen["A count second"]
		},
		levels: committedReads,
	},
	"PMP of a key": {
		handlers: []func(*session) error{
			func(s *session) error { return errors.Join(s.hasName("new-1", "first"), s.hasName("new-1", "second")) },
			func(s *session) error { return s.insert(1) },
		},
		occurs: func(a *accounts, _ map[string]int) bool {
			return a.committed["A"] && a.seen["A has first"] != a.seen["A has second"]
		},
		levels: committedReads,
	},
	"P4": {
		handlers: []func(*session) error{increment, increment},
		occurs: func(a *accounts, end map[string]int) bool {
			want := 0
			for _, ok := range a.committed {
				if ok {
					want++
				}
			}
			return end["x"] != want
		},
		levels: committedReads,
	},
	"G-single": {
		x: 10, y: 20,
		handlers: []func(*session) error{
			func(s *session) error { _, _, err := s.reads(); return err },
			func(s *session) error { return s.writes(12, 18) },
		},
		occurs: func(a *accounts, _ map[string]int) bool { return a.committed["A"] && a.seen["A x"]+a.seen["A y"] != 30 },
		levels: committedReads,
	},
	"G-single of a list": {
		x: 10, y: 20,
		handlers: []func(*session) error{
			func(s *session) error {
				_, err := s.list("all")
				_, again := s.read(s.of.y, "y")
				return errors.Join(err, again)
			},
			func(s *session) error { return s.writes(13, 18) },
		},
		occurs: func(a *accounts, _ map[string]int) bool {
			// The list has the y of before, if its sum minus the y of after is no x that there was.
			x := a.seen["A sum all"] - a.seen["A y"]
			return a.committed["A"] && x != 10 && x != 13
		},
		levels: committedReads,
	},
	"G-single of a write": {
		x: 10, y: 20,
		handlers: []func(*session) error{
			func(s *session) error {
				x, err := s.read(s.of.x, "x")
				if err == nil {
					err = s.write(s.of.y, 100+x)
				}
				return err
			},
			func(s *session) error { return s.writes(12, 18) },
		},
		occurs: func(_ *accounts, end map[string]int) bool { return end["x"] == 12 && end["y"] == 110 },
		levels: committedReads,
	},
	"G2-item": {
		x: 10, y: 10,
		handlers: []func(*session) error{
			func(s *session) error { return withdraw(s, s.of.x) },
			func(s *session) error { return withdraw(s, s.of.y) },
		},
		occurs: func(_ *accounts, end map[string]int) bool { return end["x"]+end["y"] < 0 },
		levels: snapshots,
	},
	"G2": {
		handlers: []func(*session) error{
			func(s *session) error { return insertThird(s, 1) },
			func(s *session) error { return insertThird(s, 2) },
		},
		occurs: func(_ *accounts, end map[string]int) bool { return end["count"] > 3 },
		levels: snapshots,
	},
	"G2 of two edges": {
		handlers: []func(*session) error{
			func(s *session) error { // pays 10, and 1 more where that is not there
				x, y, err := s.reads()
				if err != nil {
					return err
				}
				if x+y < 10 {
					x--
				}
				return s.write(s.of.x, x-10)
			},
			func(s *session) error { return s.write(s.of.y, 20) },
			func(s *session) error { _, _, err := s.reads(); return err },
		},
		occurs: func(a *accounts, end map[string]int) bool {
			return a.committed["A"] && a.committed["B"] && a.committed["C"] && end["x"] == -11 && a.seen["C x"] == 0 && a.seen["C y"] == 20
		},
		levels: snapshots,
	},
}

func increment(s *session) error {
	x, err := s.read(s.of.x, "x")
	if err != nil {
		return err
	}
	return s.write(s.of.x, x+1)
}

// withdraw takes 15 of an account, if both have 15 together.
func withdraw(s *session, from uuid.UUID) error {
	x, y, err := s.reads()
	if err != nil || x+y < 15 {
		return err
	}
	if from == s.of.y {
		x = y
	}
	return s.write(from, x-15)
}

// insertThird inserts a task if there are two.
func insertThird(s *session, id byte) error {
	count, err := s.list("all")
	if err != nil || count != 2 {
		return err
	}
	return s.insert(id)
}

// Each anomaly is found at the levels that let it through, and not at the others.
func TestAnomalies(t *testing.T) {
	t.Parallel()
	for name, c := range anomalies {
		for _, level := range []tasktwin.IsolationLevel{tasktwin.ReadCommitted, tasktwin.RepeatableRead, tasktwin.Serializable} {
			t.Run(name+" at "+string(level), func(t *testing.T) {
				t.Parallel()
				result, err := explore.Explore(t.Context(), c.config(t, level))
				if err != nil {
					t.Fatal(err)
				}
				t.Logf("%d schedules", result.Schedules)
				if want := slices.Contains(c.levels, level); (result.Failure != nil) != want {
					t.Errorf("found: %v, and it must be %t", result.Failure, want)
				} else if want && !errors.Is(result.Failure, errOccurs) {
					t.Error(result.Failure)
				}
			})
		}
	}
}

// errOccurs says that an anomaly has occurred.
var errOccurs = errors.New("the anomaly occurs")

func (c anomaly) config(t *testing.T, level tasktwin.IsolationLevel) explore.Config {
	t.Helper()
	a := newAccounts(t, c.x, c.y)
	var handlers []explore.Handler
	for i, do := range c.handlers {
		handlers = append(handlers, a.handler(string(rune('A'+i)), level, do))
	}
	return explore.Config{
		Store: a.db, Handlers: handlers,
		Before: func(context.Context, tasktwin.Store) error {
			a.mu.Lock()
			defer a.mu.Unlock()
			a.seen, a.committed = map[string]int{}, map[string]bool{}
			return nil
		},
		Check: func(ctx context.Context, s tasktwin.Store) error {
			end := map[string]int{}
			tasks, err := s.ListTasks(ctx, tasktwin.ListTasksParams{})
			for _, task := range tasks {
				switch n, _ := strconv.Atoi(task.Prompt); task.ID {
				case a.x:
					end["x"] = n
				case a.y:
					end["y"] = n
				}
			}
			end["count"] = len(tasks)
			if err == nil && c.occurs(a, end) {
				err = errOccurs
			}
			return err
		},
	}
}
