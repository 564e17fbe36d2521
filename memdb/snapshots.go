package memdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// snap is a row of task_snapshots.
type snap struct {
	row  tasktwin.TaskSnapshot
	task uint32
}

func copySnapshot(_ *state, s *snap) tasktwin.TaskSnapshot {
	row := s.row
	row.LogSnapshot = cloneJSON(row.LogSnapshot)
	return row
}

func parseSnapshot(row *tasktwin.TaskSnapshot) (fresh[snap], error) {
	s := &snap{row: *row}
	return fresh[snap]{row: s, refs: refs{to(row.TaskID)}}, firstError(jsonb(&s.row.LogSnapshot), timestamp(&s.row.LogSnapshotCreatedAt))
}

func (q queries) UpsertTaskSnapshot(ctx context.Context, arg tasktwin.UpsertTaskSnapshotParams) error {
	f, err := parseSnapshot(&tasktwin.TaskSnapshot{
		TaskID: arg.TaskID, LogSnapshot: arg.LogSnapshot, LogSnapshotCreatedAt: arg.LogSnapshotCreatedAt,
	})
	_, err = write(ctx, q, err, wholly, func(st *state) (struct{}, error) {
		slot, old := snapshotsTable.find(st, arg.TaskID)
		return struct{}{}, upsert(st, &snapshotsTable, slot, old, &f)
	})
	return err
}

func (q queries) GetTaskSnapshot(ctx context.Context, taskID uuid.UUID) (tasktwin.TaskSnapshot, error) {
	return getRow(ctx, q, &snapshotsTable, taskID, copySnapshot)
}
