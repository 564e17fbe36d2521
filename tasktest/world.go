package tasktest

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// TB is what a [World] needs of a test. Each testing.TB is one: *testing.T, *testing.B and
// *testing.F. Fatalf must not return.
type TB interface {
	Helper()
	Context() context.Context
	Fatalf(format string, args ...any)
}

// World makes tasks on a store. It is for one goroutine at a time.
//
// Tasks share one organization, one owner, one template and one version of it, which are
// made when they are first needed. Edits of the parameters choose others: see
// [World.NewUser].
type World struct {
	// Clock is the time of new rows, and the one to give to the code under test. It starts
	// at [Epoch]. A test may put its own clock here.
	Clock *Clock

	t     TB
	store tasktwin.Store
	seed  int

	made   [kinds]uint64 // how many ids of each kind
	spread *rand.Rand    // if not nil, ids are in no order

	// The shared parents, or nil. The rows are never changed.
	organization *tasktwin.Organization
	owner        *tasktwin.User
	template     *tasktwin.Template
	version      *tasktwin.TemplateVersion
	// templateOf has the template of each version, which a store cannot be asked for.
	templateOf map[uuid.UUID]uuid.UUID
}

// Option is an option of [New].
type Option func(*World)

// Seed makes another world: other ids, other names, and another history for [World.Populate].
// Two worlds on one store must have different seeds, because worlds of the same seed make the
// same ids. The default is 0; n has at most 8 digits and is not negative.
func Seed(n int) Option { return func(w *World) { w.seed = n } }

// New returns a World on a store. It inserts nothing yet. The contexts of its statements
// are t.Context(), and t fails if one of them does. If the store has rows of another World
// already, such as one that made a dump file, the new one needs another [Seed]: it counts
// its ids from 1 and does not look at what is there. New panics if t is nil.
func New(t TB, store tasktwin.Store, opts ...Option) *World {
	mustHaveTest("New", t)
	t.Helper()
	if store == nil {
		t.Fatalf("tasktest: New: store is nil")
	}
	w := &World{Clock: NewClock(Epoch), t: t, store: store, templateOf: map[uuid.UUID]uuid.UUID{}}
	for i, option := range opts {
		if option == nil {
			t.Fatalf("tasktest: New: option %d is nil", i+1)
		}
		option(w)
	}
	if w.seed < 0 || w.seed > maxSeed {
		t.Fatalf("tasktest: New: Seed is %d: it must be from 0 to %d", w.seed, maxSeed)
	}
	return w
}

// mustHaveTest panics if a test is nil, which could not be failed.
func mustHaveTest(method string, t TB) {
	if t == nil {
		panic(errors.New("tasktest: " + method + ": t is nil"))
	}
}

// On returns a copy of the World for another test and a store that has the same rows: a
// Fork of a memdb.DB, or a transaction. Its clock is a copy, too. The two do not know of
// each other's later rows, and give them the same ids: once a transaction is committed, go
// on with a copy of its World on the store.
//
// Parallel tests may call On at the same time, if nothing else uses the World meanwhile.
// [World.Find] finds a task of the original in the copy. On panics if t is nil.
func (w *World) On(t TB, store tasktwin.Store) *World {
	mustHaveTest("On", t)
	t.Helper()
	if store == nil {
		t.Fatalf("tasktest: On: store is nil")
	}
	c := *w
	c.Clock, c.t, c.store, c.templateOf = NewClock(w.Clock.Now()), t, store, maps.Clone(w.templateOf)
	return &c
}

// Store returns the store.
func (w *World) Store() tasktwin.Store { return w.store }
