package rel

import (
	"context"

	"github.com/tasktwin/tasktwin/internal/goroutine"
)

// TxOptions configure a transaction.
type TxOptions struct {
	// Snapshot makes all statements read the state that the first one read.
	Snapshot bool
	// Serializable makes transactions fail that have no serial order. It needs Snapshot.
	Serializable bool
	// ReadOnly makes every write fail with ErrReadOnly.
	ReadOnly bool
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
	t := &s.newSession(ctx, opts).handle
	if !opts.ReadOnly { // which never waits, nor makes others wait
		t.s.goroutine = goroutine.ID()
	}
	return t.finish(ctx, fn, t.s.commit, t.s.close)
}

func (s *Store[T]) newSession(ctx context.Context, opts TxOptions) *session[T] {
	n := &session[T]{store: s, opts: opts, name: s.schema.sessionName(ctx)}
	n.handle.s = n
	n.log = n.firstEntries[:0]
	return n
}

// InTx runs fn in a savepoint. ArgErr is the error of InTx's arguments, if any. It is
// returned only if a savepoint could have been started, and does not abort the
// transaction.
func (t *Tx[T]) InTx(ctx context.Context, argErr error, fn func(*Tx[T]) error) error {
	s := t.s
	child, err := t.save(ctx, argErr)
	if err != nil {
		return err
	}
	return child.finish(ctx, fn, func() error { s.release(); return nil }, func() {
		s.rollBack()
		s.aborted = s.connLost
	})
}

// save starts a savepoint, unless argErr is set, and returns its handle.
func (t *Tx[T]) save(ctx context.Context, argErr error) (*Tx[T], error) {
	s := t.s
	if _, err := t.start(ctx, nil, func(t *Tx[T], ctx context.Context, _ error) (*State[T], error) {
		return nil, t.begin(ctx)
	}); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	if t.savepoint != nil {
		return nil, ErrSavepointOpen
	}
	if argErr != nil {
		return nil, argErr
	}
	s.store.latch.Lock()
	s.save()
	s.store.unlatch()
	t.savepoint = &Tx[T]{s: s, parent: t, first: s.statements}
	return t.savepoint, nil
}

// finish runs fn and ends the transaction or the savepoint. It commits if fn succeeds
// and a commit is possible, else it rolls back.
func (t *Tx[T]) finish(ctx context.Context, fn func(*Tx[T]) error, commit func() error, rollback func()) error {
	latch := &t.s.store.latch
	defer func() {
		t.s.mu.Lock()
		defer t.s.mu.Unlock()
		if !t.ended() {
			t.end()
			latch.Lock()
			defer t.s.store.unlatch()
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
	latch.Lock()
	defer t.s.store.unlatch()
	return commit()
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
