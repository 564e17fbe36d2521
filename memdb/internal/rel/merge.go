package rel

import "slices"

// merge carries the changes of logs over from src, the state in which they were made, to
// dst. Locks keep the rows that concurrent transactions change apart, and rows have the
// same slots in both states, so that it does not matter in which order the changes of
// several transactions come. What is derived from the rows follows by the hooks.
func (s *Store[T]) merge(dst, src *State[T], logs ...[]entry) {
	tables := s.schema.tables
	rows := make([][]uint32, len(tables)) // the slots of the changed rows, once each
	seen := map[rowID]bool{}
	for _, log := range logs {
		for _, e := range log {
			if !e.changes() {
				continue
			}
			if row := e.row(); !seen[row] {
				seen[row] = true
				rows[row.table()] = append(rows[row.table()], row.slot())
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

func (d *TableDef[T, R]) mergeDeletes(dst, src *State[T], slots []uint32) {
	if d.Append != nil {
		return
	}
	for _, slot := range slots {
		if d.has(dst, slot) && !d.has(src, slot) {
			d.remove(dst, slot)
		}
	}
}

func (d *TableDef[T, R]) mergeRows(dst, src *State[T], slots []uint32) {
	if d.Append != nil {
		for _, slot := range slots {
			r := d.Appended(src, slot)
			dst.changed = true
			d.Append(dst, &r, slot)
		}
		return
	}
	for _, slot := range slots {
		from := d.Table(&src.Tables).Row(slot)
		old := d.Table(&dst.Tables).Row(slot)
		if from == nil || from == old {
			continue
		}
		r := new(R)
		*r = *from
		if old != nil {
			var buf [4]indexMove
			moves := buf[:0]
			for i := range d.Unique {
				moves = append(moves, d.Unique[i].move(&dst.Tables, old, r))
			}
			d.replace(dst, slot, old, r, moves)
			continue
		}
		var buf [4]indexEntry
		entries := buf[:0]
		for i := range d.Unique {
			entries = append(entries, d.Unique[i].entry(&dst.Tables, r))
		}
		d.storeAt(dst, slot, r, entries)
		if d.Stored != nil {
			d.Stored(dst, slot, r, nil)
		}
	}
}
