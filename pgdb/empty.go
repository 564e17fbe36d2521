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

// ErrNotEmpty is wrapped by errors about a database that was to be empty and has
// rows. The error names one table that has.
var ErrNotEmpty = errors.New("the database already has rows")

// LockEmpty locks all tables in s, a transaction of a [DB], against every writer
// but s until it ends, and then refuses, by an error that wraps [ErrNotEmpty], a
// database in which one of them has rows. Of several transactions that fill the
// database after it, one succeeds: the others wait for it, and find its rows.
//
// Readers are not locked out. The user needs UPDATE, DELETE or TRUNCATE on the
// tables: LOCK TABLE asks for one of them, and INSERT is not enough. It has to come
// before any other statement of a transaction that is not read committed.
func LockEmpty(ctx context.Context, s tasktwin.Store) error {
	t, ok := s.(*tx)
	if !ok {
		return fmt.Errorf("pgdb: LockEmpty: %T is not a transaction of pgdb", s)
	}
	return t.run(ctx, nothing, func(*sqlc.Queries) error {
		lock := "LOCK TABLE " + strings.Join(tableNames(), ", ") + " IN SHARE ROW EXCLUSIVE MODE"
		if _, err := t.pgx.Exec(ctx, lock); err != nil {
			return err
		}
		return refuseRows(ctx, t.pgx)
	})
}

// refuseRows refuses a database whose tables have rows.
func refuseRows(ctx context.Context, tx pgx.Tx) error {
	var used []string
	for _, name := range tableNames() {
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

// tableNames returns the names of all tables, which are those of Dump's fields
// in JSON, in their order.
func tableNames() []string {
	var names []string
	for field := range reflect.TypeFor[tasktwin.Dump]().Fields() {
		names = append(names, field.Tag.Get("json"))
	}
	return names
}
