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
	// work is the transaction's own state; the writers' token is held exactly
	// while there is one.
	work    *state
	aborted bool
	// lost says that a statement was cut off while it waited. PostgreSQL's
	// driver then closes the connection, so that no savepoint can be returned to.
	lost bool
	// statements counts the statements, savepoints included.
	statements int
}

// tx is a handle on a session: the transaction's own, or that of a savepoint.
type tx struct {
	queries
	s *session
	// parent is the handle that the savepoint was started on, nil for the
	// transaction's own.
	parent *tx
	// savepoint is the open savepoint that was started on this handle, if any.
	savepoint *tx
	// first is the session's count of statements when the savepoint began.
	first int
	done  bool
}

var (
	_ tasktwin.Store  = (*tx)(nil)
	_ tasktwin.Dumper = (*tx)(nil)
	_ tasktwin.Loader = (*tx)(nil)
)

func newTx(s *session, parent *tx) *tx {
	t := &tx{s: s, parent: parent, first: s.statements}
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
	return newTx(s, nil).finish(ctx, fn, s.commit, s.releaseLock)
}

// commit publishes the transaction's state.
func (s *session) commit() {
	if s.work != nil && s.work.changed {
		s.db.current.Store(s.work)
	}
	s.releaseLock()
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
	child, saved, err := t.save(ctx)
	if err != nil {
		return err
	}
	return child.finish(ctx, fn, func() {}, func() {
		s.aborted = s.lost
		if saved == nil {
			s.releaseLock() // that of the savepoint's first write
		} else {
			s.work = saved
		}
	})
}

// save starts a savepoint. It returns its handle and the state to go back to.
func (t *tx) save(ctx context.Context) (child *tx, saved *state, err error) {
	saved, err = t.start(ctx, nil, func(t *tx, ctx context.Context, _ error) (*state, error) { return t.s.work, t.begin(ctx) })
	if err != nil {
		return nil, nil, err
	}
	defer t.s.mu.Unlock()
	if t.savepoint != nil {
		return nil, nil, tasktwin.ErrSavepointOpen
	}
	if saved != nil {
		t.s.work = saved.clone()
		t.s.work.changed = saved.changed
	}
	t.savepoint = newTx(t.s, t)
	return t.savepoint, saved, nil
}

// finish runs fn and ends the transaction or the savepoint: by commit where all
// went well, else, a panic of fn included, by rollback.
func (t *tx) finish(ctx context.Context, fn func(tasktwin.Store) error, commit, rollback func()) error {
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
func (t *tx) committable(ctx context.Context) error {
	switch {
	case t.ended(): // with the transaction, or with a savepoint around it
		return tasktwin.ErrTxDone
	case t.s.aborted:
		return tasktwin.ErrCommitAborted
	case t.savepoint != nil && t.s.statements > t.savepoint.first:
		// A part of the savepoint would be committed, of which its function may
		// still say that it failed.
		return tasktwin.ErrSavepointOpen
	}
	return t.s.db.usable(ctx)
}

// ended reports whether the handle's function, or one around it, has returned.
func (t *tx) ended() bool {
	for ; t != nil; t = t.parent {
		if t.done {
			return true
		}
	}
	return false
}

// end makes every further call on the handle, and on those of savepoints inside
// it, return ErrTxDone.
func (t *tx) end() {
	t.done = true
	if t.parent != nil {
		t.parent.savepoint = nil
	}
}

// Ping reports whether the transaction can go on.
func (t *tx) Ping(ctx context.Context) error {
	return t.readInto(ctx, nil, func(*state) error { return nil })
}

// Close refuses: a transaction ends with its function.
func (t *tx) Close() error {
	return errors.New("tasktwin: Close: a transaction ends when its function returns")
}

// begin refuses a statement that cannot run, and counts one that can.
func (t *tx) begin(ctx context.Context) error {
	if t.ended() {
		return tasktwin.ErrTxDone
	}
	if err := t.s.db.usable(ctx); err != nil {
		return err
	}
	if t.s.aborted {
		return errAborted()
	}
	t.s.statements++
	return nil
}

// failed aborts the transaction if its statement failed, and returns the error.
func (s *session) failed(err error) error {
	if isFailure(err) {
		s.aborted = true
	}
	return err
}

func (t *tx) startRead(ctx context.Context, parsed error) (*state, error) {
	return t.start(ctx, parsed, (*tx).visible)
}

func (t *tx) startWrite(ctx context.Context, parsed error, _ writing) (*state, error) {
	return t.start(ctx, parsed, (*tx).writable)
}

// start locks the session and returns the state that a statement runs on. The
// lock is kept until endRead or endWrite, unless there is no such state. A panic,
// as of a nil context, aborts the transaction and goes on.
func (t *tx) start(ctx context.Context, parsed error, find func(*tx, context.Context, error) (*state, error)) (st *state, err error) {
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
	st, err = find(t, ctx, parsed)
	panicked = false
	return st, err
}

func (t *tx) endRead(err error) error {
	defer t.s.mu.Unlock()
	return t.s.failed(err)
}

func (t *tx) endWrite(_ *state, err error) error { return t.endRead(err) }

// visible returns the state that a statement sees. The first statement that is
// sent fixes a snapshot, even if it could not be parsed: one with a wrong enum is
// not sent.
func (t *tx) visible(ctx context.Context, parsed error) (*state, error) {
	if err := t.begin(ctx); err != nil {
		return nil, err
	}
	if isInvalidEnum(parsed) {
		return nil, t.s.failed(parsed)
	}
	return t.s.newest(), t.s.failed(parsed)
}

// newest returns the newest state that the transaction may see.
func (s *session) newest() *state {
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

// writable returns the transaction's own state, which it makes at the first write.
func (t *tx) writable(ctx context.Context, parsed error) (*state, error) {
	s := t.s
	seen, err := t.visible(ctx, parsed)
	if err != nil {
		return nil, err
	}
	if s.opts.ReadOnly {
		return nil, s.failed(errReadOnly("INSERT, UPDATE or DELETE"))
	}
	if s.work == nil {
		if err := s.db.lock(ctx); err != nil {
			s.lost = true
			return nil, s.failed(err)
		}
		s.db.holder.Store(goroutineID())
		now := s.db.current.Load()
		s.work = now.clone()
		if s.snapshot != nil && now != seen {
			return nil, s.failed(errSerialization())
		}
	}
	return s.work, nil
}
