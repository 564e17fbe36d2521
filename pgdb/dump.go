package pgdb

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5/pgxpool"

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
func (db *DB) Dump(ctx context.Context) (d *tasktwin.Dump, err error) {
	// Each try learns of the changes of one table.
	for range len(tableNames()) + 1 {
		if d, err = db.dump(ctx); !errors.Is(err, tasktwin.ErrSchemaChanged) {
			break
		}
	}
	return d, err
}

func (db *DB) dump(ctx context.Context) (d *tasktwin.Dump, err error) {
	if err := db.enter(ctx); err != nil {
		return nil, err
	}
	defer db.leave()
	opts := tasktwin.TxOptions{Isolation: tasktwin.RepeatableRead, ReadOnly: true}
	read := func(t *tx) (err error) {
		d, err = t.Dump(ctx)
		return err
	}
	onReplica := func(conn *pgxpool.Conn) error { return db.transactOn(ctx, conn, opts, read) }
	if answered, err := db.onReplica(ctx, true, onReplica); answered {
		return d, err
	}
	return d, db.transact(ctx, opts, read)
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

// DumpTables is Dump of some tables, by their names in the database, such as "tasks".
// Nothing is read of the others, which need not exist, and their fields are nil. It
// returns an error, before anything is read, if there is no table of a name.
func (db *DB) DumpTables(ctx context.Context, tables ...string) (*tasktwin.Dump, error) {
	var d *tasktwin.Dump
	err := db.InTx(ctx, func(s tasktwin.Store) error {
		var err error
		d, err = s.(*tx).DumpTables(ctx, tables...)
		return err
	}, &tasktwin.TxOptions{Isolation: tasktwin.RepeatableRead, ReadOnly: true})
	return d, err
}

// DumpTables is that of [DB], as the transaction sees the tables. The store that
// [DB.InTx] gives to its function has it.
func (t *tx) DumpTables(ctx context.Context, tables ...string) (*tasktwin.Dump, error) {
	names := tableNames()
	for _, table := range tables {
		if !slices.Contains(names, table) {
			return nil, fmt.Errorf("pgdb: DumpTables: there is no table %q, only %v", table, names)
		}
	}
	var d tasktwin.Dump
	err := t.run(ctx, reads, nothing, func(q *sqlc.Queries) error {
		var steps []func(context.Context) error
		for i, step := range dumpSteps(q, &d) { // in the order of the names
			if slices.Contains(tables, names[i]) {
				steps = append(steps, step)
			}
		}
		return runSteps(ctx, steps)
	})
	if err != nil {
		return nil, err
	}
	return &d, nil
}
