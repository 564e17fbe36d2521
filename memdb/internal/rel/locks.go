package rel

import "slices"

// Conflict is the error of a statement that has to wait for other transactions. Insert,
// Update, Delete, Lock and Load return it. The statement must return it as it is, for
// Write to wait and to run the statement again.
type Conflict[T any] struct {
	holders []*session[T]
	// row and mode are what a statement wants to lock. The mode is noLock for a key.
	row  rowID
	mode LockMode
	// pending is the row that has to be unique, of the table's Nth unique index.
	pending pendingKey

	// Table is the name of the table, and Nth, unless it is a row that is waited for, the
	// place of the unique index.
	Table string
	IsKey bool
	Nth   int
	// Key is the row's primary key, or the key of the unique index, which the user of
	// the package sets.
	Key string
}

// Error names the table.
func (c *Conflict[T]) Error() string {
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

// held returns the strongest lock that the transaction has on a row. Callers must hold
// the latch.
func (s *session[T]) held(row rowID) LockMode {
	for ; s.indexed < len(s.log); s.indexed++ {
		e := s.log[s.indexed]
		if m := e.lock(); m != noLock && m > s.locks[e.row()] {
			if s.locks == nil {
				s.locks = map[rowID]LockMode{}
			}
			s.locks[e.row()] = m
		}
	}
	return s.locks[row]
}

// truncate drops the entries of the log from a position on, and with them their locks.
func (s *session[T]) truncate(to int) {
	s.log = s.log[:to]
	if s.indexed > to {
		s.locks, s.indexed = nil, 0
	}
}

// hasInserted reports whether the transaction has inserted a row.
func (s *session[T]) hasInserted(row rowID) bool {
	return slices.Contains(s.log, newEntry(inserted, row))
}

// Lock locks the row at a slot, or returns a *Conflict if another transaction has it
// locked in a mode that conflicts, or ErrSerialization if it was changed since the
// transaction's snapshot.
func (d *TableDef[T, R]) Lock(st *State[T], slot uint32, mode LockMode) error {
	if st.session == nil {
		return nil
	}
	return d.lock(st.session, st, slot, mode)
}

// lockIfThere locks the row at a slot if there is one.
func (d *TableDef[T, R]) lockIfThere(s *session[T], st *State[T], slot uint32, mode LockMode) error {
	if !d.has(st, slot) {
		return nil
	}
	return d.lock(s, st, slot, mode)
}

// keyOfSlot returns the primary key of the row at a slot.
func (d *TableDef[T, R]) keyOfSlot(st *State[T], slot uint32) string {
	r := d.Table(&st.Tables).Row(slot)
	if r == nil || d.Key == nil {
		return ""
	}
	return d.Key(&st.Tables, r)
}

func (d *TableDef[T, R]) lock(s *session[T], st *State[T], slot uint32, mode LockMode) error {
	row := newRowID(d.index, slot)
	if err := s.firstUpdater(row, mode); err != nil {
		return err
	}
	if holders := s.lockHolders(row, mode); holders != nil {
		return &Conflict[T]{holders: holders, row: row, mode: mode, Table: d.Name, Key: d.keyOfSlot(st, slot)}
	}
	s.log = append(s.log, newEntry(lockedKeyShare+entryKind(mode-KeyShare), row))
	return nil
}

// firstUpdater returns ErrSerialization for a row that others have changed since the
// snapshot. One that refers to a row only needs it to be still there.
func (s *session[T]) firstUpdater(row rowID, mode LockMode) error {
	if s.newest == nil {
		return nil
	}
	switch kind := s.changedSince[row]; {
	case kind == 0, mode == KeyShare && kind != deleted:
		return nil
	default:
		return ErrSerialization
	}
}

// lockHolders returns the other transactions whose locks on a row conflict with a mode.
func (s *session[T]) lockHolders(row rowID, mode LockMode) (holders []*session[T]) {
	for _, o := range s.others() {
		if o != s && o.held(row).conflicts(mode) {
			holders = append(holders, o)
		}
	}
	return holders
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
// committed row at a slot, those that have deleted the row or given it another key.
func (d *TableDef[T, R]) keyHolders(st *State[T], nth int, e indexEntry, r *R, slot uint32, taken bool) (holders []*session[T]) {
	s, u := st.session, &d.Unique[nth]
	for _, o := range s.others() {
		if o == s {
			continue
		}
		if theirs := o.state(); theirs != nil {
			if taken {
				if d.frees(o, theirs, u, slot, r) {
					holders = append(holders, o)
				}
				continue
			}
			if at, ok := d.lookUp(&theirs.Tables, u, e, r); ok && d.isTheirs(st, o, at) {
				holders = append(holders, o)
				continue
			}
		}
		if p := o.pendingKey; !taken && p.row != nil && p.table == d.index && nth < p.indexes {
			theirs := p.row.(*R)
			if _, in := d.hash(&st.Tables, u, theirs); in && u.Same != nil && u.Same(&st.Tables, theirs, r) {
				holders = append(holders, o)
			}
		}
	}
	return holders
}

// frees reports whether a transaction has deleted the row at a slot, or changed it so
// that it no longer has the key of r.
func (d *TableDef[T, R]) frees(o *session[T], theirs *State[T], u *Unique[T, R], slot uint32, r *R) bool {
	if d.Append != nil || o.held(newRowID(d.index, slot)) < NoKeyUpdate {
		return false
	}
	row := d.Table(&theirs.Tables).Row(slot)
	if row == nil || u.Same == nil {
		return row == nil
	}
	_, in := d.hash(&theirs.Tables, u, row)
	return !in || !u.Same(&theirs.Tables, row, r)
}

// isTheirs reports whether another transaction has stored the row at a slot, which has a
// key that no committed row has. Its state may be older and still have a row that is
// gone by now.
func (d *TableDef[T, R]) isTheirs(st *State[T], o *session[T], slot uint32) bool {
	row := newRowID(d.index, slot)
	if d.Append == nil && d.Table(&st.Newest().Tables).Row(slot) != nil {
		return o.held(row) >= NoKeyUpdate
	}
	return o.hasInserted(row)
}

// hash returns a row's entry in a unique index. A constraint without an index of its own
// has every row.
func (d *TableDef[T, R]) hash(t *T, u *Unique[T, R], r *R) (hash uint32, in bool) {
	if u.Find != nil {
		return 0, true
	}
	return u.Hash(t, r)
}

// lookUp returns the slot of the row that has the key of r to a unique index.
func (d *TableDef[T, R]) lookUp(t *T, u *Unique[T, R], e indexEntry, r *R) (slot uint32, ok bool) {
	if u.Find != nil {
		return u.Find(t, r)
	}
	return u.find(t, d.Table(t), e.hash, r)
}
