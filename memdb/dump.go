package memdb

import (
	"context"
	"slices"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/pgvalue"
)

// dumpedTable is how a table's rows come into a dump and out of one.
type dumpedTable struct {
	dump func(st *state, into *tasktwin.Dump)
	load func(st *state, from *tasktwin.Dump) error
}

// dumpedTables are the tables in the order of their creation.
var dumpedTables []dumpedTable

// dumped adds a table to the dump: list is its rows there, rows returns them, and
// parse reads one as COPY does, which takes the columns in their order and applies
// a length with its column.
func dumped[R, T any](
	d *table[R], list func(*tasktwin.Dump) *[]T, rows func(*state) []T, parse func(*T) (pendingRow[R], error),
) {
	dumpedTables = append(dumpedTables, dumpedTable{
		dump: func(st *state, into *tasktwin.Dump) { *list(into) = rows(st) },
		load: func(st *state, from *tasktwin.Dump) error { return loadTable(st, d, *list(from), parse) },
	})
}

// Dump returns every row of every table, each table by its primary key.
func (q queries) Dump(ctx context.Context) (*tasktwin.Dump, error) {
	return read(ctx, q, nil, func(st *state) (*tasktwin.Dump, error) {
		var d tasktwin.Dump
		for i := range dumpedTables {
			dumpedTables[i].dump(st, &d)
		}
		return &d, nil
	})
}

// rowsOf returns what returns copies of all rows of a table, by primary key.
func rowsOf[R, T any](d *table[R], out func(*state, *R) T) func(*state) []T {
	return func(st *state) []T {
		rows := make([]T, 0, d.Table(&st.Tables).Len())
		for _, f := range byKey(st, d) {
			rows = append(rows, out(st, f.row))
		}
		return rows
	}
}

// found is a row and where it was.
type found[R any] struct {
	slot uint32
	row  *R
}

// byKey returns the rows of a table by primary key.
func byKey[R any](st *state, d *table[R]) []found[R] {
	t := d.Table(&st.Tables)
	rows := make([]found[R], 0, t.Len())
	for slot, r := range t.All() {
		rows = append(rows, found[R]{slot, r})
	}
	slices.SortFunc(rows, func(a, b found[R]) int { return pgvalue.CompareUUID(d.id(a.row), d.id(b.row)) })
	return rows
}
