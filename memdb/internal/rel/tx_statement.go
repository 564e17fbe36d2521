package rel

import (
	"context"

	"github.com/tasktwin/tasktwin/internal/footprint"
)

// begin counts a statement, or returns an error if it cannot run.
func (t *Tx[T]) begin(ctx context.Context) error {
	err := t.refusal(ctx)
	if err == nil {
		t.s.statements++
	}
	return err
}

// refusal returns an error if no statement can run.
func (t *Tx[T]) refusal(ctx context.Context) error {
	if t.ended() {
		return ErrTxDone
	}
	if err := t.s.store.Usable(ctx); err != nil {
		return err
	}
	if t.s.aborted {
		return ErrAborted
	}
	return nil
}

// failed aborts the transaction if its statement failed, and returns the error.
func (s *session[T]) failed(err error) error {
	if isFailure(err) {
		s.store.latch.Lock()
		s.fail()
		s.store.unlatch()
	}
	return err
}

func (t *Tx[T]) startRead(ctx context.Context, argErr error, keeps bool) (*State[T], *place, error) {
	st, err := t.start(ctx, argErr, (*Tx[T]).visible)
	if err == nil && keeps {
		t.keep(st)
	}
	return st, nil, err
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
			_ = t.s.failed(errPanicked)
		}
		if panicked || err != nil {
			t.s.mu.Unlock()
		}
	}()
	st, err = find(t, ctx, argErr)
	panicked = false
	return st, err
}

func (t *Tx[T]) endRead(_ *place, err error) error {
	defer t.s.mu.Unlock()
	if t.s.mustFail() {
		err = ErrDependencies
	}
	return t.s.failed(err)
}

// mustFail reports whether the transaction is serializable and has no place in a serial
// order.
func (s *session[T]) mustFail() bool {
	return s.serializable != nil && s.store.serializables.mustFail(s.serializable)
}

// send begins a statement, or returns its error. The first statement that is sent takes the
// snapshot, even if parsing its arguments failed.
func (t *Tx[T]) send(ctx context.Context, argErr error) error {
	t.s.record(footprint.Of(ctx))
	if err := t.begin(ctx); err != nil {
		return err
	}
	isSent, err := unmark(argErr)
	if isSent && t.s.opts.Snapshot && t.s.snapshot == nil {
		t.s.takeSnapshot()
	}
	return t.s.failed(err)
}

// visible returns the state that a statement reads.
func (t *Tx[T]) visible(ctx context.Context, argErr error) (*State[T], error) {
	if err := t.send(ctx, argErr); err != nil {
		return nil, err
	}
	st := t.s.visible()
	if t.s.footprint != nil && st.session != t.s {
		st = st.recorded(t.s)
	}
	return st, nil
}

// visible returns the newest state that the transaction may read.
func (s *session[T]) visible() *State[T] {
	store := s.store
	switch {
	case s.pending != nil:
		if !s.opts.Snapshot && s.caughtUp != store.head.Load() {
			store.latch.Lock()
			s.catchUp()
			store.unlatch()
		}
		return s.pending
	case !s.opts.Snapshot:
		return store.snapshot()
	default:
		return s.snapshot
	}
}

// takeSnapshot takes the snapshot of a transaction with TxOptions.Snapshot.
func (s *session[T]) takeSnapshot() {
	store := s.store
	store.latch.Lock()
	defer store.unlatch()
	s.snapshot = store.snapshot()
	s.open()
	if s.opts.Serializable {
		s.serializable = store.serializables.begin(s.opts.ReadOnly)
		s.snapshot = s.snapshot.clone()
		s.snapshot.session = s
	}
}

// startWrite keeps the session and the latch locked until endWrite, unless it returns an
// error.
func (t *Tx[T]) startWrite(ctx context.Context, argErr error, mode WriteMode) (*State[T], error) {
	return t.start(ctx, argErr, func(t *Tx[T], ctx context.Context, argErr error) (*State[T], error) {
		if err := t.send(ctx, argErr); err != nil {
			return nil, err
		}
		s := t.s
		if s.opts.ReadOnly {
			return nil, s.failed(ErrReadOnly)
		}
		s.store.latch.Lock()
		return s.startStatement(mode), nil
	})
}

func (t *Tx[T]) endWrite(ctx context.Context, st *State[T], err error) (again *State[T], _ error) {
	again, err = t.s.endStatement(ctx, st, err)
	if again == nil {
		t.s.mu.Unlock()
	}
	return again, err
}

// startStatement returns the state that a statement changes. Callers must hold the
// latch.
func (s *session[T]) startStatement(mode WriteMode) *State[T] {
	s.open()
	if s.pending == nil {
		from := s.snapshot
		if from == nil {
			from = s.store.snapshot()
			s.caughtUp = s.store.head.Load()
		}
		s.pending = from.clone()
	}
	s.catchUp()
	s.mode, s.mark = mode, len(s.log)
	s.stamp()
	return s.newAttempt()
}

// newAttempt returns the state that a statement changes. A statement that may have
// changed something before it has to wait gets a copy.
func (s *session[T]) newAttempt() *State[T] {
	st := s.pending
	if s.mode != FailsBeforeWriting && (s.newest != nil || s.others() != nil) {
		st = st.cloneChanged()
		s.attempt = st
		if s.newest != nil {
			s.newestBefore = s.newest
			s.newest = s.newest.cloneChanged()
			s.newest.session = s
		}
	}
	st.session = s
	return st
}

// endStatement ends a statement. If it has to wait, it returns the state on which to run
// it again. Otherwise it releases the latch.
func (s *session[T]) endStatement(ctx context.Context, st *State[T], err error) (again *State[T], _ error) {
	c, isConflict := err.(*ConflictError[T]) //nolint:errorlint // never wrapped
	if isConflict {
		if err = s.await(ctx, c); err == nil {
			return s.newAttempt(), nil
		}
	}
	// The error of a wait comes before a statement of a transaction that is doomed fails. One
	// that has become so in the wait fails when it reads or writes next.
	if !s.isDone && s.mustFail() && !isConflict {
		err = ErrDependencies
	}
	if isFailure(err) {
		s.fail()
	} else {
		s.pending = st
		if s.newest != nil {
			s.store.merge(s.newest, st, s.log[s.mark:])
		}
	}
	s.attempt, s.newestBefore, s.statement, s.queued, s.isDone = nil, nil, nil, 0, false
	if s.isImplicit {
		if isFailure(err) {
			s.close()
		} else if commitErr := s.commit(); commitErr != nil {
			err = commitErr
		}
	}
	s.store.unlatch()
	return nil, err
}
