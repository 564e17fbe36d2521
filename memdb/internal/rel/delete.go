package rel

// relation is a table with any row type. A cascading delete may reach several.
type relation[T any] interface {
	name() string
	// key returns a row's key as error messages print it. The row must be an *R of the table.
	key(row any) string
	// remove removes a row and returns it with the foreign keys that may refer to it.
	remove(st *State[T], slot uint32) removed[T]
}

// removed is a removed row and the foreign keys to its table.
type removed[T any] struct {
	table     relation[T]
	row       any // a pointer, so that the interface needs no allocation
	slot      uint32
	referrers []referrer[T]
}

func (d *TableDef[T, R]) name() string { return d.Name }

func (d *TableDef[T, R]) key(row any) string {
	if d.Key == nil {
		return ""
	}
	return d.Key(row.(*R))
}

// remove removes a row from the table, its indexes and the lists of its parents.
func (d *TableDef[T, R]) remove(st *State[T], slot uint32) removed[T] {
	st.changed = true
	t := d.Table(&st.Tables)
	r := t.rows.Get(slot)
	for i := range d.Unique {
		u := &d.Unique[i]
		if u.Find != nil {
			continue
		}
		if hash, in := u.Hash(&st.Tables, r); in {
			u.Index(&st.Tables).Remove(st.owner, hash, slot)
		}
	}
	t.rows.Set(st.owner, slot, nil)
	t.releaseSlot(slot)
	// The same statement may already have removed a parent. Its slot is not reused
	// before the statement ends, and its lists are drained, or will be.
	for i := range d.foreignKeys {
		key := &d.foreignKeys[i]
		if parent := *key.column(r); parent != NoSlot {
			key.children.Detach(st, parent, slot, r)
		}
	}
	if d.Removed != nil {
		d.Removed(st, slot, r)
	}
	return removed[T]{d, r, slot, d.referrers}
}

// Delete removes the row at a slot and applies the actions of the foreign keys to it.
// PostgreSQL queues one trigger per foreign key for each deleted row and fires them
// first in, first out. The triggers of rows that a cascade deletes go to the end of
// the queue. The order decides which of several violations is reported, and whether a
// cascade removes a reference before a NO ACTION key checks for it. After an error the
// state is partly changed and must be dropped.
func (d *TableDef[T, R]) Delete(st *State[T], slot uint32) error {
	type event struct {
		parent *removed[T]
		key    *referrer[T]
	}
	var queue []event
	remove := func(table relation[T], slot uint32) {
		gone := table.remove(st, slot)
		for i := range gone.referrers {
			queue = append(queue, event{&gone, &gone.referrers[i]})
		}
	}
	remove(d, slot)
	for len(queue) > 0 {
		parent, key := queue[0].parent, queue[0].key
		queue = queue[1:]
		for _, slot := range key.drain(st, parent.slot) {
			switch key.onDelete {
			case Cascade:
				remove(key.table, slot)
			default:
				return &ViolationError{
					Kind: StillReferenced, Table: key.table.name(), Constraint: key.name, Nth: key.nth,
					Parent: parent.table.name(), Key: parent.table.key(parent.row), Restrict: key.onDelete == Restrict,
				}
			}
		}
	}
	return nil
}
