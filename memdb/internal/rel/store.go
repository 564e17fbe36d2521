package rel

import (
	"context"
	"runtime"
	"sync/atomic"

	"github.com/tasktwin/tasktwin/memdb/internal/cow"
)

// Store holds the committed state. Init or Fork must be called first. Then it is safe
// for concurrent use. It must not be copied.
type Store[T any] struct {
	// current is the committed state. It is nil while a statement changes the state in
	// place, which is done only if nobody has read that state.
	current atomic.Pointer[State[T]]
	// writer holds the writer token. It is a channel and not a mutex, so that waiting
	// for it honours the context.
	writer chan struct{}
	// holder is the goroutine whose transaction holds the token, or 0.
	holder atomic.Uint64
	closed atomic.Bool
}

// Init opens a zero Store with the given tables.
func (s *Store[T]) Init(tables T) { s.open(&State[T]{Tables: tables, owner: cow.NewOwner()}) }

func (s *Store[T]) open(st *State[T]) {
	s.writer = make(chan struct{}, 1)
	s.current.Store(st)
}

// Fork opens a zero Store as an independent one with the same committed state. It
// copies only a pointer; later writes on either side copy what they change. The fork
// of a closed store is closed.
func (s *Store[T]) Fork(fork *Store[T]) {
	fork.open(s.snapshot())
	fork.closed.Store(s.closed.Load())
}

// Peek returns the committed state without marking it as read, or nil while a
// statement changes it in place. It is for tests: later statements may change the
// returned state.
func (s *Store[T]) Peek() *State[T] { return s.current.Load() }

// Close closes the store. Statements and commits of open transactions fail from then on.
func (s *Store[T]) Close() { s.closed.Store(true) }

// Usable returns ErrClosed if the store is closed, else the context's error.
func (s *Store[T]) Usable(ctx context.Context) error {
	if s.closed.Load() {
		return ErrClosed
	}
	return ctx.Err()
}

// lock takes the writer token.
func (s *Store[T]) lock(ctx context.Context) error {
	select {
	case s.writer <- struct{}{}:
		return nil
	default:
	}
	if holder := s.holder.Load(); holder != 0 && holder == goroutineID() {
		return ErrStoreInTx
	}
	select {
	case s.writer <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Store[T]) unlock() { <-s.writer }

// snapshot returns the committed state and marks it as read, so that it never changes
// from then on.
func (s *Store[T]) snapshot() *State[T] {
	for {
		if st := s.current.Load(); st != nil {
			if !st.read.Load() {
				st.read.Store(true)
			}
			// A writer that missed the mark has already taken the pointer away, or has
			// finished. Later writers see the mark.
			if s.current.Load() == st {
				return st
			}
		}
		runtime.Gosched()
	}
}

// writable returns the state to change: the current one, in place, if nobody has read
// it, else a clone. Callers must hold the writer token.
func (s *Store[T]) writable(mode WriteMode) *State[T] {
	st := s.current.Load()
	if mode == FailsBeforeWriting && !st.read.Load() {
		s.current.Store(nil)
		if !st.read.Load() {
			return st
		}
		s.current.Store(st)
	}
	return st.clone()
}

// startable returns an error if a statement cannot start.
func (s *Store[T]) startable(ctx context.Context, argErr error) error {
	if err := s.Usable(ctx); err != nil {
		return err
	}
	_, err := unmark(argErr)
	return err
}

func (s *Store[T]) startRead(ctx context.Context, argErr error) (*State[T], error) {
	if err := s.startable(ctx, argErr); err != nil {
		return nil, err
	}
	return s.snapshot(), nil
}

func (*Store[T]) endRead(err error) error { return err }

func (s *Store[T]) startWrite(ctx context.Context, argErr error, mode WriteMode) (*State[T], error) {
	if err := s.startable(ctx, argErr); err != nil {
		return nil, err
	}
	if err := s.lock(ctx); err != nil {
		return nil, err
	}
	return s.writable(mode), nil
}

func (s *Store[T]) endWrite(st *State[T], err error) error {
	if inPlace := s.current.Load() == nil; inPlace || !isFailure(err) && st.changed {
		s.current.Store(st)
	}
	s.unlock()
	return err
}
