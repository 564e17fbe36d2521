package memdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb/internal/cow"
	"github.com/tasktwin/tasktwin/memdb/internal/rel"
)

// snapshotRow is a row of task_snapshots.
type snapshotRow struct {
	row  tasktwin.TaskSnapshot
	task uint32
}

// snapshotTable holds the rows of task_snapshots, their index, and the slot of each task's
// snapshot.
type snapshotTable struct {
	rel.Table[snapshotRow]
	byTaskID cow.Hash
	ofTask   cow.Vec[uint32]
}

var snapshots table[snapshotRow]

func defineSnapshots() {
	d := &snapshots
	d.Name = "task_snapshots"
	d.Table = func(t *tables) *rel.Table[snapshotRow] { return &t.snapshots.Table }
	d.id = func(r *snapshotRow) uuid.UUID { return r.row.TaskID }
	d.Unique = []rel.Unique[tables, snapshotRow]{
		byID(tasktwin.UniqueTaskSnapshotsPKey, func(t *tables) *cow.Hash { return &t.snapshots.byTaskID }, d.id),
	}
	d.Key = func(_ *tables, r *snapshotRow) string { return keyOf("task_id", keyText(r.row.TaskID)) }
	d.keys = []key[snapshotRow]{d.primaryKey("task_id")}
	d.Check = func(r *snapshotRow) error {
		if r.row.LogSnapshot == nil {
			return notNullViolation("task_snapshots", "log_snapshot")
		}
		return nil
	}
	d.checked = func(f *pendingRow[snapshotRow]) any { return f.row.row }
	references(d, &tasks, tasktwin.FKTaskSnapshotsTaskIDFKey, "task_id", rel.Cascade,
		rel.OnlyChild[tables, snapshotRow](func(t *tables) *cow.Vec[uint32] { return &t.snapshots.ofTask }),
		func(r *snapshotRow) *uint32 { return &r.task })
	dumped(d, func(d *tasktwin.Dump) *[]tasktwin.TaskSnapshot { return &d.TaskSnapshots }, rowsOf(d, copySnapshot), parseSnapshot)
}

func copySnapshot(_ *state, s *snapshotRow) tasktwin.TaskSnapshot {
	row := s.row
	row.LogSnapshot = cloneJSON(row.LogSnapshot)
	return row
}

func parseSnapshot(version int, row *tasktwin.TaskSnapshot) (pendingRow[snapshotRow], error) {
	s := &snapshotRow{row: *row}
	return pendingRow[snapshotRow]{row: s, refs: refs{nullUUID(row.TaskID)}},
		firstError(jsonb(version, &s.row.LogSnapshot), timestamp(&s.row.LogSnapshotCreatedAt))
}

// UpsertTaskSnapshot implements [tasktwin.Querier].
func (q queries) UpsertTaskSnapshot(ctx context.Context, arg tasktwin.UpsertTaskSnapshotParams) error {
	f, err := parseSnapshot(q.version, &tasktwin.TaskSnapshot{
		TaskID: arg.TaskID, LogSnapshot: arg.LogSnapshot, LogSnapshotCreatedAt: arg.LogSnapshotCreatedAt,
	})
	return q.exec(ctx, err, rel.FailsBeforeWriting, func(st *state) error {
		slot, old := snapshots.find(st.Newest(), arg.TaskID)
		return snapshots.upsert(st, slot, old, &f)
	})
}

// GetTaskSnapshot implements [tasktwin.Querier].
func (q queries) GetTaskSnapshot(ctx context.Context, taskID uuid.UUID) (tasktwin.TaskSnapshot, error) {
	return getRow(ctx, q, &snapshots, taskID, copySnapshot)
}
