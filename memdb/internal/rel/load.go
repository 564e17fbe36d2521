package rel

import "slices"

// copyBatch is the number of rows that COPY inserts at a time. It checks the values of
// the whole batch before it adds the first row to the unique indexes.
const copyBatch = 1000

// Pending tells the kernel how to handle a P: a row that is not in its table yet,
// together with the keys of the rows that it refers to.
type Pending[T, R, P any] struct {
	Row func(*P) *R
	// Resolve sets the row's foreign key columns to the slots of its parents: NoSlot
	// for NULL, and MissingSlot if the parent does not exist.
	Resolve func(st *State[T], p *P)
	// Placeholder returns a slot that stands for the missing parent of the table's n-th
	// foreign key. It gets the slot from reserve, and returns the same slot for the
	// same parent.
	Placeholder func(p *P, n int, reserve func() uint32) uint32
	// Explain adds details that only a P has to the error of a violated constraint.
	Explain func(st *State[T], p *P, violated error) error
}

// Load adds rows to a table like COPY. PostgreSQL checks the foreign keys at the end,
// row by row. Until then a row whose parent is missing is in the table, and later rows
// can violate a unique index because of it. After an error the state is partly changed
// and must be dropped.
func Load[T, R, P, In any](
	st *State[T], d *TableDef[T, R], rows []In, parse func(*In) (P, error), pending Pending[T, R, P],
) error {
	var missing error
	batch := make([]P, 0, min(len(rows), copyBatch))
	for chunk := range slices.Chunk(rows, copyBatch) {
		batch = batch[:0]
		for i := range chunk {
			p, err := parse(&chunk[i])
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
			if err := d.checkForeignKeys(st, r, nil); err != nil {
				if c, waits := err.(*ConflictError[T]); waits { //nolint:errorlint // never wrapped
					c.isLast = false // there may be other rows
					return pending.Explain(st, p, err)
				}
				if missing == nil {
					missing = pending.Explain(st, p, err)
				}
				d.usePlaceholders(st, r, func(n int, reserve func() uint32) uint32 { return pending.Placeholder(p, n, reserve) })
			}
			var buf [4]indexEntry
			entries, err := d.checkUnique(st, r, buf[:0])
			if err != nil {
				return pending.Explain(st, p, err)
			}
			slot := d.store(st, r, entries)
			if d.Stored != nil && missing == nil { // if one is missing, the state is dropped anyway
				d.Stored(st, slot, r, nil)
			}
		}
	}
	return missing
}

// usePlaceholders makes a row refer to empty slots in place of its missing parents, so
// that unique indexes can compare rows with the same missing parent.
func (d *TableDef[T, R]) usePlaceholders(st *State[T], r *R, slotOf func(n int, reserve func() uint32) uint32) {
	for i := range d.foreignKeys {
		key := &d.foreignKeys[i]
		if at := key.column(r); *at == MissingSlot {
			*at = slotOf(i, func() uint32 { return key.reserve(st) })
		}
	}
}
