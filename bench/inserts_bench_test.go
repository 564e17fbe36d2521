package bench

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/pgdb"
)

// batch is the number of rows that are inserted before the store is replaced by a
// fresh one, so that its size does not depend on the number of iterations. It is
// one row per task. A batch therefore touches the whole store, and the cost of
// copying nodes on the first writes of a fork has the same weight for each size.
func batch(size Size) int { return size.Tasks }

type taskInserter interface {
	InsertTask(ctx context.Context, arg tasktwin.InsertTaskParams) (tasktwin.Task, error)
}

func insertTaskParams(r tasktwin.Task) tasktwin.InsertTaskParams {
	return tasktwin.InsertTaskParams{
		ID: r.ID, OrganizationID: r.OrganizationID, OwnerID: r.OwnerID, Name: r.Name, DisplayName: r.DisplayName, WorkspaceID: r.WorkspaceID,
		TemplateVersionID: r.TemplateVersionID, TemplateParameters: r.TemplateParameters, Prompt: r.Prompt, CreatedAt: r.CreatedAt,
	}
}

// newTasks returns tasks that are not in a data set.
func newTasks(size Size, n int) []tasktwin.InsertTaskParams {
	like := insertTaskParams(World(Size{Tasks: 1}).Tasks[0])
	like.WorkspaceID = uuid.NullUUID{}
	args := make([]tasktwin.InsertTaskParams, n)
	for i := range args {
		args[i] = like
		args[i].ID, args[i].Name = TaskID(size.Tasks+i), TaskName(size.Tasks+i)
	}
	return args
}

func BenchmarkInsertTask(b *testing.B) {
	writes(b, onAll, func(b *testing.B, size Size, fresh func() taskInserter) {
		args := newTasks(size, batch(size))
		inBatches(b, size, fresh, func(s taskInserter, n int) error {
			_, err := s.InsertTask(b.Context(), args[n])
			return err
		})
	})
}

// inBatches runs inserts with a fresh store for each batch.
func inBatches[Q any](b *testing.B, size Size, fresh func() Q, insert func(s Q, n int) error) {
	b.Helper()
	b.ReportAllocs()
	store := fresh()
	for n := 0; b.Loop(); n++ {
		if n == batch(size) {
			b.StopTimer()
			store, n = fresh(), 0
			b.StartTimer()
		}
		if err := insert(store, n); err != nil {
			b.Fatal(err)
		}
	}
	fresh()
}

// The upsert replaces an existing binding.
func BenchmarkUpsertTaskWorkspaceApp(b *testing.B) {
	writes(b, onBoth, func(b *testing.B, size Size, fresh func() tasktwin.Store) {
		inBatches(b, size, fresh, func(s tasktwin.Store, n int) error {
			_, err := s.UpsertTaskWorkspaceApp(b.Context(), sameBinding(size, n))
			return err
		})
	})
}

// sameBinding is the first binding of the n-th task.
func sameBinding(size Size, n int) tasktwin.UpsertTaskWorkspaceAppParams {
	return tasktwin.UpsertTaskWorkspaceAppParams{
		TaskID: TaskID(n), WorkspaceBuildNumber: 1,
		WorkspaceAgentID: uuid.NullUUID{UUID: id(kindAgent, n*size.Builds), Valid: true},
		WorkspaceAppID:   uuid.NullUUID{UUID: id(kindApp, n*size.Builds), Valid: true},
	}
}

type statusInserter interface {
	InsertWorkspaceAppStatus(ctx context.Context, arg tasktwin.InsertWorkspaceAppStatusParams) (tasktwin.WorkspaceAppStatus, error)
}

// newStatuses returns statuses that are not in a data set, spread over its tasks.
func newStatuses(size Size, n int) []tasktwin.InsertWorkspaceAppStatusParams {
	args := make([]tasktwin.InsertWorkspaceAppStatusParams, n)
	for i := range args {
		task := i * 7919 % size.Tasks
		serial := task * size.Builds
		args[i] = tasktwin.InsertWorkspaceAppStatusParams{
			ID: id(kindOther, i), CreatedAt: Now, AgentID: id(kindAgent, serial), AppID: id(kindApp, serial),
			WorkspaceID: id(kindWorkspace, task), State: tasktwin.WorkspaceAppStatusStateWorking, Message: Message(i),
		}
	}
	return args
}

func BenchmarkInsertWorkspaceAppStatus(b *testing.B) {
	writes(b, onAll, func(b *testing.B, size Size, fresh func() statusInserter) {
		args := newStatuses(size, batch(size))
		inBatches(b, size, fresh, func(s statusInserter, n int) error {
			_, err := s.InsertWorkspaceAppStatus(b.Context(), args[n])
			return err
		})
	})
}

// The lower bound of InsertTask and InsertWorkspaceAppStatus on PostgreSQL: the same
// statement with the same values, by pgx alone. Its row is read, and not converted.
func BenchmarkBareInsert(b *testing.B) {
	writes(b, []where{{onPgdb, []int{1000}, nil}}, func(b *testing.B, size Size, fresh func() *pgdb.DB) {
		insert := func(db *pgdb.DB, sql string, args ...any) error {
			rows, err := db.Pool().Query(b.Context(), sql, args...)
			if err != nil {
				return err
			}
			defer rows.Close()
			rows.Next()
			rows.Close()
			return rows.Err()
		}
		b.Run("into=tasks", func(b *testing.B) {
			args := newTasks(size, batch(size))
			inBatches(b, size, fresh, func(db *pgdb.DB, n int) error {
				a := &args[n]
				return insert(db, bareInsertTask, a.ID, a.OrganizationID, a.OwnerID, a.Name, a.DisplayName, a.WorkspaceID, a.TemplateVersionID,
					a.TemplateParameters, a.Prompt, a.CreatedAt)
			})
		})
		b.Run("into=statuses", func(b *testing.B) {
			args := newStatuses(size, batch(size))
			inBatches(b, size, fresh, func(db *pgdb.DB, n int) error {
				a := &args[n]
				return insert(db, bareInsertStatus, a.ID, a.CreatedAt, a.AgentID, a.AppID, a.WorkspaceID, a.State, a.Message, a.URI)
			})
		})
	})
}

const (
	bareInsertTask = `INSERT INTO tasks
    (id, organization_id, owner_id, name, display_name, workspace_id, template_version_id, template_parameters, prompt, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
RETURNING *`
	bareInsertStatus = `INSERT INTO workspace_app_statuses (id, created_at, agent_id, app_id, workspace_id, state, message, uri)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
RETURNING *`
)
