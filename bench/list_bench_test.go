package bench

import (
	"context"
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
)

type taskLister interface {
	ListTasks(ctx context.Context, arg tasktwin.ListTasksParams) ([]tasktwin.TaskWithStatus, error)
}

// The lists by organization and of all tasks return all tasks, the list by owner a
// hundred, the list by status a tenth.
func BenchmarkListTasks(b *testing.B) {
	reads(b, []where{
		{onMemdb, []int{1000, 10_000}, nil},
		{onPgdb, []int{1000, 10_000}, nil},
		{onSQLite, []int{1000, 10_000}, nil},
	}, func(b *testing.B, size Size, s taskLister) {
		for _, l := range lists(size) {
			b.Run("by="+l.by, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if tasks, err := s.ListTasks(b.Context(), l.arg); err != nil || len(tasks) != l.want {
						b.Fatal(len(tasks), err)
					}
				}
			})
		}
	})
}

// pageSize returns how many ids a list has: those of a page, as that of a platform's list of
// tasks.
func pageSize(size Size) int { return min(25, size.Tasks) }

// pageOf returns the ids of the n-th page of a kind of rows, of which each task has one.
func pageOf(kind byte, size Size, n int) []uuid.UUID {
	ids := make([]uuid.UUID, pageSize(size))
	for i := range ids {
		ids[i] = id(kind, (n*len(ids)+i)%size.Tasks)
	}
	return ids
}

func BenchmarkGetTasksByWorkspaceIDs(b *testing.B) {
	reads(b, onBoth, func(b *testing.B, size Size, s tasktwin.Store) {
		b.ReportAllocs()
		for n := 0; b.Loop(); n++ {
			if rows, err := s.GetTasksByWorkspaceIDs(b.Context(), pageOf(kindWorkspace, size, n)); err != nil || len(rows) != pageSize(size) {
				b.Fatal(len(rows), err)
			}
		}
	})
}

func BenchmarkGetLatestWorkspaceAppStatusesByWorkspaceIDs(b *testing.B) {
	reads(b, onBoth, func(b *testing.B, size Size, s tasktwin.Store) {
		b.ReportAllocs()
		for n := 0; b.Loop(); n++ {
			rows, err := s.GetLatestWorkspaceAppStatusesByWorkspaceIDs(b.Context(), pageOf(kindWorkspace, size, n))
			if err != nil || len(rows) != pageSize(size) {
				b.Fatal(len(rows), err)
			}
		}
	})
}

// boundApps returns the apps of the first tasks, which have statuses.
func boundApps(b *testing.B, size Size, s tasktwin.Store) []uuid.UUID {
	b.Helper()
	ids := make([]uuid.UUID, pageSize(size))
	for i := range ids {
		task, err := s.GetTaskByID(b.Context(), TaskID(i))
		require.NoError(b, err)
		ids[i] = task.WorkspaceAppID.UUID
	}
	return ids
}

func BenchmarkGetWorkspaceAppStatusesByAppIDs(b *testing.B) {
	reads(b, onBoth, func(b *testing.B, size Size, s tasktwin.Store) {
		ids := boundApps(b, size, s)
		b.ReportAllocs()
		for b.Loop() {
			if rows, err := s.GetWorkspaceAppStatusesByAppIDs(b.Context(), ids); err != nil || len(rows) == 0 {
				b.Fatal(len(rows), err)
			}
		}
	})
}

func BenchmarkGetLatestWorkspaceAppStatusByAppID(b *testing.B) {
	reads(b, onBoth, func(b *testing.B, size Size, s tasktwin.Store) {
		ids := boundApps(b, size, s)
		b.ReportAllocs()
		for n := 0; b.Loop(); n++ {
			if _, err := s.GetLatestWorkspaceAppStatusByAppID(b.Context(), ids[n%len(ids)]); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// The current state of a task takes two queries, and a third while a start is under way.
func BenchmarkGetCurrentState(b *testing.B) {
	reads(b, onBoth, func(b *testing.B, size Size, s tasktwin.Store) {
		tasks := make([]tasktwin.TaskWithStatus, pageSize(size))
		for i := range tasks {
			task, err := s.GetTaskByID(b.Context(), TaskID(i))
			require.NoError(b, err)
			tasks[i] = task
		}
		b.ReportAllocs()
		for n := 0; b.Loop(); n++ {
			if _, err := tasktwin.GetCurrentState(b.Context(), s, tasks[n%len(tasks)]); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// Copying a finished result is the lower bound of every engine, because the caller may
// change a result.
func BenchmarkCopyTasks(b *testing.B) {
	reads(b, []where{{onMemdb, []int{10_000}, nil}}, func(b *testing.B, size Size, s taskLister) {
		for _, l := range lists(size) {
			b.Run("by="+l.by, func(b *testing.B) {
				answer, err := s.ListTasks(b.Context(), l.arg)
				require.NoError(b, err)
				b.ReportAllocs()
				for b.Loop() {
					if tasks := copyTasks(answer); len(tasks) != l.want {
						b.Fatal(len(tasks))
					}
				}
			})
		}
	})
}

type list struct {
	by   string
	arg  tasktwin.ListTasksParams
	want int
}

func lists(size Size) []list {
	return []list{
		{"all", tasktwin.ListTasksParams{}, size.Tasks},
		{"organization", tasktwin.ListTasksParams{OrganizationID: OrganizationID()}, size.Tasks},
		{"owner", tasktwin.ListTasksParams{OwnerID: UserID(0)}, size.Tasks / Users(size)},
		{"status", tasktwin.ListTasksParams{Status: tasktwin.TaskStatusError}, size.Tasks / failEvery},
	}
}

// copyTasks returns copies of tasks that share no jsonb value. The values of several
// rows share one allocation, which is faster than one for each.
func copyTasks(tasks []tasktwin.TaskWithStatus) []tasktwin.TaskWithStatus {
	const together = 128
	tasks = slices.Clone(tasks)
	for some := range slices.Chunk(tasks, together) {
		total := 0
		for i := range some {
			for _, value := range jsonOf(&some[i]) {
				total += len(*value)
			}
		}
		room := make([]byte, 0, total)
		for i := range some {
			for _, value := range jsonOf(&some[i]) {
				from := len(room)
				room = append(room, *value...)
				*value = room[from:len(room):len(room)]
			}
		}
	}
	return tasks
}

func jsonOf(t *tasktwin.TaskWithStatus) [4]*json.RawMessage {
	return [...]*json.RawMessage{&t.TemplateParameters, &t.WorkspaceGroupACL, &t.WorkspaceUserACL, &t.StatusDebug}
}

func TestCopyTasks(t *testing.T) {
	t.Parallel()
	want, err := loadMemdb(t, Size{Tasks: 300, Builds: 2}).ListTasks(t.Context(), tasktwin.ListTasksParams{})
	require.NoError(t, err)
	got := copyTasks(want)
	require.Equal(t, want, got)
	require.NotSame(t, &want[299].StatusDebug[0], &got[299].StatusDebug[0])
}
