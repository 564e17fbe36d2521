package rel

import "slices"

// Insert stores a new row. Violations are found in PostgreSQL's order: not-null
// columns, check constraints, unique indexes, foreign keys. Unique indexes and foreign
// keys are checked in the order of their creation. If Insert returns an error, nothing
// has changed, except that the rows that it refers to may be locked.
func (d *TableDef[T, R]) Insert(st *State[T], r *R) error {
	s := st.session
	if s == nil {
		return d.insert(st, r)
	}
	s.giveID()
	err := d.insert(st, r)
	if c, waits := err.(*ConflictError[T]); waits && c.IsKey && s.serializable != nil { //nolint:errorlint // never wrapped
		c.written = d.writtenUpTo(st, r, c.Nth-1)
	}
	return err
}

func (d *TableDef[T, R]) insert(st *State[T], r *R) error {
	if err := d.check(r); err != nil {
		return err
	}
	var buf [4]indexEntry
	entries, err := d.checkUnique(st, r, buf[:0])
	if err != nil {
		return err
	}
	if err := d.checkForeignKeys(st, r, nil); err != nil {
		return d.whileStored(st, err, r)
	}
	slot := d.store(st, r, entries)
	if d.Stored != nil {
		d.Stored(st, slot, r, nil)
	}
	return nil
}

// whileStored adds to a conflict that PostgreSQL has stored the row by then: it checks
// foreign keys after that.
func (d *TableDef[T, R]) whileStored(st *State[T], err error, r *R) error {
	if c, waits := err.(*ConflictError[T]); waits { //nolint:errorlint // never wrapped
		c.pending = pendingKey{d.index, len(d.Unique), r}
		if s := st.session; s.serializable != nil {
			c.written = d.writtenUpTo(st, r, len(d.Unique))
		}
	}
	return err
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

// store adds a checked row to the table, its indexes and the lists of its parents. It
// returns NoSlot for a table with Append.
func (d *TableDef[T, R]) store(st *State[T], r *R, entries []indexEntry) (slot uint32) {
	slot = d.allocSlot(st)
	if s := st.session; s != nil {
		d.touchChange(st, r, nil)
		s.note(inserted, newRowID(d.index, slot))
		d.noteWrite(st, slot, r, nil)
	}
	if d.Append != nil {
		st.setChanged()
		d.Append(st, r, slot)
		return NoSlot
	}
	d.storeAt(st, slot, r, entries)
	return slot
}

// storeAt is store at a given slot, which is not logged.
func (d *TableDef[T, R]) storeAt(st *State[T], slot uint32, r *R, entries []indexEntry) {
	st.setChanged()
	d.Table(&st.Tables).put(st.owner, slot, r)
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
}

// Update replaces the row at a slot. Violations are found in the same order as by
// Insert. If Update returns an error, nothing has changed, except that the row and those
// that it refers to may be locked.
func (d *TableDef[T, R]) Update(st *State[T], slot uint32, old, r *R) error {
	if err := d.check(r); err != nil {
		return err
	}
	if s := st.session; s != nil {
		s.giveID()
	}
	return d.update(st, slot, old, r)
}

// Upsert replaces the old row at a slot that was found by a key of a new one, or stores the new one
// if old is nil, as INSERT … ON CONFLICT DO UPDATE does: it waits for the key before it looks
// whether the transaction may change the row.
func (d *TableDef[T, R]) Upsert(st *State[T], slot uint32, old, r *R) error {
	if old == nil {
		return d.insert(st, r)
	}
	if err := d.check(r); err != nil {
		return err
	}
	if s := st.session; s != nil {
		d.touchChange(st, r, old)
		if holders := d.keyHolders(st, 0, indexEntry{}, r, slot, true); holders != nil {
			return &ConflictError[T]{holders: holders, Table: d.Name, IsKey: true}
		}
	}
	return d.update(st, slot, old, r)
}

// update is Update for a row that has been checked by itself.
func (d *TableDef[T, R]) update(st *State[T], slot uint32, old, r *R) error {
	s := st.session
	if s != nil {
		if err := d.lock(s, slot, NoKeyUpdate); err != nil {
			return err
		}
	}
	var buf [4]indexMove
	moves, err := d.checkMoves(st, old, r, buf[:0])
	if err != nil {
		return err
	}
	row, known := newRowID(d.index, slot), old
	if s != nil && s.has(updated, row) {
		// PostgreSQL checks all references again of a version that the transaction has
		// stored itself.
		known = nil
	}
	if err := d.checkForeignKeys(st, r, known); err != nil {
		if c, waits := err.(*ConflictError[T]); waits && s != nil { //nolint:errorlint // never wrapped
			s.logUpdated(row)
			if s.serializable != nil {
				c.written = d.writtenItems(st, slot, r, old)
			}
		}
		return err
	}
	if s != nil {
		d.noteUpdate(st, slot, old, r, moves)
	}
	d.replace(st, slot, old, r, moves)
	return nil
}

// noteUpdate notes what an update does, in the log and for serializable transactions.
func (d *TableDef[T, R]) noteUpdate(st *State[T], slot uint32, old, r *R, moves []indexMove) {
	s, row := st.session, newRowID(d.index, slot)
	d.touchChange(st, r, old)
	givesUpKey := slices.ContainsFunc(moves, func(m indexMove) bool { return m.from.in })
	// That the transaction has inserted the row says enough, unless its statements are
	// looked at one by one.
	if !s.has(inserted, row) || givesUpKey || s.newest != nil || s.serializable != nil {
		s.logUpdated(row)
	}
	if givesUpKey {
		s.noteFormer(row, old)
	}
	d.noteWrite(st, slot, r, old)
}

// replace puts a checked row in the place of another, which is not logged.
func (d *TableDef[T, R]) replace(st *State[T], slot uint32, old, r *R, moves []indexMove) {
	st.setChanged()
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
}

// indexMove is the change that an update makes to a unique index: the entry to remove
// and the entry to insert. If the key stays the same, both are empty.
type indexMove struct{ from, to indexEntry }

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
