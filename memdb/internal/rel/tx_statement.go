package rel

import "context"

// begin counts a statement, or returns an error if it cannot run.
func (t *Tx[T]) begin(ctx context.Context) error {
	if t.ended() {
		return ErrTxDone
	}
	if err := t.s.store.Usable(ctx); err != nil {
		return err
	}
	if t.s.aborted {
		return ErrAborted
	}
	t.s.statements++
	return nil
}

// failed aborts the transaction if its statement failed, and returns the error.
func (s *session[T]) failed(err error) error {
	if isFailure(err) {
		s.aborted = true
	}
	return err
}

func (t *Tx[T]) startRead(ctx context.Context, argErr error) (*State[T], error) {
	return t.start(ctx, argErr, (*Tx[T]).visible)
}

func (t *Tx[T]) startWrite(ctx context.Context, argErr error, _ WriteMode) (*State[T], error) {
	return t.start(ctx, argErr, (*Tx[T]).writable)
}

// start locks the session and returns the state that a statement runs on. Unless it
// returns an error, the session stays locked until endRead or endWrite. A panic, such
// as that of a nil context, aborts the transaction and continues to the caller.
func (t *Tx[T]) start(
	ctx context.Context, argErr error, find func(*Tx[T], context.Context, error) (*State[T], error),
) (st *State[T], err error) {
	t.s.mu.Lock()
	panicked := true
	defer func() {
		if panicked {
			t.s.aborted = true
		}
		if panicked || err != nil {
			t.s.mu.Unlock()
		}
	}()
	st, err = find(t, ctx, argErr)
	panicked = false
	return st, err
}

func (t *Tx[T]) endRead(err error) error {
	defer t.s.mu.Unlock()
	return t.s.failed(err)
}

func (t *Tx[T]) endWrite(_ *State[T], err error) error { return t.endRead(err) }

// visible returns the state that a statement reads. The first statement that is sent
// takes the snapshot, even if parsing its arguments failed.
func (t *Tx[T]) visible(ctx context.Context, argErr error) (*State[T], error) {
	if err := t.begin(ctx); err != nil {
		return nil, err
	}
	isSent, err := unmark(argErr)
	if !isSent {
		return nil, t.s.failed(err)
	}
	return t.s.newest(), t.s.failed(err)
}

// newest returns the newest state that the transaction may read.
func (s *session[T]) newest() *State[T] {
	switch {
	case s.pending != nil:
		return s.pending
	case !s.opts.Snapshot:
		return s.store.snapshot()
	case s.snapshot == nil:
		s.snapshot = s.store.snapshot()
	}
	return s.snapshot
}

// writable returns the pending state. The first write creates it and takes the writer
// token.
func (t *Tx[T]) writable(ctx context.Context, argErr error) (*State[T], error) {
	s := t.s
	seen, err := t.visible(ctx, argErr)
	if err != nil {
		return nil, err
	}
	if s.opts.ReadOnly {
		return nil, s.failed(ErrReadOnly)
	}
	if s.pending == nil {
		if err := s.store.lock(ctx); err != nil {
			s.connLost = true
			return nil, s.failed(err)
		}
		s.store.holder.Store(goroutineID())
		current := s.store.current.Load()
		s.pending = current.clone()
		if s.snapshot != nil && current != seen {
			return nil, s.failed(ErrSerialization)
		}
	}
	return s.pending, nil
}
