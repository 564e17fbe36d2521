package pgdb

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/pgdb/internal/sqlc"
)

// ErrNotEmpty is wrapped by errors about a database that should be empty but has
// rows. The error names one of the tables that have rows.
var ErrNotEmpty = errors.New("the database already has rows")

// LockEmpty locks all tables in s, a transaction of a [DB], against all other
// writers until the transaction ends. If a table then has rows, it returns an
// error that wraps [ErrNotEmpty]. So if several transactions use it to fill the
// database, one succeeds: the others wait for it and find its rows.
//
// Readers are not blocked. The user needs UPDATE, DELETE or TRUNCATE on the
// tables: LOCK TABLE requires one of them, and INSERT is not enough. Unless the
// transaction is read committed, LockEmpty must be its first statement.
func LockEmpty(ctx context.Context, s tasktwin.Store) error {
	t, ok := s.(*tx)
	if !ok {
		return fmt.Errorf("pgdb: LockEmpty: %T is not a transaction of pgdb", s)
	}
	return t.run(ctx, reads, nothing, func(*sqlc.Queries) error {
		lock := "LOCK TABLE " + strings.Join(tableNames(), ", ") + " IN SHARE ROW EXCLUSIVE MODE"
		if _, err := t.pgx.Exec(ctx, lock); err != nil {
			return err
		}
		return refuseRows(ctx, t.pgx, tableNames())
	})
}

// refuseExistingRows returns an error if a table has rows. A schema of an earlier
// version may not have all tables.
func refuseExistingRows(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, "SELECT name FROM unnest($1::text[]) AS name WHERE to_regclass(name) IS NOT NULL", tableNames())
	if err != nil {
		return err
	}
	existing, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	return refuseRows(ctx, tx, existing)
}

// refuseRows returns an error if one of the tables has rows.
func refuseRows(ctx context.Context, tx pgx.Tx, tables []string) error {
	var used []string
	for _, name := range tables {
		used = append(used, fmt.Sprintf("SELECT '%[1]s' WHERE EXISTS (SELECT FROM %[1]s)", name))
	}
	var table string
	switch err := tx.QueryRow(ctx, strings.Join(used, " UNION ALL ")+" LIMIT 1").Scan(&table); {
	case errors.Is(err, pgx.ErrNoRows):
		return nil
	case err != nil:
		return err
	default:
		return fmt.Errorf("%w in table %s", ErrNotEmpty, table)
	}
}

// tableNames returns the names of all tables in the order of Dump's fields, which
// have the same names in JSON.
func tableNames() []string {
	var names []string
	for field := range reflect.TypeFor[tasktwin.Dump]().Fields() {
		names = append(names, field.Tag.Get("json"))
	}
	return names
}
