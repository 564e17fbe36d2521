package rel

import (
	"slices"

	"github.com/tasktwin/tasktwin/internal/footprint"
)

// relation is a table with any row type. A cascading delete may reach several.
type relation[T any] interface {
	name() string
	define(schema *Schema[T], index int)
	// has reports whether there is a row at a slot.
	has(st *State[T], slot uint32) bool
	// key returns a row's key as error messages print it. The row must be an *R of the table.
	key(t *T, row any) string
	// remove removes a row and returns it with the foreign keys that may refer to it.
	remove(st *State[T], slot uint32) removed[T]
	drop(st *State[T], slot uint32)
	nextSlot(st *State[T]) uint32
	reclaimSlots(st *State[T])
	rowID(slot uint32) rowID
	keyOfSlot(st *State[T], slot uint32) string
	lock(s *session[T], slot uint32, mode LockMode) error
	lockChild(s *session[T], slot uint32) error
	conflict(s *session[T], slot uint32, mode LockMode) error
	Read(st *State[T], slot uint32)
	noteDelete(st *State[T], slot uint32)
	touchDelete(st *State[T], row any)
	touchChildren(s *session[T], nth int, hash uint32, a footprint.Access)
	touchPrimaryKey(s *session[T], hash uint32)
	identityAt(st *State[T], slot uint32) uint32
	identityOf(st *State[T], row any) uint32
	noteChildrenRead(s *session[T], nth int, hash uint32)
	keyHash(t *T, row any) uint32
	keyHashAt(st *State[T], slot uint32) uint32
	mergeDeletes(dst, src *State[T], slots []uint32)
	mergeRows(dst, src *State[T], slots []uint32)
}

// removed is a removed row and the foreign keys to its table.
type removed[T any] struct {
	table     relation[T]
	row       any // a pointer, so that the interface needs no allocation
	slot      uint32
	referrers []referrer[T]
}

func (d *TableDef[T, R]) name() string { return d.Name }

func (d *TableDef[T, R]) rowID(slot uint32) rowID { return newRowID(d.index, slot) }

func (d *TableDef[T, R]) has(st *State[T], slot uint32) bool {
	return d.Append == nil && d.Table(&st.Tables).Row(slot) != nil
}

func (d *TableDef[T, R]) key(t *T, row any) string {
	if d.Key == nil {
		return ""
	}
	return d.Key(t, row.(*R))
}

// remove removes a row from the table, its indexes and the lists of its parents.
func (d *TableDef[T, R]) remove(st *State[T], slot uint32) removed[T] {
	st.changed = true
	t := d.Table(&st.Tables)
	r := t.rows.Get(slot)
	for i := range d.Unique {
		u := &d.Unique[i]
		if e := u.entry(&st.Tables, r); e.in {
			u.Index(&st.Tables).Remove(st.owner, e.hash, slot)
		}
	}
	t.clear(st.owner, slot)
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
	s, newest := st.session, st.Newest()
	if s != nil {
		s.giveID()
		if err := d.lock(s, slot, Update); err != nil {
			return err
		}
	}
	// Triggers look at the newest rows, whatever the transaction's snapshot is.
	if err := d.cascade(s, newest, slot); err != nil {
		return err
	}
	if newest != st {
		s.store.drop(st, s.log[s.mark:])
	}
	return nil
}

// cascade removes a row that is locked.
func (d *TableDef[T, R]) cascade(s *session[T], st *State[T], slot uint32) error {
	type event struct {
		parent *removed[T]
		key    *referrer[T]
	}
	var queue []event
	remove := func(table relation[T], slot uint32) {
		gone := table.remove(st, slot)
		if s != nil {
			s.note(deleted, table.rowID(slot))
			s.noteFormer(table.rowID(slot), gone.row)
			table.noteDelete(st, slot)
			table.touchDelete(st, gone.row)
		}
		for i := range gone.referrers {
			queue = append(queue, event{&gone, &gone.referrers[i]})
		}
	}
	remove(d, slot)
	for len(queue) > 0 {
		parent, key := queue[0].parent, queue[0].key
		queue = queue[1:]
		if s != nil && s.serializable != nil {
			key.table.noteChildrenRead(s, key.nth, parent.table.keyHash(&st.Tables, parent.row))
		}
		if s != nil && s.footprint != nil {
			key.table.touchChildren(s, key.nth, parent.table.identityOf(st, parent.row), footprint.Sees|footprint.Update|footprint.Writes)
		}
		children := key.drain(st, parent.slot)
		for i, slot := range children {
			if key.onDelete == Cascade {
				if s != nil {
					if err := key.table.lockChild(s, slot); err != nil {
						return withRest(err, key.table, children[i+1:])
					}
				}
				remove(key.table, slot)
				continue
			}
			if s != nil && slot != NoSlot {
				// A row that another transaction is deleting is waited for.
				if err := key.table.conflict(s, slot, KeyShare); err != nil {
					return err
				}
			}
			return &ViolationError{
				Kind: StillReferenced, Table: key.table.name(), Constraint: key.name, Nth: key.nth,
				Parent: parent.table.name(), Key: parent.table.key(&st.Tables, parent.row), Restrict: key.onDelete == Restrict,
			}
		}
	}
	if d.schema == nil {
		return nil
	}
	d.schema.settle(st)
	if s == nil {
		d.schema.reclaimSlots(st)
	}
	return nil
}

// withRest adds to a conflict the rows that the same trigger has yet to delete.
func withRest[T any](err error, table relation[T], slots []uint32) error {
	if c, waits := err.(*ConflictError[T]); waits { //nolint:errorlint // never wrapped
		for _, slot := range slots {
			c.rest = append(c.rest, table.rowID(slot))
		}
	}
	return err
}

// drop removes the rows that a statement has deleted, according to its log, from the state of
// a snapshot, children before their parents.
func (s *Store[T]) drop(st *State[T], log []entry) {
	for _, e := range slices.Backward(log) {
		if e.kind() == deleted {
			s.schema.tables[e.row().table()].drop(st, e.row().slot())
		}
	}
	s.schema.settle(st)
}

// drop removes a row from the state of a snapshot, if it is there: an earlier delete of the
// statement may have removed it.
func (d *TableDef[T, R]) drop(st *State[T], slot uint32) {
	t := d.Table(&st.Tables)
	r := t.Row(slot)
	if r == nil {
		return
	}
	d.remove(st, slot)
	if !slices.ContainsFunc(d.referrers, func(key referrer[T]) bool { return key.has != nil && key.has(st, slot) }) {
		return
	}
	t.gone = &goneRow[R]{slot, r, t.gone}
	if d.Orphaned != nil {
		d.Orphaned(st, slot)
	}
}
