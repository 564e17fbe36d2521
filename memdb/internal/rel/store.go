package rel

import (
	"context"
	"runtime"
	"sync/atomic"

	"github.com/tasktwin/tasktwin/memdb/internal/cow"
)

// Store holds the committed state. It is safe for concurrent use, once Init or Fork
// has made it, and must not be copied.
type Store[T any] struct {
	// current is what is committed. While a statement changes it in place, which
	// it does only to a state that nobody has read, it is nil.
	current atomic.Pointer[State[T]]
	// writer holds one token: a channel and not a mutex, so that waiting for it
	// honours the context.
	writer chan struct{}
	// holder is the goroutine whose transaction has the token, else 0.
	holder atomic.Uint64
	closed atomic.Bool
}

// Init makes the zero Store an open one of the given tables.
func (s *Store[T]) Init(tables T) { s.open(&State[T]{Tables: tables, owner: cow.NewOwner()}) }

func (s *Store[T]) open(st *State[T]) {
	s.writer = make(chan struct{}, 1)
	s.current.Store(st)
}

// Fork makes another zero Store an independent one with the same committed state.
// It copies nothing but a pointer: what either side writes later is copied then. A
// fork of a closed store is closed.
func (s *Store[T]) Fork(fork *Store[T]) {
	fork.open(s.snapshot())
	fork.closed.Store(s.closed.Load())
}

// Peek returns the committed state without marking it as read, or nil while a
// statement changes it in place. It is for tests: later statements may change what
// it returns.
func (s *Store[T]) Peek() *State[T] { return s.current.Load() }

// Close closes the store. Transactions that are open fail from then on.
func (s *Store[T]) Close() { s.closed.Store(true) }

// Usable returns ErrClosed on a closed store, else the context's error.
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

// snapshot returns what is committed, which is never changed from then on.
func (s *Store[T]) snapshot() *State[T] {
	for {
		if st := s.current.Load(); st != nil {
			if !st.read.Load() {
				st.read.Store(true)
			}
			// A writer that did not see the mark is at work by now, or done. One
			// that comes after this sees it.
			if s.current.Load() == st {
				return st
			}
		}
		runtime.Gosched()
	}
}

// committed returns the state to write on: the current one, for change in place,
// if nobody has read it, else a clone. Callers must hold the writer token.
func (s *Store[T]) committed(mode WriteMode) *State[T] {
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

// startable returns the error of a statement that does not start.
func (s *Store[T]) startable(ctx context.Context, parsed error) error {
	if err := s.Usable(ctx); err != nil {
		return err
	}
	_, err := arguments(parsed)
	return err
}

func (s *Store[T]) startRead(ctx context.Context, parsed error) (*State[T], error) {
	if err := s.startable(ctx, parsed); err != nil {
		return nil, err
	}
	return s.snapshot(), nil
}

func (*Store[T]) endRead(err error) error { return err }

func (s *Store[T]) startWrite(ctx context.Context, parsed error, mode WriteMode) (*State[T], error) {
	if err := s.startable(ctx, parsed); err != nil {
		return nil, err
	}
	if err := s.lock(ctx); err != nil {
		return nil, err
	}
	return s.committed(mode), nil
}

func (s *Store[T]) endWrite(st *State[T], err error) error {
	if inPlace := s.current.Load() == nil; inPlace || !isFailure(err) && st.changed {
		s.current.Store(st)
	}
	s.unlock()
	return err
}
