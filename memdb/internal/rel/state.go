package rel

import (
	"iter"
	"slices"
	"sync/atomic"

	"github.com/tasktwin/tasktwin/memdb/internal/cow"
)

// State is a version of all tables.
type State[T any] struct {
	// Tables are the tables, their indexes, and what is derived from their rows.
	// Copying the value must copy no rows: they are in containers of package cow.
	Tables T
	owner  cow.Owner
	// changed is set if the state differs from the one that it was cloned from.
	changed bool
	// read is set once a reader has the state that keeps it, or has no place. From then on it is
	// cloned instead of being changed: see Store.enter.
	read atomic.Bool
	// session is the transaction that changes the state, or nil.
	session *session[T]
}

// clone returns a state that can be changed without changing st.
func (st *State[T]) clone() *State[T] { return &State[T]{Tables: st.Tables, owner: cow.NewOwner()} }

// setChanged sets changed. If it is set already, the cache line stays with the processors that
// read the state.
func (st *State[T]) setChanged() {
	if !st.changed {
		st.changed = true
	}
}

// Owner returns the owner under which containers of the state are changed.
func (st *State[T]) Owner() cow.Owner { return st.owner }

// cloneChanged returns a clone that has the changes of st, too.
func (st *State[T]) cloneChanged() *State[T] {
	c := st.clone()
	c.changed, c.session = st.changed, st.session
	return c
}

// Snapshot returns the state in which a statement looks for rows. It is the state that
// it changes, unless the statement had to wait: then it is the one in which it began.
func (st *State[T]) Snapshot() *State[T] {
	if s := st.session; s != nil && s.statement != nil {
		return s.statement
	}
	return st
}

// Newest returns the state in which a statement looks for keys and references, which has
// all that is committed. It is the state that it changes, unless the transaction has a
// snapshot and others have committed since.
func (st *State[T]) Newest() *State[T] {
	if s := st.session; s != nil && s.newest != nil {
		return s.newest
	}
	return st
}

// Elsewhere returns the states of other transactions that have not ended, and Newest if
// that is another than st.
func (st *State[T]) Elsewhere() (states []*State[T]) {
	if st.session == nil {
		return nil
	}
	if newest := st.Newest(); newest != st {
		states = append(states, newest)
	}
	for _, o := range st.session.others() {
		if o != st.session && o.state() != nil {
			states = append(states, o.state())
		}
	}
	return states
}

// NoSlot is NULL in a column that holds a slot. No row is stored at it.
const NoSlot = ^uint32(0)

// MissingSlot in a column that holds a slot means that the parent does not exist. No row
// is stored at it, and no stored row refers to it.
const MissingSlot = NoSlot - 1

// Table holds the rows of a table. Each row has a number, its slot. Stored rows are
// never changed: an update replaces the row at a slot by another.
type Table[R any] struct {
	rows cow.Vec[*R]
	tableSlots
	size int
	// gone are deleted rows to which others refer, in the state of a snapshot.
	gone *goneRow[R]
}

// goneRow is a row that a transaction has deleted. Rows of its snapshot may still refer to it:
// those that other transactions have deleted since, or have given another parent. A delete
// looks at the newest rows, and leaves these alone.
type goneRow[R any] struct {
	slot uint32
	row  *R
	next *goneRow[R]
}

// Row returns the row at a slot, or nil.
func (t *Table[R]) Row(slot uint32) *R { return t.rows.Get(slot) }

// Parent returns the row at a slot to which another row refers. In a transaction with a
// snapshot it may be deleted: then Row returns nil.
func (t *Table[R]) Parent(slot uint32) *R {
	r := t.rows.Get(slot)
	for g := t.gone; r == nil && g != nil; g = g.next {
		if g.slot == slot {
			r = g.row
		}
	}
	return r
}

// Parents iterates over the slots and rows to which others may refer: see Parent.
func (t *Table[R]) Parents() iter.Seq2[uint32, *R] {
	return func(yield func(uint32, *R) bool) {
		for slot, r := range t.All() {
			if !yield(slot, r) {
				return
			}
		}
		for g := t.gone; g != nil; g = g.next {
			if !yield(g.slot, g.row) {
				return
			}
		}
	}
}

// FindGone returns the slot of a deleted row to which others may still refer: see Parent.
func (t *Table[R]) FindGone(is func(*R) bool) (slot uint32, ok bool) {
	for g := t.gone; g != nil; g = g.next {
		if is(g.row) {
			return g.slot, true
		}
	}
	return 0, false
}

// Set replaces the row at a slot by one that differs only in derived data. It runs no
// checks and no hooks, and leaves the indexes as they are.
func (t *Table[R]) Set(own cow.Owner, slot uint32, r *R) { t.rows.Set(own, slot, r) }

// Len returns the number of rows.
func (t *Table[R]) Len() int { return t.size }

// All iterates over the slots and rows, in slot order.
func (t *Table[R]) All() iter.Seq2[uint32, *R] {
	return func(yield func(uint32, *R) bool) {
		for slot := range t.next {
			if r := t.rows.Get(slot); r != nil && !yield(slot, r) {
				return
			}
		}
	}
}

// put stores a row at an empty slot.
func (t *Table[R]) put(own cow.Owner, slot uint32, r *R) {
	t.size++
	t.take(own, slot)
	t.rows.Set(own, slot, r)
}

// clear removes the row at a slot.
func (t *Table[R]) clear(own cow.Owner, slot uint32) {
	t.size--
	t.rows.Set(own, slot, nil)
	t.freed = &freedSlot{slot, t.freed}
}

// reclaimSlots makes the slots free that a statement or a committed transaction has freed, and
// drops the pages of slots that have no rows any more. It calls dropped for each of them.
func (t *Table[R]) reclaimSlots(own cow.Owner, dropped func(page uint32)) {
	for f := t.freed; f != nil; f = f.next {
		page := f.slot / cow.PageSize
		rows := t.rows.Page(page)
		switch {
		case len(rows) == 0: // dropped with another of its slots
		case slices.ContainsFunc(rows, func(r *R) bool { return r != nil }):
			t.release(own, page, slotBit(f.slot))
		default:
			t.release(own, page, ^uint64(0)) // also the slots of rows that were never committed
			t.rows.DropPage(own, page)
			dropped(page)
		}
	}
	t.freed = nil
	t.trim(own, func(page uint32) bool { return len(t.rows.Page(page)) == 0 })
}
