package bench

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/sim"
)

// BenchmarkLatency alternates a call and SELECT 1 on the same pool, and reports both
// medians and their ratio.
func BenchmarkLatency(b *testing.B) {
	size := ByTasks(1000)
	db := loadPgdb(b, size)
	world := World(size)
	like := insertTaskParams(world.Tasks[0])
	like.WorkspaceID = uuid.NullUUID{}
	next := size.Tasks
	for _, c := range []struct {
		name string
		call func(ctx context.Context, n int) error
	}{
		{"GetTaskByID", func(ctx context.Context, n int) error {
			_, err := db.GetTaskByID(ctx, TaskID(n%size.Tasks))
			return err
		}},
		{"GetTaskByOwnerIDAndName", func(ctx context.Context, n int) error {
			task := world.Tasks[n%size.Tasks]
			_, err := db.GetTaskByOwnerIDAndName(ctx, tasktwin.GetTaskByOwnerIDAndNameParams{OwnerID: task.OwnerID, Name: task.Name})
			return err
		}},
		{"GetTaskByWorkspaceID", func(ctx context.Context, n int) error {
			_, err := db.GetTaskByWorkspaceID(ctx, world.Tasks[n%size.Tasks].WorkspaceID)
			return err
		}},
		{"GetTaskSnapshot", func(ctx context.Context, n int) error {
			_, _ = db.GetTaskSnapshot(ctx, TaskID(n%size.Tasks)) // no rows
			return ctx.Err()
		}},
		{"InsertTask", func(ctx context.Context, _ int) error {
			arg := like
			arg.ID, arg.Name = TaskID(next), TaskName(next)
			next++
			_, err := db.InsertTask(ctx, arg)
			return err
		}},
		{"UpsertTaskWorkspaceApp", func(ctx context.Context, n int) error {
			_, err := db.UpsertTaskWorkspaceApp(ctx, tasktwin.UpsertTaskWorkspaceAppParams{
				TaskID: TaskID(n % size.Tasks), WorkspaceBuildNumber: int32(n%3 + 1),
			})
			return err
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			var calls, ones []time.Duration
			for n := 0; b.Loop(); n++ {
				start := time.Now()
				if err := c.call(b.Context(), n); err != nil {
					b.Fatal(err)
				}
				between := time.Now()
				var one int
				if err := db.Pool().QueryRow(b.Context(), "SELECT 1").Scan(&one); err != nil {
					b.Fatal(err)
				}
				calls, ones = append(calls, between.Sub(start)), append(ones, time.Since(between))
			}
			slices.Sort(calls)
			slices.Sort(ones)
			call, one := sim.Quantile(calls, 0.5), sim.Quantile(ones, 0.5)
			b.ReportMetric(float64(call.Microseconds()), "µs-p50")
			b.ReportMetric(float64(one.Microseconds()), "µs-p50-of-SELECT-1")
			b.ReportMetric(float64(call)/float64(one), "times-SELECT-1")
		})
	}
}
