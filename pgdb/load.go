package pgdb

import (
	"context"
	"reflect"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/enums"
	"github.com/tasktwin/tasktwin/pgdb/internal/sqlc"
)

// Load inserts all rows atomically, with one COPY per table: see
// [tasktwin.Loader]. The enum values of all tables are checked before anything is
// sent. Load does not update the statistics of the tables: ANALYZE does, as does
// the server after a while.
func (db *DB) Load(ctx context.Context, rows *tasktwin.Dump) error {
	if err := db.enter(ctx); err != nil {
		return err
	}
	defer db.leave()
	if err := enums.CheckLoad(rows); err != nil {
		return err
	}
	return db.transact(ctx, tasktwin.TxOptions{}, func(t *tx) error { return t.load(ctx, nothing, rows) })
}

// Load inserts all rows in the transaction.
func (t *tx) Load(ctx context.Context, rows *tasktwin.Dump) error {
	return t.load(ctx, func() error { return enums.CheckLoad(rows) }, rows)
}

func (t *tx) load(ctx context.Context, check func() error, rows *tasktwin.Dump) error {
	return t.run(ctx, writes, check, func(*sqlc.Queries) error { return runSteps(ctx, copySteps(t.pgx, rows)) })
}

// copyTable returns a step that copies rows into a table. The columns are the
// fields of the row, which have the same names in JSON, except for the generated
// columns.
func copyTable[R any](tx pgx.Tx, table string, rows []R, generated ...string) func(context.Context) error {
	return func(ctx context.Context) error {
		var columns []string
		var fields []int
		for i := range reflect.TypeFor[R]().NumField() {
			name := reflect.TypeFor[R]().Field(i).Tag.Get("json")
			if !slices.Contains(generated, name) {
				columns, fields = append(columns, name), append(fields, i)
			}
		}
		values := make([]any, len(fields))
		_, err := tx.CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromSlice(len(rows), func(i int) ([]any, error) {
			row := reflect.ValueOf(&rows[i]).Elem()
			for n, field := range fields {
				values[n] = row.Field(field).Interface()
			}
			return values, nil
		}))
		return err
	}
}
