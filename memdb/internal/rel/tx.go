package rel

import (
	"context"
	"sync"
)

// TxOptions configure a transaction.
type TxOptions struct {
	// Snapshot makes all statements read the state that the first one read.
	Snapshot bool
	// ReadOnly makes every write fail with ErrReadOnly.
	ReadOnly bool
}

// session is a transaction with all its savepoints.
type session[T any] struct {
	// mu serializes the statements of several goroutines.
	mu    sync.Mutex
	store *Store[T]
	opts  TxOptions
	// snapshot is the state that a transaction with TxOptions.Snapshot reads until its
	// first write.
	snapshot *State[T]
	// pending is the transaction's uncommitted state, or nil. The transaction holds the
	// writer token exactly while pending is set.
	pending *State[T]
	aborted bool
	// connLost is set when a statement did not get the writer token, usually because its
	// context ended. PostgreSQL's driver then closes the connection, so that no rollback
	// to a savepoint is possible.
	connLost bool
	// statements counts the statements so far, savepoints included.
	statements int
}

// Tx is a handle of a transaction or of a savepoint in it.
type Tx[T any] struct {
	s *session[T]
	// parent is the handle on which the savepoint was started, or nil for the handle of
	// the transaction.
	parent *Tx[T]
	// savepoint is the open savepoint that was started on this handle, or nil.
	savepoint *Tx[T]
	// first is the session's count of statements when the savepoint began.
	first int
	done  bool
}

// InTx runs fn in a transaction. It commits if fn returns nil, and rolls back if fn
// returns an error, panics, or exits its goroutine.
func (s *Store[T]) InTx(ctx context.Context, opts TxOptions, fn func(*Tx[T]) error) error {
	if err := s.Usable(ctx); err != nil {
		return err
	}
	t := &Tx[T]{s: &session[T]{store: s, opts: opts}}
	return t.finish(ctx, fn, t.s.commit, t.s.releaseToken)
}

// commit publishes the pending state.
func (s *session[T]) commit() {
	if s.pending != nil && s.pending.changed {
		s.store.current.Store(s.pending)
	}
	s.releaseToken()
}

// releaseToken drops the pending state and releases the writer token.
func (s *session[T]) releaseToken() {
	if s.pending != nil {
		s.pending = nil
		s.store.holder.Store(0)
		s.store.unlock()
	}
}

// InTx runs fn in a savepoint. ArgErr is the error of InTx's arguments, if any. It is
// returned only if a savepoint could have been started, and does not abort the
// transaction.
func (t *Tx[T]) InTx(ctx context.Context, argErr error, fn func(*Tx[T]) error) error {
	s := t.s
	child, saved, err := t.save(ctx, argErr)
	if err != nil {
		return err
	}
	return child.finish(ctx, fn, func() {}, func() {
		s.aborted = s.connLost
		if saved == nil {
			s.releaseToken() // taken by the savepoint's first write
		} else {
			s.pending = saved
		}
	})
}

// save starts a savepoint, unless argErr is set. It returns its handle and the state
// that a rollback restores.
func (t *Tx[T]) save(ctx context.Context, argErr error) (child *Tx[T], saved *State[T], err error) {
	s := t.s
	saved, err = t.start(ctx, nil, func(t *Tx[T], ctx context.Context, _ error) (*State[T], error) {
		return t.s.pending, t.begin(ctx)
	})
	if err != nil {
		return nil, nil, err
	}
	defer s.mu.Unlock()
	if t.savepoint != nil {
		return nil, nil, ErrSavepointOpen
	}
	if argErr != nil {
		return nil, nil, argErr
	}
	if saved != nil {
		s.pending = saved.clone()
		s.pending.changed = saved.changed
	}
	t.savepoint = &Tx[T]{s: s, parent: t, first: s.statements}
	return t.savepoint, saved, nil
}

// finish runs fn and ends the transaction or the savepoint. It commits if fn succeeds
// and a commit is possible, else it rolls back.
func (t *Tx[T]) finish(ctx context.Context, fn func(*Tx[T]) error, commit, rollback func()) error {
	defer func() {
		t.s.mu.Lock()
		defer t.s.mu.Unlock()
		if !t.ended() {
			t.end()
			rollback()
		}
	}()
	if err := fn(t); err != nil {
		return err
	}
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	if err := t.committable(ctx); err != nil {
		return err
	}
	t.end()
	commit()
	return nil
}

// committable returns an error if the transaction or savepoint cannot be committed,
// although its function returned nil.
func (t *Tx[T]) committable(ctx context.Context) error {
	switch {
	case t.ended(): // because the transaction or a savepoint around it has ended
		return ErrTxDone
	case t.s.aborted:
		return ErrCommitAborted
	case t.savepoint != nil && t.s.statements > t.savepoint.first:
		// The commit would include part of the savepoint, whose function is still
		// running and may fail.
		return ErrSavepointOpen
	}
	return t.s.store.Usable(ctx)
}

// ended reports whether the function of this handle, or of a handle around it, has
// returned.
func (t *Tx[T]) ended() bool {
	for ; t != nil; t = t.parent {
		if t.done {
			return true
		}
	}
	return false
}

// end makes every later call on the handle, and on the handles of savepoints inside it,
// return ErrTxDone.
func (t *Tx[T]) end() {
	t.done = true
	if t.parent != nil {
		t.parent.savepoint = nil
	}
}
