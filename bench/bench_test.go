package bench

import (
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

func BenchmarkGetTaskByID(b *testing.B) {
	size := ByTasks(1000)
	engines(b, size, func(b *testing.B, s tasktwin.Store) {
		b.ReportAllocs()
		for n := 0; b.Loop(); n++ {
			if _, err := s.GetTaskByID(b.Context(), TaskID(n%size.Tasks)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkInsertTask(b *testing.B) {
	size := ByTasks(1000)
	like := insertTaskParams(World(Size{Tasks: 1}).Tasks[0])
	like.WorkspaceID = uuid.NullUUID{}
	engines(b, size, func(b *testing.B, s tasktwin.Store) {
		b.ReportAllocs()
		for n := size.Tasks; b.Loop(); n++ {
			arg := like
			arg.ID, arg.Name = TaskID(n), TaskName(n)
			if _, err := s.InsertTask(b.Context(), arg); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkInsertWorkspaceAppStatus(b *testing.B) {
	size := ByTasks(1000)
	statuses := World(Size{Tasks: size.Tasks, Builds: size.Builds, Statuses: 3}).WorkspaceAppStatuses
	engines(b, size, func(b *testing.B, s tasktwin.Store) {
		b.ReportAllocs()
		for n := 0; b.Loop(); n++ {
			arg := tasktwin.InsertWorkspaceAppStatusParams(statuses[n%len(statuses)])
			arg.ID, arg.CreatedAt = id(kindOther, n), Now
			if _, err := s.InsertWorkspaceAppStatus(b.Context(), arg); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkListTasks(b *testing.B) {
	size := ByTasks(1000)
	for _, c := range []struct {
		name string
		arg  tasktwin.ListTasksParams
	}{
		{name: "all"},
		{name: "by owner", arg: tasktwin.ListTasksParams{OwnerID: UserID(0)}},
		{name: "by status", arg: tasktwin.ListTasksParams{Status: tasktwin.TaskStatusError}},
	} {
		b.Run(c.name, func(b *testing.B) {
			engines(b, size, func(b *testing.B, s tasktwin.Store) {
				b.ReportAllocs()
				for b.Loop() {
					if tasks, err := s.ListTasks(b.Context(), c.arg); err != nil || len(tasks) == 0 {
						b.Fatal(len(tasks), err)
					}
				}
			})
		})
	}
}

func BenchmarkGetTelemetryTaskEvents(b *testing.B) {
	sizes := []int{1000, 10_000}
	if testing.Short() {
		sizes = []int{100}
	}
	for _, tasks := range sizes {
		for _, every := range []int{1, 10} {
			size := ByTasks(tasks)
			size.RecentEvery = every
			b.Run(fmt.Sprintf("%d tasks, 1 in %d recent", tasks, every), func(b *testing.B) {
				engines(b, size, func(b *testing.B, s tasktwin.Store) {
					b.ReportAllocs()
					for b.Loop() {
						rows, err := s.GetTelemetryTaskEvents(b.Context(), tasktwin.GetTelemetryTaskEventsParams{CreatedAfter: Recent, Now: Now})
						if err != nil || len(rows) != tasks/every {
							b.Fatal(len(rows), err)
						}
					}
				})
			})
		}
	}
}
