package tasktwin

import (
	"context"
	"fmt"
)

// BatchInserter is a Store that can insert several statuses at once. The stores and
// transactions of both engines are BatchInserters.
type BatchInserter interface {
	// InsertWorkspaceAppStatuses inserts statuses as calls of InsertWorkspaceAppStatus would,
	// one after the other, and returns them in that order. Where a loop of calls makes a round
	// trip to a server for each row, it makes one for all.
	//
	// It inserts all rows or none. Outside of a transaction the batch is one of its own; in a
	// transaction, a row that fails aborts it, as any statement does. The first row that fails
	// ends the batch with a [BatchError], which has the index of the row and wraps the error
	// that InsertWorkspaceAppStatus would return. A row that is to fail is found only after
	// those before it have been inserted: they may wait for other sessions first. Without rows
	// it returns an empty slice, and an error only if no statement could run.
	InsertWorkspaceAppStatuses(ctx context.Context, args []InsertWorkspaceAppStatusParams) ([]WorkspaceAppStatus, error)
}

// BatchError is the error of a statement of a batch.
type BatchError struct {
	// Index is the place of the statement in the batch, from 0.
	Index int
	// Err is the error of the statement.
	Err error
}

// Error has the index and the text of the statement's error.
func (e *BatchError) Error() string { return fmt.Sprintf("row %d: %v", e.Index, e.Err) }

// Unwrap returns the error of the statement.
func (e *BatchError) Unwrap() error { return e.Err }
