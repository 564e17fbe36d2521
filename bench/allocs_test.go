//go:build !race

package bench

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
)

// The allocations of memdb's statements are part of what they cost, and do not depend on the
// machine. A change that adds one has to change the number here, and say why.
func TestAllocations(t *testing.T) {
	const tasks = 1000
	size := ByTasks(tasks)
	ctx := t.Context()
	loaded := memdb.New(memdb.Options{})
	require.NoError(t, loaded.Load(ctx, World(size)))
	newTask, status := newTasks(size, tasks+1), newStatuses(size, tasks+1)
	names := make([]tasktwin.GetTaskByOwnerIDAndNameParams, tasks)
	for n := range names {
		names[n] = tasktwin.GetTaskByOwnerIDAndNameParams{OwnerID: UserID(n % Users(size)), Name: TaskName(n)}
	}
	for _, c := range []struct {
		name string
		// most is the number of allocations of a statement, on average over as many as there
		// are tasks.
		most float64
		do   func(db *memdb.DB, n int) error
	}{
		{"GetTaskByID", 1, func(db *memdb.DB, n int) error {
			_, err := db.GetTaskByID(ctx, TaskID(n%tasks))
			return err
		}},
		{"GetTaskByOwnerIDAndName", 1, func(db *memdb.DB, n int) error {
			_, err := db.GetTaskByOwnerIDAndName(ctx, names[n%tasks])
			return err
		}},
		{"GetTaskByWorkspaceID", 6, func(db *memdb.DB, n int) error {
			_, err := db.GetTaskByWorkspaceID(ctx, uuid.NullUUID{UUID: id(kindWorkspace, n%tasks), Valid: true})
			return err
		}},
		{"InsertTask", 5, func(db *memdb.DB, n int) error {
			_, err := db.InsertTask(ctx, newTask[n])
			return err
		}},
		{"UpsertTaskWorkspaceApp", 3, func(db *memdb.DB, n int) error {
			_, err := db.UpsertTaskWorkspaceApp(ctx, sameBinding(size, n%tasks))
			return err
		}},
		{"InsertWorkspaceAppStatus", 5, func(db *memdb.DB, n int) error {
			_, err := db.InsertWorkspaceAppStatus(ctx, status[n])
			return err
		}},
		{"Fork", 1, func(db *memdb.DB, _ int) error {
			forked = db.Fork()
			return nil
		}},
		{"Fork and InsertTask", 64, func(db *memdb.DB, n int) error {
			_, err := db.Fork().InsertTask(ctx, newTask[n])
			return err
		}},
		{"ListTasks of an owner", 3, func(db *memdb.DB, _ int) error {
			_, err := db.ListTasks(ctx, tasktwin.ListTasksParams{OwnerID: UserID(0)})
			return err
		}},
		{"GetTelemetryTaskEvents", 2, func(db *memdb.DB, _ int) error {
			_, err := db.GetTelemetryTaskEvents(ctx, windows[0].arg)
			return err
		}},
		{"a transaction of two statements", 17, func(db *memdb.DB, n int) error {
			return db.InTx(ctx, func(tx tasktwin.Store) error {
				if _, err := tx.GetTaskByID(ctx, TaskID(n%tasks)); err != nil {
					return err
				}
				_, err := tx.UpsertTaskWorkspaceApp(ctx, sameBinding(size, n%tasks))
				return err
			}, nil)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := loaded.Fork()
			n := 0
			got := testing.AllocsPerRun(tasks, func() {
				require.NoError(t, c.do(db, n))
				n++
			})
			assert.LessOrEqual(t, got, c.most)
		})
	}
}
