package pgdb

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tasktwin/tasktwin/pgdb/internal/sqlc"
)

// noLoadBalance is a comment by which a statement asks pgpool-II for the primary.
const noLoadBalance = "/*NO LOAD BALANCE*/ "

// primaryConn is the connection of a transaction that may write. Behind a pooler that
// balances reads, its reads would be answered by another server than its writes: from
// another snapshot and, after the rollback of a savepoint, without what it has written.
type primaryConn struct{ sqlc.DBTX }

// Exec runs a statement.
func (c primaryConn) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	return c.DBTX.Exec(ctx, noLoadBalance+sql, args...)
}

// Query runs a query.
func (c primaryConn) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	return c.DBTX.Query(ctx, noLoadBalance+sql, args...)
}

// QueryRow runs a query of one row.
func (c primaryConn) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return c.DBTX.QueryRow(ctx, noLoadBalance+sql, args...)
}
