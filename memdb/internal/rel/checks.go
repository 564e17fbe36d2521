package rel

// checkUnique returns the row's entries, one for each unique index, or the error of
// the first index that the row violates, or in which it has to wait for another
// transaction.
func (d *TableDef[T, R]) checkUnique(st *State[T], r *R, entries []indexEntry) ([]indexEntry, error) {
	newest := st.Newest()
	for i := range d.Unique {
		u := &d.Unique[i]
		var e indexEntry
		isIn, isTaken := true, false
		var slot uint32
		if u.Find != nil {
			slot, isTaken = u.Find(&newest.Tables, r)
		} else if e.hash, e.in = u.Hash(&newest.Tables, r); e.in {
			slot, isTaken = u.find(&newest.Tables, d.Table(&newest.Tables), e.hash, r)
		} else {
			isIn = false
		}
		if isIn && (isTaken || st.session != nil) {
			if err := d.keyError(st, i, e, r, slot, isTaken); err != nil {
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
		var m indexMove
		isNew, isTaken := false, false
		var slot uint32
		switch {
		case u.Find == nil:
			m.from.hash, m.from.in = u.Hash(&newest.Tables, old)
			m.to.hash, m.to.in = u.Hash(&newest.Tables, r)
			if m.from.in && m.to.in && u.Same(&newest.Tables, old, r) {
				m = indexMove{}
			} else if m.to.in {
				isNew = true
				slot, isTaken = u.find(&newest.Tables, d.Table(&newest.Tables), m.to.hash, r)
			}
		case !u.Same(&newest.Tables, old, r):
			isNew = true
			slot, isTaken = u.Find(&newest.Tables, r)
		}
		if isNew && (isTaken || st.session != nil) {
			if err := d.keyError(st, i, m.to, r, slot, isTaken); err != nil {
				return nil, err
			}
		}
		moves = append(moves, m)
	}
	return moves, nil
}

// keyError returns the error of a row's key to the nth unique index. The slot is that of
// the row that has the key, if it is taken.
func (d *TableDef[T, R]) keyError(st *State[T], nth int, e indexEntry, r *R, slot uint32, isTaken bool) error {
	if s := st.session; s != nil && s.others() != nil {
		if holders := d.keyHolders(st, nth, e, r, slot, isTaken); holders != nil {
			return &ConflictError[T]{
				holders: holders, pending: pendingKey{d.index, nth, r}, Table: d.Name, IsKey: true, Nth: nth,
			}
		}
	}
	if isTaken {
		if s := st.session; s != nil && s.serializable != nil {
			// PostgreSQL looks for conflicts first, as if the row were stored.
			d.noteDuplicate(s, st, nth, r)
			if s.mustFail() {
				return ErrSerialization
			}
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
		parent := *key.column(r)
		if parent == NoSlot || old != nil && parent == *key.column(old) {
			continue
		}
		// The slot may be that of a row that another transaction has not committed.
		if parent == MissingSlot || st.session != nil && !key.parent.has(st, parent) {
			return d.missingParent(i)
		}
		if s := st.session; s != nil {
			if err := key.parent.lock(s, parent, KeyShare); err != nil {
				if c, waits := err.(*ConflictError[T]); waits { //nolint:errorlint // never wrapped
					c.IfGone = d.missingParent(i)
				}
				return err
			}
			key.parent.noteRowRead(s, parent)
		}
	}
	return nil
}

// missingParent returns the error of a row whose parent by the nth foreign key is missing.
func (d *TableDef[T, R]) missingParent(nth int) *ViolationError {
	key := &d.foreignKeys[nth]
	return &ViolationError{Kind: MissingParent, Table: d.Name, Constraint: key.name, Nth: nth, Parent: key.parent.name()}
}
