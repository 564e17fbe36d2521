package pgdb

import (
	"context"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/enums"
	"github.com/tasktwin/tasktwin/pgdb/internal/sqlc"
)

// InsertWorkspaceAppStatuses inserts statuses in one round trip: see
// [tasktwin.BatchInserter].
func (db *DB) InsertWorkspaceAppStatuses(
	ctx context.Context, args []tasktwin.InsertWorkspaceAppStatusParams,
) ([]tasktwin.WorkspaceAppStatus, error) {
	if len(args) == 0 {
		return []tasktwin.WorkspaceAppStatus{}, db.call(ctx, func(*pgxpool.Conn) error { return nil })
	}
	if unsent(args) == len(args) {
		return insertStatuses(ctx, db, args)
	}
	// The rows before the one that is not sent may fail, too, and must not stay.
	var rows []tasktwin.WorkspaceAppStatus
	err := db.InTx(ctx, func(s tasktwin.Store) (err error) {
		rows, err = s.(*tx).InsertWorkspaceAppStatuses(ctx, args)
		return err
	}, nil)
	return rows, err
}

// InsertWorkspaceAppStatuses inserts statuses in one round trip.
func (t *tx) InsertWorkspaceAppStatuses(
	ctx context.Context, args []tasktwin.InsertWorkspaceAppStatusParams,
) ([]tasktwin.WorkspaceAppStatus, error) {
	if len(args) == 0 {
		return []tasktwin.WorkspaceAppStatus{}, t.usable(ctx)
	}
	n := unsent(args)
	if n > 0 {
		if rows, err := insertStatuses(ctx, t, args[:n]); err != nil || n == len(args) {
			return rows, err
		}
	}
	_, err := t.InsertWorkspaceAppStatus(ctx, args[n])
	return nil, inBatch(n, err)
}

// unsent returns the index of the first row that is not sent because a value is not one of
// its enum type, or the number of rows.
func unsent(args []tasktwin.InsertWorkspaceAppStatusParams) int {
	n := slices.IndexFunc(args, func(a tasktwin.InsertWorkspaceAppStatusParams) bool { return enums.Check(a.State) != nil })
	if n < 0 {
		return len(args)
	}
	return n
}

// inBatch returns the error of a batch for that of a statement.
func inBatch(index int, err error) error {
	if _, failed := errors.AsType[*tasktwin.Error](err); failed {
		return &tasktwin.BatchError{Index: index, Err: err}
	}
	return err
}

func insertStatuses(
	ctx context.Context, on runner, args []tasktwin.InsertWorkspaceAppStatusParams,
) (rows []tasktwin.WorkspaceAppStatus, err error) {
	var at int
	insert := func(s *sqlc.Queries, arg tasktwin.InsertWorkspaceAppStatusParams) (tasktwin.WorkspaceAppStatus, error) {
		row, err := s.InsertWorkspaceAppStatus(ctx, sqlc.InsertWorkspaceAppStatusParams(arg))
		return toWorkspaceAppStatus(row), err
	}
	err = on.runOn(ctx, writes, nothing, func(on conn) (err error) {
		rows, at, err = sendBatch(ctx, on, args, insert)
		return err
	})
	if err != nil {
		return nil, inBatch(at, err)
	}
	return rows, nil
}

// sendBatch runs a query of one row for each argument, and sends all of them at once. The
// server ends the batch at the first that fails, of which it returns the index.
func sendBatch[A, T any](
	ctx context.Context, on conn, args []A, query func(*sqlc.Queries, A) (T, error),
) (rows []T, at int, err error) {
	var queued queue
	s := sqlc.New(&queued)
	for i := range args {
		if _, err := query(s, args[i]); !errors.Is(err, errQueued) {
			return nil, i, err
		}
	}
	results := on.SendBatch(ctx, &queued.batch)
	defer func() {
		if closed := results.Close(); err == nil {
			err = closed
		}
	}()
	s = sqlc.New(answers{results: results})
	rows = make([]T, len(args))
	for at = range args {
		if rows[at], err = query(s, args[at]); err != nil {
			return nil, at, err
		}
	}
	return rows, at, nil
}

// errQueued is the answer to a query that is queued.
var errQueued = errors.New("pgdb: the query is queued")

// queue is a connection that puts queries of one row into a batch.
type queue struct {
	sqlc.DBTX
	batch pgx.Batch
}

// QueryRow queues a query.
func (q *queue) QueryRow(_ context.Context, sql string, args ...any) pgx.Row {
	q.batch.Queue(sql, nativeArgs(args)...)
	return noRow{}
}

type noRow struct{}

// Scan returns errQueued.
func (noRow) Scan(...any) error { return errQueued }

// answers is a connection that has the answers to the queries of a batch, in their order.
type answers struct {
	sqlc.DBTX
	results pgx.BatchResults
}

// QueryRow returns the next answer.
func (a answers) QueryRow(context.Context, string, ...any) pgx.Row {
	return nativeScanRow{a.results.QueryRow()}
}
