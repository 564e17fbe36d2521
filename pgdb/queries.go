package pgdb

import (
	"context"
	"database/sql"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/pgdb/internal/sqlc"
)

// access says whether a statement may change rows, and who may answer it.
type access int

const (
	// reads are answered by the primary, unless the context allows a replica.
	reads access = iota
	// lists are reads that a replica may answer, unless the context forbids it.
	lists
	// writes may change rows.
	writes
)

// runner runs one statement, on a connection of the pool or in a transaction.
// check validates arguments before anything is sent.
type runner interface {
	runOn(ctx context.Context, a access, check func() error, fn func(conn) error) error
}

// conn is a connection, or a transaction on one.
type conn interface {
	sqlc.DBTX
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

// queries implements all queries on a runner.
type queries struct{ runner }

var _ tasktwin.Querier = queries{}

// run is runOn for a query of sqlc's.
func (q queries) run(ctx context.Context, a access, check func() error, fn func(*sqlc.Queries) error) error {
	return q.runOn(ctx, a, check, func(on conn) error { return fn(sqlc.New(nativeScanConn{on})) })
}

// one runs a query that returns one row.
func one[A, R, T any](
	ctx context.Context, q queries, a access, check func() error,
	query func(*sqlc.Queries, context.Context, A) (R, error), arg A, convert func(R) T,
) (T, error) {
	var out T
	err := q.run(ctx, a, check, func(s *sqlc.Queries) error {
		row, err := query(s, ctx, arg)
		if err != nil {
			return err
		}
		out = convert(row)
		return nil
	})
	return out, err
}

// many runs a query that returns any number of rows. Without rows, it returns an
// empty slice.
func many[A, R, T any](
	ctx context.Context, q queries, a access, check func() error,
	query func(*sqlc.Queries, context.Context, A) ([]R, error), arg A, convert func(R) T,
) ([]T, error) {
	var out []T
	if a == reads {
		a = lists
	}
	err := q.run(ctx, a, check, func(s *sqlc.Queries) error {
		rows, err := query(s, ctx, arg)
		if err != nil {
			return err
		}
		out = convertAll(rows, convert)
		return nil
	})
	return out, err
}

func convertAll[R, T any](rows []R, convert func(R) T) []T {
	out := make([]T, len(rows))
	for i, row := range rows {
		out[i] = convert(row)
	}
	return out
}

func same[T any](v T) T { return v }

func utc(t *time.Time) { *t = t.UTC() }

func nullUTC(t *sql.NullTime) {
	if t.Valid {
		t.Time = t.Time.UTC()
	}
}

// runSteps runs steps in order until one fails.
func runSteps(ctx context.Context, steps []func(context.Context) error) error {
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}
