package rel

import "github.com/tasktwin/tasktwin/internal/footprint"

// checkUnique returns the row's entries, one for each unique index, or the error of
// the first index that the row violates, or in which it has to wait for another
// transaction.
func (d *TableDef[T, R]) checkUnique(st *State[T], r *R, entries []indexEntry) ([]indexEntry, error) {
	newest := st.Newest()
	for i := range d.Unique {
		u := &d.Unique[i]
		e := u.entry(&newest.Tables, r)
		if u.covers(e) {
			if err := d.checkKey(st, newest, i, e, r); err != nil {
				return nil, err
			}
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// checkMoves returns the moves, one for each unique index, or the error of the first
// index that the row would violate, or in which it has to wait. It does not look up a
// key that stays the same, which would find the old row.
func (d *TableDef[T, R]) checkMoves(st *State[T], old, r *R, moves []indexMove) ([]indexMove, error) {
	newest := st.Newest()
	for i := range d.Unique {
		u := &d.Unique[i]
		m := u.move(&newest.Tables, old, r)
		if m.to.in || u.Find != nil && !u.Same(&newest.Tables, old, r) {
			if err := d.checkKey(st, newest, i, m.to, r); err != nil {
				return nil, err
			}
		}
		moves = append(moves, m)
	}
	return moves, nil
}

// checkKey returns the error of a row's key to the nth unique index.
func (d *TableDef[T, R]) checkKey(st, newest *State[T], nth int, e indexEntry, r *R) error {
	d.touchKey(st, nth, r, footprint.Sees|footprint.Update)
	slot, isTaken := d.lookUp(&newest.Tables, &d.Unique[nth], e, r)
	if s := st.session; s != nil && s.others() != nil {
		if holders := d.keyHolders(st, nth, e, r, slot, isTaken); holders != nil {
			return &ConflictError[T]{
				holders: holders, pending: pendingKey{d.index, nth, r}, Table: d.Name, IsKey: true, Nth: nth,
			}
		}
	}
	if isTaken {
		if s := st.session; s != nil && s.serializable != nil {
			// PostgreSQL looks for conflicts first, as if the row were stored. At the end of
			// the statement they come before its error.
			s.store.serializables.attempt(s.serializable, d.writtenUpTo(st, r, nth))
		}
		return &ViolationError{Kind: Duplicate, Table: d.Name, Constraint: d.Unique[nth].Name, Nth: nth}
	}
	return nil
}

// checkForeignKeys locks the rows that a row refers to. It returns the error of the
// first foreign key whose parent is missing, or has to be waited for. The references
// that an old row has already need no look.
func (d *TableDef[T, R]) checkForeignKeys(st *State[T], r, old *R) error {
	for i := range d.foreignKeys {
		key := &d.foreignKeys[i]
		if !key.isNew(r, old) {
			continue
		}
		parent := *key.column(r)
		// The slot may be that of a row that another transaction has not committed.
		if parent == MissingSlot || st.session != nil && !key.parent.has(st, parent) {
			return d.missingParent(i)
		}
		if s := st.session; s != nil {
			if err := key.parent.lock(s, parent, KeyShare); err != nil {
				if c, waits := err.(*ConflictError[T]); waits { //nolint:errorlint // never wrapped
					c.IfGone, c.isLast = d.missingParent(i), !d.refersToMore(r, old, i+1)
				}
				return err
			}
			key.parent.Read(st, parent)
		}
	}
	return nil
}

// isNew reports whether a row refers to a parent to which an old row does not.
func (key *foreignKey[T, R]) isNew(r, old *R) bool {
	parent := *key.column(r)
	return parent != NoSlot && (old == nil || parent != *key.column(old))
}

// refersToMore reports whether there is a foreign key to check from the nth one on.
func (d *TableDef[T, R]) refersToMore(r, old *R, nth int) bool {
	for i := nth; i < len(d.foreignKeys); i++ {
		if d.foreignKeys[i].isNew(r, old) {
			return true
		}
	}
	return false
}

// missingParent returns the error of a row whose parent by the nth foreign key is missing.
func (d *TableDef[T, R]) missingParent(nth int) *ViolationError {
	key := &d.foreignKeys[nth]
	return &ViolationError{Kind: MissingParent, Table: d.Name, Constraint: key.name, Nth: nth, Parent: key.parent.name()}
}
