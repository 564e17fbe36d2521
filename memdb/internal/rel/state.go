package rel

import (
	"iter"
	"sync/atomic"

	"github.com/tasktwin/tasktwin/memdb/internal/cow"
)

// State is a version of all tables.
type State[T any] struct {
	// Tables are the tables, their indexes, and what is derived from their rows.
	// Copying the value must copy no rows: they are in containers of package cow.
	Tables T
	owner  cow.Owner
	// changed says that it differs from the state that it was cloned from.
	changed bool
	// read says that somebody reads it, now or later: from then on it is never
	// changed, only cloned.
	read atomic.Bool
}

// clone returns a state that can be changed without changing st.
func (st *State[T]) clone() *State[T] { return &State[T]{Tables: st.Tables, owner: cow.NewOwner()} }

// Owner returns the owner under which containers of the state are changed.
func (st *State[T]) Owner() cow.Owner { return st.owner }

// NoSlot is NULL in a column that refers to a row by its slot. No row has it.
const NoSlot = ^uint32(0)

// MissingSlot stands in such a column for a row that does not exist. No row has
// it, and no row is stored with it.
const MissingSlot = NoSlot - 1

// Table is the rows of a table, each under a number of its own, its slot. Rows are
// never changed once they are stored: an update puts another in the row's place.
type Table[R any] struct {
	rows cow.Vec[*R]
	// next is the first slot that was never used, and free are the slots of rows
	// that were deleted.
	next uint32
	free *freeSlot
	size int
}

type freeSlot struct {
	slot uint32
	next *freeSlot
}

// Row returns the row at a slot, or nil.
func (t *Table[R]) Row(slot uint32) *R { return t.rows.Get(slot) }

// Set replaces the row at a slot by one that differs only in what is derived.
// Indexes, checks and hooks do not see it.
func (t *Table[R]) Set(own cow.Owner, slot uint32, r *R) { t.rows.Set(own, slot, r) }

// Len returns how many rows there are.
func (t *Table[R]) Len() int { return t.size }

// All returns the rows by their slots, in no order that means anything.
func (t *Table[R]) All() iter.Seq2[uint32, *R] {
	return func(yield func(uint32, *R) bool) {
		for slot := range t.next {
			if r := t.rows.Get(slot); r != nil && !yield(slot, r) {
				return
			}
		}
	}
}

// allocSlot returns a slot for a new row.
func (t *Table[R]) allocSlot() uint32 {
	t.size++
	if f := t.free; f != nil {
		t.free = f.next
		return f.slot
	}
	t.next++
	return t.next - 1
}

func (t *Table[R]) releaseSlot(slot uint32) {
	t.size--
	t.free = &freeSlot{slot, t.free}
}
