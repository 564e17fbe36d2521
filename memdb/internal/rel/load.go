package rel

import "slices"

// copyBatch is how many rows COPY takes at a time: it checks the values of all of
// them before it puts the first into the unique indexes.
const copyBatch = 1000

// Pending says what the kernel needs to know of a P, which is a row that is not in
// its table yet, with what it refers to.
type Pending[T, R, P any] struct {
	Row func(*P) *R
	// Resolve sets the columns by which the row refers to others: the parent's slot,
	// NoSlot for NULL, and MissingSlot where there is no such parent.
	Resolve func(st *State[T], p *P)
	// Adopt returns a slot to stand for the missing parent of the table's n-th
	// foreign key: one that reserve allocated, the same for the same parent.
	Adopt func(p *P, n int, reserve func() uint32) uint32
	// Explain returns the error of a row that violates a constraint, with what only
	// a P knows of it.
	Explain func(st *State[T], p *P, violated error) error
}

// Load adds rows to a table as COPY does. PostgreSQL checks the foreign keys at the
// end, row by row: until then a row whose parent is missing is in the table, and in
// the way of others that want to be unique. If it returns an error, the state is
// half changed and must be dropped.
func Load[T, R, P, In any](st *State[T], d *TableDef[T, R], rows []In, parse func(*In) (P, error), pending Pending[T, R, P]) error {
	var missing error
	batch := make([]P, 0, min(len(rows), copyBatch))
	for some := range slices.Chunk(rows, copyBatch) {
		batch = batch[:0]
		for i := range some {
			p, err := parse(&some[i])
			if err != nil {
				return err
			}
			if err := d.check(pending.Row(&p)); err != nil {
				return pending.Explain(st, &p, err)
			}
			batch = append(batch, p)
		}
		for i := range batch {
			p := &batch[i]
			r := pending.Row(p)
			pending.Resolve(st, p)
			if err := d.checkForeignKeys(r); err != nil {
				if missing == nil {
					missing = pending.Explain(st, p, err)
				}
				d.adopt(st, r, func(n int, reserve func() uint32) uint32 { return pending.Adopt(p, n, reserve) })
			}
			var few [4]indexEntry
			entries, err := d.checkUnique(st, r, few[:0])
			if err != nil {
				return pending.Explain(st, p, err)
			}
			slot := d.place(st, r, entries)
			if d.Stored != nil && missing == nil { // else the state is dropped
				d.Stored(st, slot, r, nil)
			}
		}
	}
	return missing
}

// adopt lets a row refer to slots without rows in place of its missing parents, so
// that it is among others that refer to the same.
func (d *TableDef[T, R]) adopt(st *State[T], r *R, slotOf func(n int, reserve func() uint32) uint32) {
	for i := range d.foreignKeys {
		key := &d.foreignKeys[i]
		if at := key.column(r); *at == MissingSlot {
			*at = slotOf(i, func() uint32 { return key.reserve(st) })
		}
	}
}
