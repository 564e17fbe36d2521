package rel

import "slices"

// mergedRow is a row to carry over from one state to another.
type mergedRow struct {
	slot uint32
	// isNew says that the row at the slot is not the one that was there before, if any.
	isNew bool
}

// merge carries the changes of logs over from src, the state in which they were made, to
// dst. Locks keep the rows that concurrent transactions change apart, and rows have the
// same slots in both states, so that it does not matter in which order the changes of
// several transactions come. What is derived from the rows follows by the hooks.
func (s *Store[T]) merge(dst, src *State[T], logs ...[]entry) {
	tables := s.schema.tables
	rows := make([][]mergedRow, len(tables))
	places := map[rowID]int{}
	for _, log := range logs {
		for _, e := range log {
			if !e.changes() {
				continue
			}
			table := e.row().table()
			at, ok := places[e.row()]
			if !ok {
				at = len(rows[table])
				places[e.row()] = at
				rows[table] = append(rows[table], mergedRow{slot: e.row().slot()})
			}
			if e.kind() == inserted {
				rows[table][at].isNew = true
			}
		}
	}
	// Children are deleted before their parents, and stored after them.
	for i, table := range slices.Backward(tables) {
		table.mergeDeletes(dst, src, rows[i])
	}
	for i, table := range tables {
		table.mergeRows(dst, src, rows[i])
	}
	s.schema.settle(dst)
}

func (d *TableDef[T, R]) mergeDeletes(dst, src *State[T], rows []mergedRow) {
	if d.Append != nil {
		return
	}
	for _, m := range rows {
		if d.Table(&dst.Tables).Row(m.slot) != nil && (m.isNew || d.Table(&src.Tables).Row(m.slot) == nil) {
			d.remove(dst, m.slot)
		}
	}
}

func (d *TableDef[T, R]) mergeRows(dst, src *State[T], rows []mergedRow) {
	if d.Append != nil {
		for _, m := range rows {
			r := d.Appended(src, m.slot)
			dst.changed = true
			d.Append(dst, &r, m.slot)
		}
		return
	}
	for _, m := range rows {
		from := d.Table(&src.Tables).Row(m.slot)
		old := d.Table(&dst.Tables).Row(m.slot)
		if from == nil || from == old {
			continue
		}
		r := new(R)
		*r = *from
		if old != nil {
			var buf [4]indexMove
			d.replace(dst, m.slot, old, r, d.moves(dst, old, r, buf[:0]))
			continue
		}
		var buf [4]indexEntry
		d.storeAt(dst, m.slot, r, d.entries(dst, r, buf[:0]))
		if d.Stored != nil {
			d.Stored(dst, m.slot, r, nil)
		}
	}
}

// entries returns the row's entries in the unique indexes.
func (d *TableDef[T, R]) entries(st *State[T], r *R, entries []indexEntry) []indexEntry {
	for i := range d.Unique {
		var e indexEntry
		if u := &d.Unique[i]; u.Find == nil {
			e.hash, e.in = u.Hash(&st.Tables, r)
		}
		entries = append(entries, e)
	}
	return entries
}

// moves returns what an update does to the unique indexes.
func (d *TableDef[T, R]) moves(st *State[T], old, r *R, moves []indexMove) []indexMove {
	for i := range d.Unique {
		var m indexMove
		if u := &d.Unique[i]; u.Find == nil {
			m.from.hash, m.from.in = u.Hash(&st.Tables, old)
			m.to.hash, m.to.in = u.Hash(&st.Tables, r)
			if m.from.in && m.to.in && u.Same(&st.Tables, old, r) {
				m = indexMove{}
			}
		}
		moves = append(moves, m)
	}
	return moves
}
