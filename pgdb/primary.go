package pgdb

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// noLoadBalance is a comment by which a statement asks pgpool-II for the primary.
const noLoadBalance = "/*NO LOAD BALANCE*/ "

// primaryConn is the connection of a transaction that may write. Behind a pooler that
// balances reads, its reads would be answered by another server than its writes: from
// another snapshot and, after the rollback of a savepoint, without what it has written.
type primaryConn struct{ conn }

// Exec runs a statement.
func (c primaryConn) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	return c.conn.Exec(ctx, noLoadBalance+sql, args...)
}

// Query runs a query.
func (c primaryConn) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	return c.conn.Query(ctx, noLoadBalance+sql, args...)
}

// QueryRow runs a query of one row.
func (c primaryConn) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return c.conn.QueryRow(ctx, noLoadBalance+sql, args...)
}

// SendBatch sends queries.
func (c primaryConn) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	for _, q := range b.QueuedQueries {
		q.SQL = noLoadBalance + q.SQL
	}
	return c.conn.SendBatch(ctx, b)
}
