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
		return insertStatuses(ctx, db, args)
	}
	err = db.InTx(ctx, func(s tasktwin.Store) error {
		rows, err = insertStatuses(ctx, s, args)
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
	return insertStatuses(ctx, t, args)
}

func insertStatuses(
	ctx context.Context, s tasktwin.Store, args []tasktwin.InsertWorkspaceAppStatusParams,
) ([]tasktwin.WorkspaceAppStatus, error) {
	rows := make([]tasktwin.WorkspaceAppStatus, 0, len(args))
	if len(args) == 0 {
		return rows, s.Ping(ctx)
	}
	for i := range args {
		row, err := s.InsertWorkspaceAppStatus(ctx, args[i])
		if _, failed := errors.AsType[*tasktwin.Error](err); failed {
			err = &tasktwin.BatchError{Index: i, Err: err}
		}
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}
