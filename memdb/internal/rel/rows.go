package rel

// Insert stores a new row. Violations are found in PostgreSQL's order: not-null
// columns, check constraints, unique indexes, foreign keys. Unique indexes and foreign
// keys are checked in the order of their creation. If Insert returns an error, nothing
// has changed.
func (d *TableDef[T, R]) Insert(st *State[T], r *R) error {
	if err := d.check(r); err != nil {
		return err
	}
	var buf [4]indexEntry
	entries, err := d.checkUnique(st, r, buf[:0])
	if err != nil {
		return err
	}
	if err := d.checkForeignKeys(r); err != nil {
		return err
	}
	slot := d.store(st, r, entries)
	if d.Stored != nil {
		d.Stored(st, slot, r, nil)
	}
	return nil
}

// indexEntry is a row's entry in one of its table's unique indexes, if it is in the index.
type indexEntry struct {
	hash uint32
	in   bool
}

func (d *TableDef[T, R]) check(r *R) error {
	if d.Check == nil {
		return nil
	}
	return d.Check(r)
}

// checkUnique returns the row's entries, one for each unique index, or the error of
// the first index that the row violates.
func (d *TableDef[T, R]) checkUnique(st *State[T], r *R, entries []indexEntry) ([]indexEntry, error) {
	for i := range d.Unique {
		u := &d.Unique[i]
		var e indexEntry
		taken := false
		if u.Find != nil {
			_, taken = u.Find(&st.Tables, r)
		} else if e.hash, e.in = u.Hash(&st.Tables, r); e.in {
			_, taken = u.find(&st.Tables, d.Table(&st.Tables), e.hash, r)
		}
		if taken {
			return nil, &ViolationError{Kind: Duplicate, Table: d.Name, Constraint: u.Name, Nth: i}
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// checkForeignKeys returns the error of the first foreign key whose parent is
// missing.
func (d *TableDef[T, R]) checkForeignKeys(r *R) error {
	for i := range d.foreignKeys {
		if key := &d.foreignKeys[i]; *key.column(r) == MissingSlot {
			return &ViolationError{Kind: MissingParent, Table: d.Name, Constraint: key.name, Nth: i, Parent: key.parent}
		}
	}
	return nil
}

// store adds a checked row to the table, its indexes and the lists of its parents.
func (d *TableDef[T, R]) store(st *State[T], r *R, entries []indexEntry) (slot uint32) {
	st.changed = true
	if d.Append != nil {
		d.Append(st, r)
		return NoSlot
	}
	t := d.Table(&st.Tables)
	slot = t.allocSlot()
	t.rows.Set(st.owner, slot, r)
	for i, e := range entries {
		if e.in {
			d.Unique[i].Index(&st.Tables).Insert(st.owner, e.hash, slot)
		}
	}
	for i := range d.foreignKeys {
		key := &d.foreignKeys[i]
		if parent := *key.column(r); parent != NoSlot {
			key.children.Attach(st, parent, slot, r)
		}
	}
	return slot
}

// Update replaces the row at a slot. Violations are found in the same order as by
// Insert. If Update returns an error, nothing has changed.
func (d *TableDef[T, R]) Update(st *State[T], slot uint32, old, r *R) error {
	if err := d.check(r); err != nil {
		return err
	}
	var buf [4]indexMove
	moves, err := d.checkMoves(st, old, r, buf[:0])
	if err != nil {
		return err
	}
	if err := d.checkForeignKeys(r); err != nil {
		return err
	}
	st.changed = true
	d.Table(&st.Tables).rows.Set(st.owner, slot, r)
	for i, m := range moves {
		if m.from.in {
			d.Unique[i].Index(&st.Tables).Remove(st.owner, m.from.hash, slot)
		}
		if m.to.in {
			d.Unique[i].Index(&st.Tables).Insert(st.owner, m.to.hash, slot)
		}
	}
	d.reattach(st, slot, old, r)
	if d.Stored != nil {
		d.Stored(st, slot, r, old)
	}
	return nil
}

// indexMove is the change that an update makes to a unique index: the entry to remove
// and the entry to insert. If the key stays the same, both are empty.
type indexMove struct{ from, to indexEntry }

// checkMoves returns the moves, one for each unique index, or the error of the first
// index that the row would violate. It does not look up a key that stays the same,
// which would find the old row.
func (d *TableDef[T, R]) checkMoves(st *State[T], old, r *R, moves []indexMove) ([]indexMove, error) {
	for i := range d.Unique {
		u := &d.Unique[i]
		var m indexMove
		taken := false
		switch {
		case u.Find == nil:
			m.from.hash, m.from.in = u.Hash(&st.Tables, old)
			m.to.hash, m.to.in = u.Hash(&st.Tables, r)
			if m.from.in && m.to.in && u.Same(&st.Tables, old, r) {
				m = indexMove{}
			} else if m.to.in {
				_, taken = u.find(&st.Tables, d.Table(&st.Tables), m.to.hash, r)
			}
		case !u.Same(&st.Tables, old, r):
			_, taken = u.Find(&st.Tables, r)
		}
		if taken {
			return nil, &ViolationError{Kind: Duplicate, Table: d.Name, Constraint: u.Name, Nth: i}
		}
		moves = append(moves, m)
	}
	return moves, nil
}

// reattach moves a row from the lists of its old parents to those of its new parents.
func (d *TableDef[T, R]) reattach(st *State[T], slot uint32, old, r *R) {
	for i := range d.foreignKeys {
		key := &d.foreignKeys[i]
		from, to := *key.column(old), *key.column(r)
		if from == to {
			continue
		}
		if from != NoSlot {
			key.children.Detach(st, from, slot, old)
		}
		if to != NoSlot {
			key.children.Attach(st, to, slot, r)
		}
	}
}
