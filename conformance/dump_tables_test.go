package conformance

import (
	"context"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/cases"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
)

// DumpTables reads each table by its name, and no other.
func TestDumpTables(t *testing.T) {
	t.Parallel()
	db := pgtest.Open(t)
	require.NoError(t, db.Load(t.Context(), cases.RowsToLoad(2)))
	all, err := db.Dump(t.Context())
	require.NoError(t, err)
	for field := range reflect.TypeFor[tasktwin.Dump]().Fields() {
		got, err := db.DumpTables(t.Context(), field.Tag.Get("json"))
		require.NoError(t, err)
		var want tasktwin.Dump
		rows := reflect.ValueOf(all).Elem().FieldByIndex(field.Index)
		require.Equal(t, 2, rows.Len())
		reflect.ValueOf(&want).Elem().FieldByIndex(field.Index).Set(rows)
		require.Equal(t, &want, got, field.Name)
	}
	none, err := db.DumpTables(t.Context())
	require.NoError(t, err)
	require.Equal(t, &tasktwin.Dump{}, none)

	_, err = db.DumpTables(t.Context(), "tasks", "chores")
	require.ErrorContains(t, err, `there is no table "chores", only [organizations users`)

	// In a transaction it sees the transaction's rows.
	require.NoError(t, db.InTx(t.Context(), func(tx tasktwin.Store) error {
		_, err := tx.DeleteTask(t.Context(), tasktwin.DeleteTaskParams{ID: all.Tasks[0].ID, DeletedAt: at(1)})
		require.NoError(t, err)
		dumper, ok := tx.(interface {
			DumpTables(ctx context.Context, tables ...string) (*tasktwin.Dump, error)
		})
		require.True(t, ok)
		got, err := dumper.DumpTables(t.Context(), "tasks")
		require.NoError(t, err)
		require.True(t, got.Tasks[0].DeletedAt.Valid)
		return nil
	}, nil))
}
