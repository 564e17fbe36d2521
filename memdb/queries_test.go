package memdb

import (
	"context"
	"reflect"
	"testing"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// A statement that fails after it has made its result returns none. Here the last of two
// serializable transactions fails, which have each read what the other one changes.
func TestAFailedStatementReturnsNoRow(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(context.Context, tasktwin.Store, uuid.UUID) (any, error){
		"update": func(ctx context.Context, s tasktwin.Store, id uuid.UUID) (any, error) {
			return s.UpdateTaskPrompt(ctx, tasktwin.UpdateTaskPromptParams{ID: id, Prompt: "changed"})
		},
		"upsert": func(ctx context.Context, s tasktwin.Store, id uuid.UUID) (any, error) {
			return s.UpsertTaskWorkspaceApp(ctx, tasktwin.UpsertTaskWorkspaceAppParams{TaskID: id, WorkspaceBuildNumber: 1})
		},
	} {
		db, one, two := New(Options{}), uuid.New(), uuid.New()
		insertBoundTask(t, db, one)
		must(t)(db.InsertTask(t.Context(), taskParams(two, one, "two")))
		must(t)(db.UpsertTaskWorkspaceApp(t.Context(), bindingParams(two, one, 1)))
		opts := &tasktwin.TxOptions{Isolation: tasktwin.Serializable}
		var row any
		err := db.InTx(t.Context(), func(a tasktwin.Store) error {
			must(t)(a.GetTaskByID(t.Context(), one))
			must(t)(nil, db.InTx(t.Context(), func(b tasktwin.Store) error {
				must(t)(b.GetTaskByID(t.Context(), two))
				must(t)(change(t.Context(), b, one))
				return nil
			}, opts))
			var err error
			row, err = change(t.Context(), a, two)
			return err
		}, opts)
		if !tasktwin.IsRetryable(err) {
			t.Fatalf("%s: %v", name, err)
		}
		if !reflect.ValueOf(row).IsZero() {
			t.Errorf("%s: it failed, and returned %+v", name, row)
		}
	}
}
