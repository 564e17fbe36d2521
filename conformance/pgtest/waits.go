package pgtest

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/pgwaits"
	"github.com/tasktwin/tasktwin/pgdb"
)

// Waits returns the statements on a store's database that wait for other sessions at
// this moment, ordered by the names of their sessions. A test of concurrent code asks
// until a statement waits, and needs no sleeps. It is for PostgreSQL what
// memdb.DB.Waits is for memdb.
//
// A session's name is that of [tasktwin.WithSession], and for other clients of the
// database their application_name. A statement that waits for a row behind others
// that wait for it, too, waits for those that have the row. Table is known where a
// row is waited for, and Key is never known.
//
// Waits asks on a connection of its own, so that the store's pool may be exhausted.
func Waits(ctx context.Context, db *pgdb.DB) ([]tasktwin.Wait, error) {
	conn, err := pgx.ConnectConfig(ctx, db.Pool().Config().ConnConfig)
	if err != nil {
		return nil, fmt.Errorf("pgtest: ask who waits: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	backends, err := pgwaits.Backends(ctx, conn)
	if err != nil {
		return nil, fmt.Errorf("pgtest: ask who waits: %w", err)
	}
	return pgwaits.Waits(backends), nil
}
