package conformance

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/dumpfile"
	"github.com/tasktwin/tasktwin/internal/intercept"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/shadow"
	"github.com/tasktwin/tasktwin/tasktest"
)

// A shadow store passes the suite: its answers are those of its primary, whatever the
// secondary says. This one has no rows, so that it says something else all the time.
func TestShadow(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB) tasktwin.Store{"memdb": openMemdb, "pgdb": openPgdb} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if testing.Short() && name == "pgdb" {
				t.Skip("it takes as long as the suite on PostgreSQL")
			}
			Run(t, func(t testing.TB) tasktwin.Store {
				s, err := shadow.New(open(t), memdb.New(memdb.Options{}), shadow.Options{})
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = s.Close() }) // pgtest closes the pool as well
				return s
			})
		})
	}
}

// memdb loaded from a dump gives PostgreSQL's answers to every method that reads, and a row
// that is another in memory is found.
func TestShadowOfPostgres(t *testing.T) {
	t.Parallel()
	source := memdb.New(twinOptions(t))
	tasktest.New(t, source).Populate(8, tasktest.History{Builds: 3, Statuses: 6})
	rows, err := source.Dump(t.Context())
	require.NoError(t, err)
	var file bytes.Buffer
	require.NoError(t, dumpfile.Write(&file, rows))
	seed := pgtest.FromDump(file.String())
	ids := idsOf(rows)

	t.Run("same rows", func(t *testing.T) {
		t.Parallel()
		memory, err := memdb.OpenDump(bytes.NewReader(file.Bytes()), twinOptions(t))
		require.NoError(t, err)
		s := openShadow(t, seed.Open(t), memory, func(d shadow.Difference) { t.Error(d) })
		calls := readAll(t, s, ids)
		require.NoError(t, s.Wait(t.Context()))
		require.Equal(t, shadow.Stats{Reads: calls, Sampled: calls, Compared: calls}, s.Stats())
	})
	t.Run("another row", func(t *testing.T) {
		t.Parallel()
		memory, err := memdb.OpenDump(bytes.NewReader(file.Bytes()), twinOptions(t))
		require.NoError(t, err)
		task := rows.Tasks[0]
		_, err = memory.UpdateTaskPrompt(t.Context(), tasktwin.UpdateTaskPromptParams{ID: task.ID, Prompt: "another"})
		require.NoError(t, err)
		var found []shadow.Difference
		s := openShadow(t, seed.Open(t), memory, func(d shadow.Difference) { found = append(found, d) })
		_, err = s.GetTaskByID(t.Context(), task.ID)
		require.NoError(t, err)
		require.NoError(t, s.Wait(t.Context()))
		require.Len(t, found, 1)
		assert.Equal(t, "GetTaskByID", found[0].Method)
		assert.Equal(t, "- Prompt: \""+task.Prompt+"\"\n+ Prompt: \"another\"", found[0].Diff)
	})
}

func openShadow(t *testing.T, primary, secondary tasktwin.Store, report func(shadow.Difference)) *shadow.Store {
	t.Helper()
	s, err := shadow.New(primary, secondary, shadow.Options{Report: report, Queue: 1 << 16})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// idsOf returns the primary keys that are ids.
func idsOf(rows *tasktwin.Dump) []uuid.UUID {
	ids := []uuid.UUID{absent}
	for _, table := range reflect.ValueOf(rows).Elem().Fields() {
		for i := range table.Len() {
			if id, ok := reflect.TypeAssert[uuid.UUID](table.Index(i).Field(0)); ok {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// readAll calls each method that reads with each id, and returns the number of calls.
func readAll(t *testing.T, s tasktwin.Store, ids []uuid.UUID) (calls uint64) {
	t.Helper()
	for method := range reflect.TypeFor[tasktwin.Querier]().Methods() {
		if intercept.Writes(method.Name) {
			continue
		}
		for _, id := range ids {
			arg := reflect.New(method.Type.In(1)).Elem()
			setIDs(arg, id)
			reflect.ValueOf(s).MethodByName(method.Name).Call([]reflect.Value{reflect.ValueOf(t.Context()), arg})
			calls++
		}
	}
	return calls
}

// setIDs sets every id in a value.
func setIDs(v reflect.Value, id uuid.UUID) {
	switch p := v.Addr().Interface().(type) {
	case *uuid.UUID:
		*p = id
		return
	case *uuid.NullUUID:
		*p = nullUUID(id)
		return
	case *[]uuid.UUID:
		*p = []uuid.UUID{id, absent}
		return
	}
	if v.Kind() == reflect.Struct && v.Type().PkgPath() == reflect.TypeFor[tasktwin.Task]().PkgPath() {
		for _, field := range v.Fields() {
			setIDs(field, id)
		}
	}
}
