package memdb

import (
	"context"
	"iter"
	"slices"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/pgvalue"
)

// dumpedTable copies a table's rows into a dump and loads them from one.
type dumpedTable struct {
	dump func(st *state, into *tasktwin.Dump)
	load func(st *state, from *tasktwin.Dump) error
}

// dumpedTables are the tables in the order of their creation.
var dumpedTables []dumpedTable

// dumped adds a table to dumpedTables. list returns the table's field in a dump. rows
// returns copies of all rows. parse parses a row as COPY of a major version does: column by
// column, with each length checked together with its column.
func dumped[R, T any](
	d *table[R], list func(*tasktwin.Dump) *[]T, rows func(*state) []T,
	parse func(version int, row *T) (pendingRow[R], error),
) {
	dumpedTables = append(dumpedTables, dumpedTable{
		dump: func(st *state, into *tasktwin.Dump) {
			d.ReadAll(st)
			*list(into) = rows(st)
		},
		load: func(st *state, from *tasktwin.Dump) error {
			version := st.Tables.opts.PostgresVersion
			return loadTable(st, d, *list(from), func(row *T) (pendingRow[R], error) { return parse(version, row) })
		},
	})
}

// alike returns a parse function for a table whose rows all major versions parse alike.
func alike[R, T any](parse func(*T) (pendingRow[R], error)) func(int, *T) (pendingRow[R], error) {
	return func(_ int, row *T) (pendingRow[R], error) { return parse(row) }
}

// Dump returns all rows of all tables, each table ordered by primary key.
func (q queries) Dump(ctx context.Context) (*tasktwin.Dump, error) {
	return read(ctx, q, nil, func(st *state) (*tasktwin.Dump, error) {
		var d tasktwin.Dump
		for i := range dumpedTables {
			dumpedTables[i].dump(st, &d)
		}
		return &d, nil
	})
}

// rowsOf returns a function that returns copies of all rows of a table, ordered by primary
// key.
func rowsOf[R, T any](d *table[R], copyOut func(*state, *R) T) func(*state) []T {
	return func(st *state) []T {
		rows := make([]T, 0, d.Table(&st.Tables).Len())
		for _, f := range byKey(d, d.Table(&st.Tables).All()) {
			rows = append(rows, copyOut(st, f.row))
		}
		return rows
	}
}

// slotRow is a row and its slot.
type slotRow[R any] struct {
	slot uint32
	row  *R
}

// byKey returns some rows of a table ordered by primary key.
func byKey[R any](d *table[R], all iter.Seq2[uint32, *R]) []slotRow[R] {
	var rows []slotRow[R]
	for slot, r := range all {
		rows = append(rows, slotRow[R]{slot, r})
	}
	slices.SortFunc(rows, func(a, b slotRow[R]) int { return pgvalue.CompareUUID(d.id(a.row), d.id(b.row)) })
	return rows
}
