package memdb

import (
	"github.com/tasktwin/tasktwin/memdb/internal/cow"
	"github.com/tasktwin/tasktwin/memdb/internal/rel"
)

// copies returns copies of the rows of a list, in its order.
func copies[R, T any](st *state, d *table[R], list cow.Tree[rel.NumberedChild], out func(*state, *R) T) []T {
	t := d.Table(&st.Tables)
	rows := make([]T, 0, list.Len())
	for n := range list.All() {
		rows = append(rows, out(st, t.Row(n.Slot)))
	}
	return rows
}

// slotOfNumber returns the slot of the row of a list that has a number.
func slotOfNumber(list cow.Tree[rel.NumberedChild], number int32) (slot uint32, ok bool) {
	n, ok := list.Find(rel.AtNumber(number))
	return n.Slot, ok
}
