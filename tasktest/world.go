package tasktest

import (
	"context"
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
// Worlds of different seeds can be on one store. The default is 0; n has at most 8 digits
// and is not negative.
func Seed(n int) Option { return func(w *World) { w.seed = n } }

// New returns a World on a store. It inserts nothing yet. The contexts of its statements
// are t.Context(), and t fails if one of them does.
func New(t TB, store tasktwin.Store, opts ...Option) *World {
	t.Helper()
	if store == nil {
		t.Fatalf("tasktest: New: store is nil")
	}
	w := &World{Clock: NewClock(Epoch), t: t, store: store, templateOf: map[uuid.UUID]uuid.UUID{}}
	for _, option := range opts {
		option(w)
	}
	if w.seed < 0 || w.seed > maxSeed {
		t.Fatalf("tasktest: New: Seed is %d: it must be from 0 to %d", w.seed, maxSeed)
	}
	return w
}

// On returns a copy of the World for another test and a store that has the same rows: a
// Fork of a memdb.DB, or a transaction. Its clock is a copy, too. The two do not know of
// each other's later rows, and give them the same ids: once a transaction is committed, go
// on with a copy of its World on the store.
//
// Parallel tests may call On at the same time, if nothing else uses the World meanwhile.
// [World.Find] finds a task of the original in the copy.
func (w *World) On(t TB, store tasktwin.Store) *World {
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
