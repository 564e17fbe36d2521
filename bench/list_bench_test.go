package bench

import (
	"context"
	"testing"

	"github.com/tasktwin/tasktwin"
)

type taskLister interface {
	ListTasks(ctx context.Context, arg tasktwin.ListTasksParams) ([]tasktwin.TaskWithStatus, error)
}

// The lists by organization and of all tasks return all, that by owner a hundred,
// that by status a tenth.
func BenchmarkListTasks(b *testing.B) {
	reads(b, []where{
		{onMemdb, []int{1000, 10_000}, nil},
		{onPgdb, []int{1000, 10_000}, nil},
		{onSQLite, []int{1000, 10_000}, nil},
	}, func(b *testing.B, size Size, s taskLister) {
		for _, c := range []struct {
			name string
			arg  tasktwin.ListTasksParams
			want int
		}{
			{"all", tasktwin.ListTasksParams{}, size.Tasks},
			{"organization", tasktwin.ListTasksParams{OrganizationID: OrganizationID()}, size.Tasks},
			{"owner", tasktwin.ListTasksParams{OwnerID: UserID(0)}, size.Tasks / Users(size)},
			{"status", tasktwin.ListTasksParams{Status: tasktwin.TaskStatusError}, size.Tasks / failEvery},
		} {
			b.Run("by="+c.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if tasks, err := s.ListTasks(b.Context(), c.arg); err != nil || len(tasks) != c.want {
						b.Fatal(len(tasks), err)
					}
				}
			})
		}
	})
}
