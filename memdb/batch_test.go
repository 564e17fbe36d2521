package memdb

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// A batch may have one row, or none. Without rows it returns an empty slice even if nothing
// could run, as pgdb does.
func TestShortBatches(t *testing.T) {
	t.Parallel()
	db, id := New(Options{}), uuid.New()
	insertBoundTask(t, db, id)
	err := db.InTx(t.Context(), func(tx tasktwin.Store) error {
		for name, s := range map[string]tasktwin.BatchInserter{"the store": db, "a transaction": tx.(tasktwin.BatchInserter)} {
			one := tasktwin.InsertWorkspaceAppStatusParams{
				ID: uuid.New(), AgentID: id, AppID: id, WorkspaceID: id, State: tasktwin.WorkspaceAppStatusStateIdle,
			}
			rows, err := s.InsertWorkspaceAppStatuses(t.Context(), []tasktwin.InsertWorkspaceAppStatusParams{one})
			if err != nil || len(rows) != 1 || rows[0].ID != one.ID {
				t.Errorf("one row in %s: %v, %v", name, rows, err)
			}
			rows, err = s.InsertWorkspaceAppStatuses(t.Context(), nil)
			if err != nil || rows == nil || len(rows) != 0 {
				t.Errorf("no row in %s: %v, %v", name, rows, err)
			}
		}
		return nil
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if rows, err := db.InsertWorkspaceAppStatuses(canceled, nil); !errors.Is(err, context.Canceled) || rows == nil {
		t.Errorf("no row, canceled: %v, %v", rows, err)
	}
}
