package pgdb

import (
	"context"
	"fmt"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/pgdb/internal/sqlc"
)

// dumpTable returns a step that reads a table.
func dumpTable[R, T any](name string, query func(context.Context) ([]R, error), convert func(R) T, into *[]T) func(context.Context) error {
	return func(ctx context.Context) error {
		rows, err := query(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		*into = convertAll(rows, convert)
		return nil
	}
}

// Dump returns all rows of all tables as one consistent snapshot, each table
// ordered by its primary key.
func (db *DB) Dump(ctx context.Context) (*tasktwin.Dump, error) {
	var d *tasktwin.Dump
	err := db.InTx(ctx, func(s tasktwin.Store) error {
		var err error
		d, err = s.(*tx).Dump(ctx)
		return err
	}, &tasktwin.TxOptions{Isolation: tasktwin.RepeatableRead, ReadOnly: true})
	return d, err
}

// Dump returns all rows of all tables, as the transaction sees them.
func (t *tx) Dump(ctx context.Context) (*tasktwin.Dump, error) {
	var d tasktwin.Dump
	err := t.run(ctx, reads, nothing, func(q *sqlc.Queries) error { return runSteps(ctx, dumpSteps(q, &d)) })
	if err != nil {
		return nil, err
	}
	return &d, nil
}
