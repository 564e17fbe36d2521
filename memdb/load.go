package memdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/enums"
	"github.com/tasktwin/tasktwin/memdb/internal/rel"
)

// Load adds rows to all tables: see [tasktwin.Loader].
func (q queries) Load(ctx context.Context, rows *tasktwin.Dump) error {
	return q.exec(ctx, unsent(enums.CheckLoad(rows)), rel.MayFailMidway, func(st *state) error {
		for i := range dumpedTables {
			if err := dumpedTables[i].load(st, rows); err != nil {
				return err
			}
		}
		return nil
	})
}

// parseCopy returns a function that parses a copy of a row whose table stores public rows.
func parseCopy[R any](parse func(*R) error) func(int, *R) (pendingRow[R], error) {
	return func(_ int, row *R) (pendingRow[R], error) {
		r := *row
		return pendingRow[R]{row: &r}, parse(&r)
	}
}

// loadTable adds rows to a table.
func loadTable[T, R any](st *state, d *table[R], rows []T, parse func(*T) (pendingRow[R], error)) error {
	// placeholders are the slots that stand for missing parents, one for each foreign key
	// and id.
	type missingParent struct {
		foreignKey int
		id         uuid.UUID
	}
	placeholders := map[missingParent]uint32{}
	return rel.Load(st, &d.TableDef, rows, parse, rel.Pending[tables, R, pendingRow[R]]{
		Row:     func(f *pendingRow[R]) *R { return f.row },
		Resolve: func(st *state, f *pendingRow[R]) { d.resolve(st, f, nil) },
		Placeholder: func(f *pendingRow[R], n int, reserve func() uint32) uint32 {
			parent := missingParent{n, f.refs[n].UUID}
			slot, ok := placeholders[parent]
			if !ok {
				slot = reserve()
				placeholders[parent] = slot
			}
			return slot
		},
		Explain: func(st *state, f *pendingRow[R], violated error) error { return d.explain(st, *f, violated) },
	})
}
