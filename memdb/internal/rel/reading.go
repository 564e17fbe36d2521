package rel

import "context"

// Reading is a statement that reads its state in several parts. Between the parts nothing
// is locked, and what others and its own transaction write does not change the state.
type Reading[T any] struct {
	x  Executor[T]
	st *State[T]
}

// StartReading is Read for the first part of a statement that reads on.
func StartReading[T any](ctx context.Context, x Executor[T], argErr error, fn func(*State[T])) (Reading[T], error) {
	r := Reading[T]{x: x}
	err := read(ctx, x, argErr, true, func(st *State[T]) error {
		r.st = st
		fn(st)
		return nil
	})
	return r, err
}

// State returns the state that the statement reads.
func (r *Reading[T]) State() *State[T] { return r.st }

// Go returns an error if the statement cannot go on.
func (r *Reading[T]) Go(ctx context.Context) error { return r.x.goOn(ctx, nil) }

// Read runs a further part of the statement.
func (r *Reading[T]) Read(ctx context.Context, fn func(*State[T])) error {
	return r.x.goOn(ctx, func() { fn(r.st) })
}

func (s *Store[T]) goOn(ctx context.Context, part func()) error {
	err := s.Usable(ctx)
	if err == nil && part != nil {
		part()
	}
	return err
}

// keep has later statements of the transaction leave the state as it is.
func (t *Tx[T]) keep(st *State[T]) {
	if s := t.s; st == s.pending {
		s.store.latch.Lock()
		defer s.store.unlatch()
		s.keepStates()
	}
}

func (t *Tx[T]) goOn(ctx context.Context, part func()) error {
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	if err := t.refusal(ctx); err != nil || part == nil {
		return err
	}
	part()
	if t.s.mustFail() {
		return t.s.failed(ErrDependencies)
	}
	return nil
}
