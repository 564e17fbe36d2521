package memdb

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// Statements that cannot fail after their first change work on the state in place.
func TestStatementsInPlace(t *testing.T) {
	t.Parallel()
	ctx, db, id := t.Context(), New(Options{}), uuid.New()
	insertBoundTask(t, db, id)
	state := db.store.Peek()
	for _, s := range []struct {
		name string
		run  func() error
	}{
		{"an insert", func() error {
			_, err := db.InsertUser(ctx, tasktwin.InsertUserParams{ID: uuid.New(), Username: "another", Email: "another"})
			return err
		}},
		{"an update", func() error {
			_, err := db.UpdateWorkspaceAppHealthByID(ctx, tasktwin.UpdateWorkspaceAppHealthByIDParams{
				ID: id, Health: tasktwin.WorkspaceAppHealthHealthy,
			})
			return err
		}},
		{"a status", func() error {
			_, err := db.InsertWorkspaceAppStatus(ctx, tasktwin.InsertWorkspaceAppStatusParams{
				ID: uuid.New(), AgentID: id, AppID: id, WorkspaceID: id, State: tasktwin.WorkspaceAppStatusStateWorking,
			})
			return err
		}},
		{"a binding", func() error {
			_, err := db.UpsertTaskWorkspaceApp(ctx, bindingParams(id, id, 1))
			return err
		}},
		{"a snapshot", func() error {
			return db.UpsertTaskSnapshot(ctx, tasktwin.UpsertTaskSnapshotParams{TaskID: id, LogSnapshot: []byte("{}")})
		}},
		{"a task's update", func() error {
			_, err := db.UpdateTaskPrompt(ctx, tasktwin.UpdateTaskPromptParams{ID: id, Prompt: "more"})
			return err
		}},
		{"a task's delete", func() error {
			_, err := db.DeleteTask(ctx, tasktwin.DeleteTaskParams{ID: id, DeletedAt: time.Unix(0, 0)})
			return err
		}},
	} {
		if err := s.run(); err != nil {
			t.Errorf("%s: %v", s.name, err)
		}
		if db.store.Peek() != state {
			t.Fatalf("%s cloned a state that nobody has read", s.name)
		}
	}
}

func TestDefaultVersion(t *testing.T) {
	t.Parallel()
	for given, want := range map[int]int{0: DefaultPostgresVersion, 14: 14, 18: 18} {
		db := New(Options{PostgresVersion: given})
		if got := db.store.Peek().Tables.opts.PostgresVersion; got != want || db.version != want {
			t.Errorf("version %d becomes %d and %d, want %d", given, got, db.version, want)
		}
	}
}
