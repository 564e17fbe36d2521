package memdb

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/tasktwin/tasktwin"
)

// session is a transaction with all its savepoints.
type session struct {
	// mu makes statements of several goroutines take turns.
	mu   sync.Mutex
	db   *DB
	opts tasktwin.TxOptions
	// snapshot is what a repeatable read or serializable transaction reads
	// until it writes.
	snapshot *state
	// work is the transaction's own state; with it goes the writers' lock.
	work    *state
	aborted bool
	// lost says that a statement was cut off while it waited. PostgreSQL's
	// driver then closes the connection, so that no savepoint can be returned to.
	lost bool
}

// tx is a handle on a session: the transaction's own, or that of a savepoint.
type tx struct {
	queries
	s    *session
	done bool
}

var (
	_ tasktwin.Store  = (*tx)(nil)
	_ tasktwin.Dumper = (*tx)(nil)
	_ tasktwin.Loader = (*tx)(nil)
)

func newTx(s *session) *tx {
	t := &tx{s: s}
	t.queries = queries{t}
	return t
}

// InTx runs fn in a transaction: see [tasktwin.Store].
func (db *DB) InTx(ctx context.Context, fn func(tasktwin.Store) error, opts *tasktwin.TxOptions) error {
	if err := db.usable(ctx); err != nil {
		return err
	}
	s := &session{db: db}
	if opts != nil {
		s.opts = *opts
	}
	if !s.opts.Isolation.Valid() {
		return fmt.Errorf("tasktwin: TxOptions.Isolation: unknown isolation level %q", s.opts.Isolation)
	}
	t := newTx(s)
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		t.done = true
		s.releaseLock()
	}()
	if err := fn(t); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t.done = true // before the state is published
	if s.aborted {
		return tasktwin.ErrCommitAborted
	}
	if err := db.usable(ctx); err != nil {
		return err
	}
	if s.work != nil && s.work.changed {
		db.current.Store(s.work)
	}
	return nil
}

func (s *session) releaseLock() {
	if s.work != nil {
		s.work = nil
		s.db.holder.Store(0)
		s.db.unlock()
	}
}

// InTx runs fn in a savepoint.
func (t *tx) InTx(ctx context.Context, fn func(tasktwin.Store) error, _ *tasktwin.TxOptions) error {
	s := t.s
	saved, err := t.save(ctx)
	if err != nil {
		return err
	}
	child := newTx(s)
	released := false
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		child.done = true
		if released {
			return
		}
		s.aborted = s.lost
		if saved == nil {
			// A lock taken inside the savepoint goes with it.
			s.releaseLock()
		} else {
			s.work = saved
		}
	}()
	if err := fn(child); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	child.done = true
	if s.aborted {
		return tasktwin.ErrCommitAborted
	}
	if err := s.db.usable(ctx); err != nil {
		return err
	}
	released = true
	return nil
}

// save starts a savepoint and returns the state to go back to.
func (t *tx) save(ctx context.Context) (*state, error) {
	s := t.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := t.begin(ctx); err != nil {
		return nil, err
	}
	saved := s.work
	if saved != nil {
		s.work = saved.clone()
		s.work.changed = saved.changed
	}
	return saved, nil
}

// Ping reports whether the transaction can go on.
func (t *tx) Ping(ctx context.Context) error {
	_, err := t.startRead(ctx, nil)
	if err != nil {
		return err
	}
	return t.endRead(nil)
}

// Close refuses: a transaction ends with its function.
func (t *tx) Close() error {
	return errors.New("tasktwin: Close: a transaction ends when its function returns")
}

// begin refuses a statement that cannot run.
func (t *tx) begin(ctx context.Context) error {
	if t.done {
		return tasktwin.ErrTxDone
	}
	if err := t.s.db.usable(ctx); err != nil {
		return err
	}
	if t.s.aborted {
		return errAborted()
	}
	return nil
}

// end aborts the transaction if its statement failed.
func (t *tx) end(err error) error {
	if isFailure(err) {
		t.s.aborted = true
	}
	return err
}

func (t *tx) startRead(ctx context.Context, parsed error) (*state, error) {
	t.s.mu.Lock()
	seen, err := t.start(ctx, parsed)
	if err != nil {
		t.s.mu.Unlock()
	}
	return seen, err
}

func (t *tx) endRead(err error) error {
	defer t.s.mu.Unlock()
	return t.end(err)
}

// start returns the state that a statement sees. The first statement that is
// sent fixes a snapshot, even if it could not be parsed: one with a wrong enum is
// not sent.
func (t *tx) start(ctx context.Context, parsed error) (*state, error) {
	if err := t.begin(ctx); err != nil {
		return nil, err
	}
	if isInvalidEnum(parsed) {
		return nil, t.end(parsed)
	}
	return t.s.visible(), t.end(parsed)
}

// visible is the state that a read sees.
func (s *session) visible() *state {
	if s.work != nil {
		return s.work
	}
	switch s.opts.Isolation {
	case tasktwin.RepeatableRead, tasktwin.Serializable:
		if s.snapshot == nil {
			s.snapshot = s.db.snapshot()
		}
		return s.snapshot
	default:
		return s.db.snapshot()
	}
}

func (t *tx) startWrite(ctx context.Context, parsed error, _ writing) (*state, error) {
	t.s.mu.Lock()
	st, err := t.work(ctx, parsed)
	if err != nil {
		t.s.mu.Unlock()
	}
	return st, err
}

// work returns the transaction's own state.
func (t *tx) work(ctx context.Context, parsed error) (*state, error) {
	seen, err := t.start(ctx, parsed)
	if err != nil {
		return nil, err
	}
	if t.s.opts.ReadOnly {
		return nil, t.end(errReadOnly("INSERT, UPDATE or DELETE"))
	}
	if t.s.work == nil {
		if err := t.s.db.lock(ctx); err != nil {
			t.s.lost = true
			return nil, t.end(err)
		}
		t.s.db.holder.Store(goroutineID())
		now := t.s.db.current.Load()
		t.s.work = now.clone()
		if t.s.snapshot != nil && now != seen {
			return nil, t.end(errSerialization())
		}
	}
	return t.s.work, nil
}

func (t *tx) endWrite(_ *state, err error) error { return t.endRead(err) }
