package memdb

import (
	"slices"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin/internal/pgvalue"
	"github.com/tasktwin/tasktwin/memdb/internal/cow"
	"github.com/tasktwin/tasktwin/memdb/internal/rel"
)

// copies returns copies of the rows of a list in the order of the list.
func copies[R, T any](st *state, d *table[R], list cow.Tree[rel.NumberedChild], copyOut func(*state, *R) T) []T {
	t := d.Table(&st.Tables)
	rows := make([]T, 0, list.Len())
	for n := range list.All() {
		d.Read(st, n.Slot)
		rows = append(rows, copyOut(st, t.Row(n.Slot)))
	}
	return rows
}

// distinct returns the ids of a list argument in order, each once.
func distinct(ids []uuid.UUID) []uuid.UUID {
	ids = slices.Clone(ids)
	slices.SortFunc(ids, pgvalue.CompareUUID)
	return slices.Compact(ids)
}
