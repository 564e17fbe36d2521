package rel

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/tasktwin/tasktwin/internal/footprint"
	"github.com/tasktwin/tasktwin/memdb/internal/cow"
)

// Store holds the committed state. Init or Fork must be called first. Then it is safe
// for concurrent use. It must not be copied.
type Store[T any] struct {
	// current is the committed state. It is nil while a statement changes the state in
	// place, which is done only if the state has no mark and no read of it is under way.
	current atomic.Pointer[State[T]]
	// places are where reads announce themselves. It is nil until reads have made statements copy
	// the state several times: see copiesBeforePlaces.
	places atomic.Pointer[[]place]
	// parked is a locked mutex for which readers wait that sleep, or nil: see park.
	parked atomic.Pointer[sync.Mutex]
	// changes counts the changes in place since there are places.
	changes atomic.Uint64
	closed  atomic.Bool
	schema  *Schema[T]

	// latch is held for the time of one statement or commit, never while a statement
	// waits for another transaction. What follows is changed under it.
	latch sync.Mutex
	// sessions are the transactions that have written or have a snapshot.
	sessions []*session[T]
	// head is the newest commit. It is nil while there are no sessions.
	head atomic.Pointer[version]
	// shared is set while there are several sessions.
	shared *sharedSlots
	// waiters are the statements that wait, in the order in which they came.
	waiters    []*waiter[T]
	lastQueued uint64
	// ids counts the transactions and savepoints that have written.
	ids uint64
	// lines are the rows where key shares stand in line, with the transactions because of
	// which they do: see inLine.
	lines map[rowID]*session[T]

	serializables serializables
	// copies counts the statements that have copied the state because it was read.
	copies int
}

var errZeroStore = errors.New("memdb: the DB is the zero value: use one of New, OpenDump or Fork")

// Init opens a zero Store with the tables of a schema.
func (s *Store[T]) Init(schema *Schema[T], tables T) {
	s.open(schema, &State[T]{Tables: tables, owner: cow.NewOwner()})
}

func (s *Store[T]) open(schema *Schema[T], st *State[T]) {
	s.schema = schema
	s.current.Store(st)
}

// Fork opens a zero Store as an independent one with the same committed state. It
// copies only a pointer; later writes on either side copy what they change. The fork
// of a closed store is closed.
func (s *Store[T]) Fork(fork *Store[T]) {
	fork.open(s.schema, s.snapshot())
	fork.closed.Store(s.closed.Load())
}

// Peek returns the committed state without marking it as read, or nil while a
// statement changes it in place. It is for tests: later statements may change the
// returned state.
func (s *Store[T]) Peek() *State[T] { return s.current.Load() }

// Close closes the store. Statements and commits of open transactions fail from then
// on, and those that wait fail at once.
func (s *Store[T]) Close() {
	s.closed.Store(true)
	s.latch.Lock()
	for _, w := range s.waiters {
		w.ready()
	}
	s.unlatch()
}

// Usable returns ErrClosed if the store is closed, else the context's error.
func (s *Store[T]) Usable(ctx context.Context) error {
	if s.closed.Load() {
		return ErrClosed
	}
	return ctx.Err()
}

// writable returns the state to change: the current one, in place, if nobody reads it or
// has kept it, else a clone. Callers must hold the latch.
func (s *Store[T]) writable(mode WriteMode) *State[T] {
	st := s.current.Load()
	if mode == MayFailMidway {
		return st.clone()
	}
	if !st.read.Load() {
		s.current.Store(nil)
		// A read that begins from here on waits. One that began before has set the mark or has a
		// place.
		places := s.places.Load()
		if !st.read.Load() && (places == nil || areFree(*places, st.owner)) {
			if places != nil {
				s.changes.Add(1)
			}
			return st
		}
		s.publish(st)
	}
	if s.copies++; s.copies == copiesBeforePlaces {
		s.places.Store(newPlaces())
	}
	return st.clone()
}

// publish makes a state the committed one, and wakes the readers that wait for it.
func (s *Store[T]) publish(st *State[T]) {
	s.current.Store(st)
	if s.parked.Load() != nil {
		s.unpark()
	}
}

// startable returns an error if a statement cannot start.
func (s *Store[T]) startable(ctx context.Context, argErr error) error {
	if f := footprint.Of(ctx); f != nil {
		f.Known = true // even if it is nothing
	}
	if err := s.Usable(ctx); err != nil {
		return err
	}
	_, err := unmark(argErr)
	return err
}

func (s *Store[T]) startRead(ctx context.Context, argErr error, keeps bool) (st *State[T], in *place, err error) {
	if err := s.startable(ctx, argErr); err != nil {
		return nil, nil, err
	}
	f := footprint.Of(ctx)
	if keeps {
		st = s.snapshot()
	} else {
		st, in = s.enter()
	}
	if f != nil {
		reader := &session[T]{store: s}
		reader.record(f)
		st = st.recorded(reader)
	}
	return st, in, nil
}

func (*Store[T]) endRead(in *place, err error) error {
	if in != nil {
		in.free()
	}
	return err
}

// startWrite keeps the latch locked until endWrite, unless it returns an error. A
// statement that runs beside transactions is one of its own.
func (s *Store[T]) startWrite(ctx context.Context, argErr error, mode WriteMode) (*State[T], error) {
	if err := s.startable(ctx, argErr); err != nil {
		return nil, err
	}
	s.latch.Lock()
	f := footprint.Of(ctx)
	if len(s.sessions) == 0 && f == nil {
		return s.writable(mode), nil
	}
	implicit := s.newSession(ctx, TxOptions{})
	implicit.record(f)
	implicit.isImplicit = true
	return implicit.startStatement(mode), nil
}

func (s *Store[T]) endWrite(ctx context.Context, st *State[T], err error) (again *State[T], _ error) {
	if st.session != nil {
		return st.session.endStatement(ctx, st, err)
	}
	if inPlace := s.current.Load() == nil; inPlace || !isFailure(err) && st.changed {
		s.publish(st)
	}
	s.unlatch()
	return nil, err
}
