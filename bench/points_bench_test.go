package bench

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/bench/internal/peers/gomemdb"
)

type taskReader interface {
	GetTaskByID(ctx context.Context, id uuid.UUID) (tasktwin.TaskWithStatus, error)
}

func BenchmarkGetTaskByID(b *testing.B) {
	reads(b, []where{
		{onMemdb, []int{100, 1000, 10_000, 100_000}, nil},
		{onPgdb, []int{100, 1000, 10_000}, []int{100_000}},
		{onSQLite, []int{100, 1000, 10_000}, []int{100_000}},
	}, func(b *testing.B, size Size, s taskReader) {
		b.ReportAllocs()
		for n := 0; b.Loop(); n++ {
			if _, err := s.GetTaskByID(b.Context(), TaskID(n%size.Tasks)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// A read of go-memdb returns the row of one table and derives nothing from others.
func BenchmarkTaskRowByID(b *testing.B) {
	reads(b, []where{
		{onGoMemdb, []int{1000}, []int{100_000}},
	}, func(b *testing.B, size Size, s *gomemdb.DB) {
		b.ReportAllocs()
		for n := 0; b.Loop(); n++ {
			if _, err := s.TaskByID(b.Context(), TaskID(n%size.Tasks)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkGetTaskByOwnerIDAndName(b *testing.B) {
	reads(b, []where{
		{onMemdb, []int{1000, 100_000}, nil},
		{onPgdb, []int{1000}, nil},
	}, func(b *testing.B, size Size, s tasktwin.Store) {
		args := make([]tasktwin.GetTaskByOwnerIDAndNameParams, min(size.Tasks, 1000))
		for i := range args {
			n := i * size.Tasks / len(args)
			args[i] = tasktwin.GetTaskByOwnerIDAndNameParams{OwnerID: UserID(n % Users(size)), Name: TaskName(n)}
		}
		b.ReportAllocs()
		for n := 0; b.Loop(); n++ {
			if _, err := s.GetTaskByOwnerIDAndName(b.Context(), args[n%len(args)]); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkGetTaskByWorkspaceID(b *testing.B) {
	reads(b, []where{
		{onMemdb, []int{1000, 100_000}, nil},
		{onPgdb, []int{1000}, nil},
	}, func(b *testing.B, size Size, s tasktwin.Store) {
		b.ReportAllocs()
		for n := 0; b.Loop(); n++ {
			workspace := uuid.NullUUID{UUID: id(kindWorkspace, n%size.Tasks), Valid: true}
			if _, err := s.GetTaskByWorkspaceID(b.Context(), workspace); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// SELECT 1 is what a query costs that does nothing.
func BenchmarkSelectOne(b *testing.B) {
	skipLong(b)
	db := pgdbs.get(b, bySize(pick([]int{1000}, nil, shortTasks)[0]))
	b.Run("store=pgdb", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var one int
			if err := db.Pool().QueryRow(b.Context(), "SELECT 1").Scan(&one); err != nil {
				b.Fatal(err)
			}
		}
	})
}
