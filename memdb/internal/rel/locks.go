package rel

import (
	"cmp"
	"slices"
	"sort"

	"github.com/tasktwin/tasktwin/internal/footprint"
)

// ConflictError is the error of a statement that has to wait for other transactions. Insert,
// Update, Upsert, Delete and Load return it. The statement must return it as it is, for
// Write to wait and to run the statement again.
type ConflictError[T any] struct {
	holders []holder[T]
	// row and mode are what a statement wants to lock. The mode is noLock for a key.
	row  rowID
	mode LockMode
	// replaced is the version that has changed the row first since the statement has seen it, or 0.
	replaced uint64
	// isLast is set if the statement has nothing to read or to write after the wait.
	isLast bool
	// rest are the rows that a cascade has found beside the row, and locks next.
	rest []rowID
	// pending is the row that has to be unique, of the table's Nth unique index.
	pending pendingKey
	// written is what a statement of a serializable transaction has written by then.
	written []item

	// Table is the name of the table, and Nth, unless it is a row that is waited for, the
	// place of the unique index.
	Table string
	IsKey bool
	Nth   int
	// IfGone is the error of a statement that refers to the row, if it is gone after the
	// wait, or nil. The user of the package sets its Key.
	IfGone *ViolationError
	// Key is the row's primary key, or the key of the unique index, which the user of
	// the package sets.
	Key string
}

// holder is a transaction that another waits for, because of something that it has done
// to a row.
type holder[T any] struct {
	session *session[T]
	row     rowID
	// at is the position in its log of what the other waits for. It is negative for one that
	// isAhead.
	at int
	// untilEnd is set if the other waits for the end of the transaction, whatever happens
	// to its savepoints: it waits for a savepoint that has been released.
	untilEnd bool
	// isAhead is set if the holder waits for the row itself: see inLine.
	isAhead bool
}

// Error names the table.
func (c *ConflictError[T]) Error() string {
	return "rel: another transaction is in the way, table " + c.Table
}

// pendingKey is a row that a waiting statement is about to store. PostgreSQL adds it to
// one unique index after the other, so it is in those before the one that it waits for.
type pendingKey struct {
	table   int
	indexes int
	row     any // a *R of the table
}

// others returns the other transactions that have written or wait, if any.
func (s *session[T]) others() []*session[T] {
	open := s.store.sessions
	if len(open) == 0 || len(open) == 1 && open[0] == s {
		return nil
	}
	return open
}

// heldLock is what a transaction has done to a committed row.
type heldLock struct {
	mode LockMode
	// changed is set if it has updated or deleted the row, and not only locked it.
	changed bool
}

// held returns the strongest lock that the transaction has on a row. Callers must hold
// the latch.
func (s *session[T]) held(row rowID) heldLock {
	for ; s.indexed < len(s.log); s.indexed++ {
		e := s.log[s.indexed]
		mode := e.lock()
		if mode == noLock {
			continue
		}
		if s.locks == nil {
			s.locks = map[rowID]heldLock{}
		}
		held := s.locks[e.row()]
		s.locks[e.row()] = heldLock{max(held.mode, mode), held.changed || e.changes()}
	}
	return s.locks[row]
}

// truncate drops the entries of the log from a position on, and with them their locks.
func (s *session[T]) truncate(to int) {
	s.rows.truncate(s.log, to)
	s.log = s.log[:to]
	if s.indexed > to {
		s.locks, s.indexed = nil, 0
	}
	if s.serializable != nil {
		s.store.serializables.takeBack(s.serializable, to)
	}
	s.released = slices.DeleteFunc(s.released, func(r span) bool { return r.from >= to })
	s.stamps = s.stamps[:sort.Search(len(s.stamps), func(i int) bool { return s.stamps[i].at >= to })]
	s.former = s.former[:sort.Search(len(s.former), func(i int) bool { return s.former[i].at >= to })]
}

// formerRow is a row that a transaction has deleted, or a version of a row whose key it
// has given up. If the transaction has inserted it, its keys stay taken until the end.
type formerRow struct {
	id  rowID
	row any // a *R of the table
	at  int // of the entry in the log
}

// noteFormer notes a row that the last entry of the log is about.
func (s *session[T]) noteFormer(id rowID, row any) {
	s.former = append(s.former, formerRow{id, row, len(s.log) - 1})
}

// firstInTheWay returns the position in the log of what the transaction has done to a row that is
// in the way of a lock in some mode, or of a key in mode noLock. Of several, which savepoints have
// done, it is that of the lowest id. Locks after the first change do not count: they are on a
// version that others do not see.
func (s *session[T]) firstInTheWay(row rowID, mode LockMode) int {
	first, id := -1, uint64(0)
	for at, e := range s.log {
		if e.row() != row {
			continue
		}
		inTheWay := e.lock().conflicts(mode) || mode == noLock && e.changes()
		if inTheWay && (first < 0 || s.idAt(at) < id) {
			first, id = at, s.idAt(at)
		}
		if inTheWay && e.changes() {
			break
		}
	}
	return first
}

// isReleased reports whether an entry of the log is of a savepoint that has been released.
func (s *session[T]) isReleased(at int) bool {
	return slices.ContainsFunc(s.released, func(r span) bool { return r.from <= at && at < r.to })
}

// keyOfSlot returns the primary key of the row at a slot.
func (d *TableDef[T, R]) keyOfSlot(st *State[T], slot uint32) string {
	r := d.Table(&st.Tables).Row(slot)
	if r == nil || d.Key == nil {
		return ""
	}
	return d.Key(&st.Tables, r)
}

// lock locks the row at a slot, or returns a *ConflictError if another transaction has it
// locked in a mode that conflicts, or ErrSerialization if it was changed since the
// transaction's snapshot.
func (d *TableDef[T, R]) lock(s *session[T], slot uint32, mode LockMode) error {
	row := d.rowID(slot)
	d.touchRow(s, s.pending, slot, lockAccess[mode]|footprint.Sees)
	if s.has(inserted, row) || mode == KeyShare && s.has(lockedKeyShare, row) {
		return nil
	}
	if err := s.firstUpdater(row, mode); err != nil {
		if holders := s.oldHolders(row, mode); holders != nil {
			c := d.newConflict(s, slot, mode, holders)
			c.replaced = s.changedSince[row].first
			return c
		}
		return err
	}
	if err := d.conflict(s, slot, mode); err != nil {
		return err
	}
	s.noteLock(row, mode)
	return nil
}

// noteLock notes that the transaction has locked a row.
func (s *session[T]) noteLock(row rowID, mode LockMode) {
	s.note(lockedKeyShare+entryKind(mode-KeyShare), row)
	delete(s.store.lines, row)
}

// firstUpdater returns ErrSerialization for a row that others have changed since the
// snapshot. One that refers to a row only needs it to be still there.
func (s *session[T]) firstUpdater(row rowID, mode LockMode) error {
	if s.newest == nil {
		return nil
	}
	switch kind := s.changedSince[row].last; {
	case kind == 0, mode == KeyShare && kind != deleted:
		return nil
	default:
		return ErrSerialization
	}
}

// lockChild locks a row that a delete reaches by a foreign key. Such a row is found among
// the newest ones: where another transaction is changing it, the statement waits for that
// even if the row has changed since the snapshot, and fails then. The row is deleted next, which
// the log says: a lock needs no entry of its own.
func (d *TableDef[T, R]) lockChild(s *session[T], slot uint32) error {
	if err := d.conflict(s, slot, Update); err != nil {
		return err
	}
	return s.firstUpdater(d.rowID(slot), Update)
}

// conflict returns a *ConflictError if s has to wait to lock the row at a slot.
func (d *TableDef[T, R]) conflict(s *session[T], slot uint32, mode LockMode) error {
	d.touchRow(s, s.pending, slot, lockAccess[mode]|footprint.Sees)
	if holders := s.inTheWay(d.rowID(slot), mode); holders != nil {
		return d.newConflict(s, slot, mode, holders)
	}
	return nil
}

func (d *TableDef[T, R]) newConflict(s *session[T], slot uint32, mode LockMode, holders []holder[T]) *ConflictError[T] {
	return &ConflictError[T]{holders: holders, row: d.rowID(slot), mode: mode, Table: d.Name, Key: d.keyOfSlot(s.pending, slot)}
}

// inTheWay returns the transactions that s has to wait for to lock a row.
func (s *session[T]) inTheWay(row rowID, mode LockMode) []holder[T] {
	holders := s.lockHolders(row, mode)
	if holders == nil && mode == KeyShare {
		return s.inLine(row)
	}
	return holders
}

// lockHolders returns the other transactions whose locks on a row conflict with a mode, in the
// order of the ids with which they have taken them.
func (s *session[T]) lockHolders(row rowID, mode LockMode) (holders []holder[T]) {
	for _, o := range s.others() {
		if o != s && o.held(row).mode.conflicts(mode) {
			holders = append(holders, holder[T]{session: o, row: row, at: o.firstInTheWay(row, mode)})
		}
	}
	slices.SortFunc(holders, func(a, b holder[T]) int { return cmp.Compare(a.session.idAt(a.at), b.session.idAt(b.at)) })
	return holders
}

// oldHolders returns the other transactions that are in the way of a lock on the version of a row
// that the snapshot has, and that others have replaced since: those with a key share on it. A
// key share is on the version that its statement has seen, and on all that follow.
func (s *session[T]) oldHolders(row rowID, mode LockMode) (holders []holder[T]) {
	if mode != Update {
		return nil
	}
	for _, h := range s.lockHolders(row, mode) {
		if h.session.sharedBefore(row, s.changedSince[row].first) {
			holders = append(holders, h)
		}
	}
	return holders
}

// sharedBefore reports whether the transaction has a key share on a row from when a version was
// not committed, or not in its snapshot.
func (s *session[T]) sharedBefore(row rowID, version uint64) bool {
	at := slices.Index(s.log, newEntry(lockedKeyShare, row))
	switch {
	case at < 0:
		return false
	case s.opts.Snapshot:
		return s.opened.seq < version
	}
	n := sort.Search(len(s.stamps), func(i int) bool { return s.stamps[i].at > at })
	return n == 0 || s.stamps[n-1].version < version
}

// state returns the newest state that a transaction has written to, half of a statement
// that waits included.
func (s *session[T]) state() *State[T] {
	switch {
	case s.newest != nil:
		return s.newest
	case s.attempt != nil:
		return s.attempt
	default:
		return s.pending
	}
}

// keyHolders returns the transactions that a row has to wait for because of its key to
// the nth unique index: those that have stored the key, and, if the key is that of the
// committed row at a slot, those that have changed or deleted the row. An update makes
// others wait even if it keeps the key: they find a version that is not committed.
func (d *TableDef[T, R]) keyHolders(st *State[T], nth int, e indexEntry, r *R, slot uint32, taken bool) (holders []holder[T]) {
	s := st.session
	for _, o := range s.others() {
		if o == s {
			continue
		}
		row := newRowID(d.index, slot)
		isHolder := taken && o.held(row).changed
		if !taken {
			row, isHolder = d.hasKey(st, o, nth, e, r)
		}
		if isHolder {
			at := o.firstInTheWay(row, noLock)
			if at < 0 { // its statement waits, and logs the row after that
				at = o.mark
			}
			holders = append(holders, holder[T]{session: o, row: row, at: at})
		}
	}
	return holders
}

// hasKey reports whether another transaction has stored a key that no committed row has,
// is about to, or has stored and deleted it. It returns the row, unless there is none yet.
func (d *TableDef[T, R]) hasKey(st *State[T], o *session[T], nth int, e indexEntry, r *R) (row rowID, ok bool) {
	u := &d.Unique[nth]
	same := func(row any) bool {
		theirs := row.(*R)
		return u.covers(u.entry(&st.Tables, theirs)) && u.Same(&st.Tables, theirs, r)
	}
	// The oldest version is found first.
	for _, f := range o.former {
		if f.id.table() == d.index && same(f.row) {
			return f.id, true
		}
	}
	if theirs := o.state(); theirs != nil {
		if at, ok := d.lookUp(&theirs.Tables, u, e, r); ok && d.isTheirs(st, o, at) {
			return newRowID(d.index, at), true
		}
	}
	if p := o.pendingKey; p.table == d.index && nth < p.indexes && same(p.row) {
		return newRowID(d.index, NoSlot), true
	}
	return 0, false
}

// isTheirs reports whether another transaction has stored the row at a slot, which has a
// key that no committed row has. Its state may be older and still have a row that is
// gone by now.
func (d *TableDef[T, R]) isTheirs(st *State[T], o *session[T], slot uint32) bool {
	row := newRowID(d.index, slot)
	if d.Append == nil && d.Table(&st.Newest().Tables).Row(slot) != nil {
		return o.held(row).changed
	}
	return o.has(inserted, row)
}

// lookUp returns the slot of the row that has the key of r to a unique index.
func (d *TableDef[T, R]) lookUp(t *T, u *Unique[T, R], e indexEntry, r *R) (slot uint32, ok bool) {
	if u.Find != nil {
		return u.Find(t, r)
	}
	return u.find(t, d.Table(t), e.hash, r)
}
