package rel

import (
	"maps"
	"slices"
	"sync"

	"github.com/tasktwin/tasktwin/internal/footprint"
)

// session is a transaction with all its savepoints, or a statement outside of one that
// runs beside transactions. What is below mu is changed under the store's latch only:
// other transactions look at it.
type session[T any] struct {
	// mu serializes the statements of several goroutines.
	mu    sync.Mutex
	store *Store[T]
	opts  TxOptions
	// handle is the handle of the transaction. Savepoints have their own.
	handle Tx[T]
	// goroutine runs the transaction's function. It is 0 for a statement outside of
	// transactions, which isImplicit.
	goroutine  uint64
	isImplicit bool
	aborted    bool
	// footprint is that of the statement that runs, or nil.
	footprint *footprint.Statement
	// connLost is set when a context ended while a statement waited. PostgreSQL's
	// driver then closes the connection, so that no rollback to a savepoint is possible.
	connLost bool
	// statements counts the statements so far, savepoints included.
	statements int
	// snapshot is the state that a transaction with TxOptions.Snapshot reads until its
	// first write.
	snapshot *State[T]
	// serializable is set for a serializable transaction that has a snapshot.
	serializable *serializable

	// isOpen is set while the store knows of the transaction: it has written, or has a
	// snapshot.
	isOpen bool
	name   string
	// id is given with the first write. It is 0 before that. hasID is set if all open
	// savepoints have theirs, too: see giveID.
	id    uint64
	hasID bool
	// caughtUp is the newest commit that the transaction has brought into its state: into
	// newest, if it has a snapshot. opened is what caughtUp was when the snapshot was taken.
	caughtUp, opened *version
	// pending is the state that the transaction reads and writes, or nil.
	pending *State[T]
	// newest is what pending would be without the snapshot. It is nil as long as that
	// is the same.
	newest *State[T]
	// changedSince are the rows that others have changed since the snapshot.
	changedSince map[rowID]change
	// log is what the transaction has changed and locked, in order. locks has the
	// strongest lock for each row of the first entries, which indexed counts.
	log     []entry
	locks   map[rowID]heldLock
	indexed int
	// stamps say when the entries of the log were made.
	stamps []stamp
	// saves are the open savepoints, from the outermost to the innermost.
	saves []save[T]
	// rows are an index of the log for has.
	rows rowIndex
	// former are rows whose keys the transaction has given up, in the order of the log.
	former []formerRow
	// released are the ends of the parts of the log that are of savepoints that have been
	// released, with their beginnings.
	released []span
	// tails are, for tables with Append, the next slots of the transaction's blocks.
	tails []uint32

	// mode is of the statement that runs, mark is where its log begins, and statement,
	// if it had to wait, is the state in which it began.
	mode      WriteMode
	mark      int
	statement *State[T]
	// attempt is the state that a statement changes that may fail midway, and
	// newestBefore is what newest was before it.
	attempt, newestBefore *State[T]
	// queued is the statement's place among those that wait, or 0.
	queued uint64
	// isDone is set if the statement had read and written all when it waited for the last time.
	isDone     bool
	waiter     *waiter[T]
	pendingKey pendingKey

	// first and firstEntries save allocations: of the first version, and of a log.
	first        version
	firstEntries [16]entry
}

// change is what others have done to a row since a transaction's snapshot.
type change struct {
	last entryKind
	// first is the version that changed it first.
	first uint64
}

// stamp is the newest version when the entries of a log from a position on were made.
type stamp struct {
	at      int
	version uint64
}

// span is a part of a log, of a savepoint with an id.
type span struct {
	from, to int
	id       uint64
}

// save is an open savepoint, with what a rollback to it restores.
type save[T any] struct {
	pending, newest *State[T]
	caughtUp        *version
	entries         int
	// id is given with the first write, and given up by a rollback.
	id uint64
	// isLeft is set if the savepoint was rolled back. PostgreSQL's driver does not release it,
	// so that what comes after is in it still.
	isLeft bool
}

// open makes the transaction known to the store. Callers must hold the latch.
func (s *session[T]) open() {
	if s.isOpen {
		return
	}
	store := s.store
	if len(store.sessions) == 0 {
		store.head.Store(&s.first)
	}
	store.sessions = append(store.sessions, s)
	s.isOpen = true
	s.caughtUp = store.head.Load()
	if s.opts.Snapshot {
		s.opened = s.caughtUp
	}
	if len(store.sessions) > 1 && store.shared == nil {
		store.shareSlots()
	}
}

// close drops all that the transaction has changed and not committed, and its locks.
// Callers must hold the latch.
func (s *session[T]) close() {
	if !s.isOpen {
		return
	}
	store := s.store
	s.isOpen = false
	s.pending, s.newest, s.changedSince = nil, nil, nil
	s.caughtUp, s.opened = nil, nil // a version may be part of a session, and keeps its successors
	s.truncate(0)
	if s.serializable != nil {
		store.serializables.rollBack(s.serializable)
	}
	maps.DeleteFunc(store.lines, func(_ rowID, o *session[T]) bool { return o == s })
	store.sessions = slices.DeleteFunc(store.sessions, func(o *session[T]) bool { return o == s })
	if len(store.sessions) == 0 {
		store.head.Store(nil)
		store.shared = nil
		store.lines = nil
	}
	store.wake(s, true)
}

// commit publishes what the transaction has changed, and closes it. Callers must hold
// the latch.
func (s *session[T]) commit() error {
	defer s.close()
	if s.serializable != nil {
		if err := s.store.serializables.commit(s.serializable); err != nil {
			return err
		}
	}
	if s.pending == nil || !s.pending.changed {
		return nil
	}
	s.catchUp()
	store := s.store
	var v *version // for the others, if any
	if len(store.sessions) > 1 {
		v = &version{log: s.log, seq: store.head.Load().seq + 1}
		for _, w := range store.waiters {
			w.replace(v)
		}
	}
	store.serializables.replace(s.serializable, s.log)
	st := s.pending
	if s.newest != nil {
		st = s.newest
	}
	st.session = nil
	if len(s.former) > 0 || store.shared != nil {
		store.schema.reclaimSlots(st)
	}
	store.current.Store(st)
	if v != nil {
		store.head.Load().next = v
		store.head.Store(v)
		s.log = nil // the version's
		s.locks, s.indexed = nil, 0
	}
	return nil
}

// catchUp brings what others have committed into the transaction's state: the one that
// it reads, or, if it has a snapshot, the newest. Callers must hold the latch, and the
// transaction must have a state.
func (s *session[T]) catchUp() {
	head := s.store.head.Load()
	if s.caughtUp == head {
		return
	}
	var logs [][]entry
	theirs := 0
	for v := s.caughtUp.next; v != nil; v = v.next {
		logs = append(logs, v.log)
		theirs += len(v.log)
	}
	if s.opts.Snapshot {
		s.noteChanges()
	}
	s.caughtUp = head
	current := s.store.snapshot()
	if s.opts.Snapshot {
		if s.newest != nil {
			s.store.merge(s.newest, current, logs...)
			return
		}
		s.newest = current.clone()
		s.store.merge(s.newest, s.pending, s.log)
		return
	}
	switch {
	case !s.pending.changed:
		s.pending = current.clone()
	case theirs <= len(s.log):
		if s.pending == s.statement {
			s.pending = s.pending.cloneChanged()
		}
		s.store.merge(s.pending, current, logs...)
	default:
		own := s.pending
		s.pending = current.clone()
		s.store.merge(s.pending, own, s.log)
	}
}

// noteChanges notes the rows that the transaction, which has a snapshot, catches up with.
func (s *session[T]) noteChanges() {
	if s.changedSince == nil {
		s.changedSince = map[rowID]change{}
	}
	for v := s.caughtUp.next; v != nil; v = v.next {
		for _, e := range v.log {
			if !e.changes() {
				continue
			}
			first := v.seq
			if c, ok := s.changedSince[e.row()]; ok {
				first = c.first
			}
			s.changedSince[e.row()] = change{e.kind(), first}
		}
	}
}

// stamp notes when the entries of the log that come next are made.
func (s *session[T]) stamp() {
	last := uint64(0)
	if n := len(s.stamps); n > 0 {
		last = s.stamps[n-1].version
	}
	if newest := s.caughtUp.seq; newest != last {
		s.stamps = append(s.stamps, stamp{len(s.log), newest})
	}
}

// save starts a savepoint. Callers must hold the latch.
func (s *session[T]) save() {
	s.saves = append(s.saves, save[T]{pending: s.pending, newest: s.newest, caughtUp: s.caughtUp, entries: len(s.log)})
	s.hasID = false
	s.keepStates()
}

// keepStates has later changes leave the transaction's states as they are.
func (s *session[T]) keepStates() {
	if s.pending != nil {
		s.pending = s.pending.cloneChanged()
	}
	if s.newest != nil {
		s.newest = s.newest.cloneChanged()
	}
}

// restore goes back to where the innermost savepoint began, and releases the locks taken
// since. Callers must hold the latch.
func (s *session[T]) restore() {
	if !s.isOpen {
		return
	}
	to := &s.saves[len(s.saves)-1]
	to.id, s.hasID = 0, false
	s.pending, s.newest, s.caughtUp = to.pending, to.newest, to.caughtUp
	if s.caughtUp == nil { // the snapshot was taken in the savepoint, and stays
		s.caughtUp = s.opened
	}
	s.giveUp(to.entries)
	s.store.wake(s, false)
}

// release ends the innermost savepoint without a rollback. Who waits for something that
// was done in it waits for the end of the transaction from then on. Callers must hold the
// latch.
func (s *session[T]) release() {
	n := s.innermost()
	for _, ended := range s.saves[n:] {
		if len(s.log) > ended.entries {
			s.released = append(s.released, span{ended.entries, len(s.log), ended.id})
		}
	}
	s.saves = s.saves[:n]
	for _, w := range s.store.waiters {
		w.noteReleased(s)
	}
}

// fail aborts the transaction and releases the locks taken since the innermost savepoint
// began. Callers must hold the latch.
func (s *session[T]) fail() {
	s.aborted = true
	if s.connLost || len(s.saves) == 0 {
		s.close()
		return
	}
	s.restore()
}

// rollBack ends the innermost savepoint by a rollback. Callers must hold the latch.
func (s *session[T]) rollBack() {
	n := s.innermost()
	s.saves = s.saves[:n+1]
	s.restore()
	s.saves[n].isLeft = true
	s.keepStates()
}

// innermost returns the place of the innermost savepoint whose function has not ended.
func (s *session[T]) innermost() int {
	n := len(s.saves) - 1
	for s.saves[n].isLeft {
		n--
	}
	return n
}
