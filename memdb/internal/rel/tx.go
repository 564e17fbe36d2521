package rel

import (
	"context"
	"sync"
)

// TxOptions say how a transaction runs.
type TxOptions struct {
	// Snapshot makes all statements read the state of the first one.
	Snapshot bool
	// ReadOnly makes every write fail with ErrReadOnly.
	ReadOnly bool
}

// session is a transaction with all its savepoints.
type session[T any] struct {
	// mu makes statements of several goroutines take turns.
	mu    sync.Mutex
	store *Store[T]
	opts  TxOptions
	// snapshot is what a transaction with a snapshot reads until it writes.
	snapshot *State[T]
	// pending is the transaction's own state; the writer token is held exactly
	// while there is one.
	pending *State[T]
	aborted bool
	// lost says that a statement was cut off while it waited. PostgreSQL's
	// driver then closes the connection, so that no savepoint can be returned to.
	lost bool
	// statements counts the statements, savepoints included.
	statements int
}

// Tx is a handle on a transaction: its own, or that of a savepoint.
type Tx[T any] struct {
	s *session[T]
	// parent is the handle that the savepoint was started on, nil for the
	// transaction's own.
	parent *Tx[T]
	// savepoint is the open savepoint that was started on this handle, if any.
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

// commit publishes the transaction's state.
func (s *session[T]) commit() {
	if s.pending != nil && s.pending.changed {
		s.store.current.Store(s.pending)
	}
	s.releaseToken()
}

// releaseToken drops the transaction's state, and gives the writer token back.
func (s *session[T]) releaseToken() {
	if s.pending != nil {
		s.pending = nil
		s.store.holder.Store(0)
		s.store.unlock()
	}
}

// InTx runs fn in a savepoint. Refused is the error of its arguments, which InTx
// returns if there could be a savepoint; the transaction goes on.
func (t *Tx[T]) InTx(ctx context.Context, refused error, fn func(*Tx[T]) error) error {
	s := t.s
	child, saved, err := t.save(ctx, refused)
	if err != nil {
		return err
	}
	return child.finish(ctx, fn, func() {}, func() {
		s.aborted = s.lost
		if saved == nil {
			s.releaseToken() // that of the savepoint's first write
		} else {
			s.pending = saved
		}
	})
}

// save starts a savepoint, unless it is refused. It returns its handle and the state
// to go back to.
func (t *Tx[T]) save(ctx context.Context, refused error) (child *Tx[T], saved *State[T], err error) {
	s := t.s
	saved, err = t.start(ctx, nil, func(t *Tx[T], ctx context.Context, _ error) (*State[T], error) { return t.s.pending, t.begin(ctx) })
	if err != nil {
		return nil, nil, err
	}
	defer s.mu.Unlock()
	if t.savepoint != nil {
		return nil, nil, ErrSavepointOpen
	}
	if refused != nil {
		return nil, nil, refused
	}
	if saved != nil {
		s.pending = saved.clone()
		s.pending.changed = saved.changed
	}
	t.savepoint = &Tx[T]{s: s, parent: t, first: s.statements}
	return t.savepoint, saved, nil
}

// finish runs fn and ends the transaction or the savepoint: by commit if all went
// well, else by rollback.
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

// committable returns the error of a transaction or a savepoint that must not be
// committed although its function returned nil.
func (t *Tx[T]) committable(ctx context.Context) error {
	switch {
	case t.ended(): // with the transaction, or with a savepoint around it
		return ErrTxDone
	case t.s.aborted:
		return ErrCommitAborted
	case t.savepoint != nil && t.s.statements > t.savepoint.first:
		// A part of the savepoint would be committed, of which its function may
		// still say that it failed.
		return ErrSavepointOpen
	}
	return t.s.store.Usable(ctx)
}

// ended reports whether the handle's function, or one around it, has returned.
func (t *Tx[T]) ended() bool {
	for ; t != nil; t = t.parent {
		if t.done {
			return true
		}
	}
	return false
}

// end makes every further call on the handle, and on those of savepoints inside
// it, return ErrTxDone.
func (t *Tx[T]) end() {
	t.done = true
	if t.parent != nil {
		t.parent.savepoint = nil
	}
}
