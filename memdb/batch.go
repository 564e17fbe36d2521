package memdb

import (
	"context"
	"errors"

	"github.com/tasktwin/tasktwin"
)

// InsertWorkspaceAppStatuses inserts statuses in a transaction of their own: see
// [tasktwin.BatchInserter].
func (db *DB) InsertWorkspaceAppStatuses(
	ctx context.Context, args []tasktwin.InsertWorkspaceAppStatusParams,
) (rows []tasktwin.WorkspaceAppStatus, err error) {
	if len(args) == 0 {
		return []tasktwin.WorkspaceAppStatus{}, db.Ping(ctx)
	}
	err = db.InTx(ctx, func(s tasktwin.Store) error {
		rows, err = s.(*tx).insertStatuses(ctx, args)
		return err
	}, nil)
	if err != nil {
		return nil, err
	}
	return rows, nil
}

// InsertWorkspaceAppStatuses inserts statuses in the transaction.
func (t *tx) InsertWorkspaceAppStatuses(
	ctx context.Context, args []tasktwin.InsertWorkspaceAppStatusParams,
) ([]tasktwin.WorkspaceAppStatus, error) {
	if len(args) == 0 {
		return []tasktwin.WorkspaceAppStatus{}, t.Ping(ctx)
	}
	return t.insertStatuses(ctx, args)
}

func (q queries) insertStatuses(
	ctx context.Context, args []tasktwin.InsertWorkspaceAppStatusParams,
) ([]tasktwin.WorkspaceAppStatus, error) {
	rows := make([]tasktwin.WorkspaceAppStatus, len(args))
	for i := range args {
		rows[i] = tasktwin.WorkspaceAppStatus(args[i])
	}
	for i := range rows {
		var next []tasktwin.WorkspaceAppStatus
		if i%prefetchBatch == 0 {
			next = rows[i:min(i+prefetchBatch, len(rows))]
		}
		err := q.insertStatus(ctx, &rows[i], next)
		if _, failed := errors.AsType[*tasktwin.Error](err); failed {
			err = &tasktwin.BatchError{Index: i, Err: err}
		}
		if err != nil {
			return nil, err
		}
	}
	return rows, nil
}
