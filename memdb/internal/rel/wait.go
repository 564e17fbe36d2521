package rel

import (
	"cmp"
	"context"
	"slices"
	"sync/atomic"

	"github.com/tasktwin/tasktwin/internal/goroutine"
)

// waiter is a statement that waits.
type waiter[T any] struct {
	session  *session[T]
	conflict *ConflictError[T]
	// seq is the statement's place in the queue, which it keeps if it has to wait again.
	seq uint64
	// isReady is set once a transaction that it waits for has released locks.
	isReady bool
	state   atomic.Int32
	// granted is closed when the latch is handed to the statement.
	granted chan struct{}
}

// The values of waiter.state.
const (
	waiting int32 = iota
	granted
	left // because its context has ended
)

// unlatch hands the latch to the first waiter that is ready, or releases it. So what
// waits for the same goes on in the order in which it came.
func (s *Store[T]) unlatch() {
	for _, w := range s.waiters {
		if w.isReady && w.state.CompareAndSwap(waiting, granted) {
			close(w.granted)
			return
		}
	}
	s.latch.Unlock()
}

// wake makes the statements ready that wait for a transaction, which has ended or gone
// back to a savepoint. Those that wait for an earlier holder of the row first do not notice.
// Callers must hold the latch.
func (s *Store[T]) wake(o *session[T], ended bool) {
	for _, w := range s.waiters {
		c := w.conflict
		for _, h := range c.holders {
			if h.session == o && (ended || !h.untilEnd) {
				w.ready()
			}
			if !c.IsKey && h.session != o && h.has(c.mode) {
				break
			}
		}
	}
}

// has reports whether the holder still has what a statement waits for.
func (h *holder[T]) has(mode LockMode) bool {
	return h.session.isOpen && (h.isAhead || h.untilEnd || h.session.held(h.row).mode.conflicts(mode))
}

// leave takes a statement from those that wait. Those that come after it in the queue for a
// row, and want a lock that conflicts with its own, look again whom they wait for. Callers must
// hold the latch.
func (s *Store[T]) leave(w *waiter[T]) {
	s.waiters = slices.DeleteFunc(s.waiters, func(o *waiter[T]) bool { return o == w })
	for _, later := range s.waiters {
		if later.seq > w.seq && later.conflict.row == w.conflict.row && later.conflict.mode.conflicts(w.conflict.mode) {
			later.ready()
		}
	}
}

// noteReleased notes that a savepoint of a transaction has been released.
func (w *waiter[T]) noteReleased(o *session[T]) {
	for i := range w.conflict.holders {
		if h := &w.conflict.holders[i]; h.session == o && o.isReleased(h.at) {
			h.untilEnd = true
		}
	}
}

// await waits until one of the transactions of a conflict has released locks, and
// catches up with what was committed meanwhile. Callers must hold the latch, and hold it
// again when it returns.
func (s *session[T]) await(ctx context.Context, c *ConflictError[T]) error {
	if s.statement == nil && !s.opts.Snapshot {
		s.statement = s.pending
	}
	if len(c.written) > 0 {
		all := &s.store.serializables
		all.attempt(s.serializable, c.written)
		if s.mustFail() {
			return ErrDependencies
		}
		all.setPending(s.serializable, c.written)
		defer all.setPending(s.serializable, nil)
	}
	for {
		if err := s.wait(ctx, c); err != nil {
			s.keepLocks()
			s.connLost = ctx.Err() != nil
			return err
		}
		if c.holders = s.stillHolding(c); len(c.holders) == 0 {
			break
		}
	}
	s.keepLocks()
	s.catchUp()
	s.stamp()
	s.isDone = c.isLast
	if !c.IsKey {
		for _, row := range append(c.rest, c.row) {
			if err := s.firstUpdater(row, c.mode); err != nil {
				return err
			}
		}
	}
	table, slot := s.store.schema.tables[c.row.table()], c.row.slot()
	if c.IfGone != nil && !table.has(s.pending, slot) {
		return c.IfGone
	}
	// PostgreSQL locks the newest version of the row before it looks whether the statement
	// still wants it.
	if !c.IsKey && !s.opts.Snapshot && s.inTheWay(c.row, c.mode) == nil && table.has(s.pending, slot) {
		return table.lock(s, slot, c.mode)
	}
	return nil
}

// stillHolding returns who is in the way after one of the holders of a row has gone: the
// others, and those that have locked the row since. In a snapshot they have to have locked the
// version of the row that is waited for.
func (s *session[T]) stillHolding(c *ConflictError[T]) (holders []holder[T]) {
	if c.IsKey {
		return nil
	}
	holders = s.inTheWay(c.row, c.mode)
	if c.replaced == 0 || !s.opts.Snapshot {
		return holders
	}
	return slices.DeleteFunc(holders, func(h holder[T]) bool {
		return !c.waitsFor(h.session) && !h.isAhead && (c.mode != Update || !h.session.sharedBefore(c.row, c.replaced))
	})
}

func (c *ConflictError[T]) waitsFor(o *session[T]) bool {
	return slices.ContainsFunc(c.holders, func(h holder[T]) bool { return h.session == o })
}

// replace notes that a transaction commits a newer version of the row that the statement waits
// for. Those that refer to the row later refer to that. A transaction with a snapshot does not
// wait for them, because it cannot change the newer version.
func (w *waiter[T]) replace(v *version) {
	s, c := w.session, w.conflict
	if c.IsKey || c.replaced != 0 || !slices.ContainsFunc(v.log, func(e entry) bool { return e.changes() && e.row() == c.row }) {
		return
	}
	c.replaced = v.seq
	if !s.opts.Snapshot {
		return
	}
	for _, h := range s.lockHolders(c.row, c.mode) {
		if !c.waitsFor(h.session) && h.session.held(c.row).mode == KeyShare {
			c.holders = append(c.holders, h)
			w.noteReleased(h.session)
		}
	}
}

// keepLocks drops what the statement has changed before it had to wait. It keeps its
// locks.
func (s *session[T]) keepLocks() {
	dropped, stamps := s.log[s.mark:], s.stamps // of locks that are kept
	s.truncate(s.mark)
	for _, e := range dropped {
		if e, ok := e.asLock(); ok {
			s.log = append(s.log, e) // in the place of one that has been read
		}
	}
	s.stamps = stamps
	s.attempt = nil
	if s.newestBefore != nil {
		s.newest, s.newestBefore = s.newestBefore, nil
	}
}

// wait waits for one of the transactions of a conflict. Callers must hold the latch,
// which is free meanwhile.
func (s *session[T]) wait(ctx context.Context, c *ConflictError[T]) error {
	store := s.store
	if s.footprint != nil {
		s.footprint.Holders = max(s.footprint.Holders, len(c.holders))
	}
	if s.closesCycle(c) {
		return ErrDeadlock
	}
	if s.waitsForItsCaller(c) {
		return ErrStoreInTx
	}
	if s.queued == 0 {
		store.lastQueued++
		s.queued = store.lastQueued
	}
	w := &waiter[T]{session: s, conflict: c, seq: s.queued, granted: make(chan struct{})}
	at, _ := slices.BinarySearchFunc(store.waiters, w.seq, func(w *waiter[T], seq uint64) int { return cmp.Compare(w.seq, seq) })
	store.waiters = slices.Insert(store.waiters, at, w)
	for _, h := range c.holders {
		w.noteReleased(h.session)
	}
	s.waiter, s.pendingKey = w, c.pending
	w.noteWaiting()
	store.unlatch()
	var err error
	select {
	case <-w.granted:
	case <-ctx.Done():
		err = ctx.Err()
		if w.state.CompareAndSwap(waiting, left) {
			store.latch.Lock()
		} else {
			<-w.granted
		}
	}
	store.leave(w)
	s.waiter, s.pendingKey = nil, pendingKey{}
	if store.closed.Load() {
		return ErrClosed
	}
	return err
}

// closesCycle reports whether the session waits for itself if it waits because of a conflict.
// PostgreSQL waits for the holders of a row one after the other, so that the later ones do not
// count yet.
func (s *session[T]) closesCycle(c *ConflictError[T]) bool {
	return reaches(s.waitsNext(c),
		func(h *session[T]) []holder[T] { return h.waitsNext(h.waiter.conflict) },
		func(h *session[T]) bool { return h == s })
}

// reaches reports whether one of the holders, or one that these wait for in turn, is as asked
// for. Next returns whom a session waits for.
func reaches[T any](holders []holder[T], next func(*session[T]) []holder[T], is func(*session[T]) bool) bool {
	seen := map[*session[T]]bool{}
	for pending := slices.Clone(holders); len(pending) > 0; {
		h := pending[0].session
		pending = pending[1:]
		if is(h) {
			return true
		}
		if !seen[h] && h.waiter != nil {
			pending = append(pending, next(h)...)
		}
		seen[h] = true
	}
	return false
}

// waitsNext returns whom the session waits for now, because of a conflict: all holders of a
// key. For a row it is a statement that has come before and waits for the same version, unless
// the session has a lock on the row already, else the first holder that still has the row.
func (s *session[T]) waitsNext(c *ConflictError[T]) []holder[T] {
	if c.IsKey {
		return c.holders
	}
	if s.held(c.row).mode == noLock {
		if ahead := s.ahead(c.row, func(w *waiter[T]) bool { return w.isQueuedFor(c) }); ahead != nil {
			return ahead
		}
	}
	for _, h := range c.holders {
		if h.has(c.mode) {
			return []holder[T]{h}
		}
	}
	return nil
}

// isQueuedFor reports whether others who want to lock a row come after the statement, which
// waits for the row. One that has a lock on the row does not stand in the queue.
func (w *waiter[T]) isQueuedFor(c *ConflictError[T]) bool {
	own := w.conflict
	return own.replaced == 0 && own.mode.conflicts(c.mode) && w.session.held(c.row).mode == noLock
}

// waitsForItsCaller reports whether one of the holders, or one that these wait for, can
// only end after the statement: its function is running on this very goroutine, and has
// made the call.
func (s *session[T]) waitsForItsCaller(c *ConflictError[T]) bool {
	id := goroutine.ID()
	return id != 0 && reaches(c.remaining(),
		func(h *session[T]) []holder[T] { return h.waiter.conflict.remaining() },
		func(h *session[T]) bool { return h != s && h.goroutine == id })
}

// Wait is a statement that waits.
type Wait struct {
	// Session is the name of the session that waits, and For are those that it waits
	// for, in no order.
	Session string
	For     []string
	// Table and Key are what it waits for: a row, or a key of a unique index.
	Table, Key string
}

// Waits returns the statements that wait, in the order in which they began to.
func (s *Store[T]) Waits() []Wait {
	s.latch.Lock()
	defer s.unlatch()
	var waits []Wait
	for _, w := range s.waiters {
		if w.isReady || w.state.Load() != waiting {
			continue // it is about to go on
		}
		wait := Wait{Session: w.session.name, Table: w.conflict.Table, Key: w.conflict.Key}
		for _, h := range w.holders() {
			wait.For = append(wait.For, h.session.name)
		}
		waits = append(waits, wait)
	}
	return waits
}

// holders returns the transactions that have what the statement waits for. Who is ahead of it
// waits for the row, too, or is about to.
func (w *waiter[T]) holders() []holder[T] {
	c := w.conflict
	if ahead := c.holders[0].session.waiter; c.holders[0].isAhead && ahead != nil {
		return ahead.holders()
	}
	return c.remaining()
}

// remaining returns the holders that still have what the statement waits for. Others may have
// gone while it waits for an earlier one.
func (c *ConflictError[T]) remaining() []holder[T] {
	if c.IsKey {
		return c.holders
	}
	return slices.DeleteFunc(slices.Clone(c.holders), func(h holder[T]) bool { return !h.has(c.mode) })
}
