package bench

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/bench/internal/peers/gomemdb"
	"github.com/tasktwin/tasktwin/pgdb"
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

// A read of go-memdb returns a row of one table, without derived columns.
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
	reads(b, onBoth, func(b *testing.B, size Size, s tasktwin.Store) {
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
	reads(b, onBoth, func(b *testing.B, size Size, s tasktwin.Store) {
		b.ReportAllocs()
		for n := 0; b.Loop(); n++ {
			workspace := uuid.NullUUID{UUID: id(kindWorkspace, n%size.Tasks), Valid: true}
			if _, err := s.GetTaskByWorkspaceID(b.Context(), workspace); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// A row of one table by its id is the lower bound of a point read.
func BenchmarkGetWorkspaceByID(b *testing.B) {
	reads(b, []where{
		{onMemdb, []int{1000}, nil},
		{onPgdb, []int{1000}, nil},
	}, func(b *testing.B, size Size, s tasktwin.Store) {
		b.ReportAllocs()
		for n := 0; b.Loop(); n++ {
			if _, err := s.GetWorkspaceByID(b.Context(), id(kindWorkspace, n%size.Tasks)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// joined selects a task with all inputs of its row of the view, without derived
// columns.
const joined = `
SELECT tasks.*, users.username, workspaces.group_acl, bindings.*, transition, job_status, lifecycle_state, health
FROM tasks
JOIN users ON users.id = tasks.owner_id
LEFT JOIN workspaces ON workspaces.id = tasks.workspace_id
LEFT JOIN LATERAL (
	SELECT * FROM task_workspace_apps WHERE task_id = tasks.id ORDER BY workspace_build_number DESC LIMIT 1
) AS bindings ON true
LEFT JOIN workspace_builds AS builds ON builds.workspace_id = tasks.workspace_id AND build_number = bindings.workspace_build_number
LEFT JOIN provisioner_jobs AS jobs ON jobs.id = builds.job_id
LEFT JOIN workspace_agents AS agents ON agents.id = bindings.workspace_agent_id
LEFT JOIN workspace_apps AS apps ON apps.id = bindings.workspace_app_id
WHERE tasks.id = $1 AND tasks.deleted_at IS NULL`

// The lower bound of GetTaskByID on PostgreSQL: it joins the eight tables without
// deriving columns.
func BenchmarkJoinedTaskByID(b *testing.B) {
	reads(b, []where{{onPgdb, []int{1000}, nil}}, func(b *testing.B, size Size, db *pgdb.DB) {
		b.ReportAllocs()
		for n := 0; b.Loop(); n++ {
			rows, err := db.Pool().Query(b.Context(), joined, TaskID(n%size.Tasks))
			if err != nil || !rows.Next() {
				b.Fatal(err, rows.Err())
			}
			rows.Close()
		}
	})
}

// SELECT 1 has the cost of a query that does nothing.
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
