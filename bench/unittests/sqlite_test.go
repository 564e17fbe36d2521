package unittests

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/bench"
	"github.com/tasktwin/tasktwin/bench/internal/peers/sqlitedb"
	"github.com/tasktwin/tasktwin/memdb"
)

// The drivers by the names of their ways.
var drivers = []struct{ name, driver string }{{"modernc", sqlitedb.Modernc}, {"mattn", sqlitedb.Mattn}}

func sqliteWays() []way {
	var all []way
	for _, d := range drivers {
		all = append(all, way{"sqlite-" + d.name + "-memory", inMemory(d.driver)}, way{"sqlite-" + d.name + "-file", inFile(d.driver)})
	}
	return all
}

// requireDriver skips a test whose driver is not linked.
func requireDriver(t testing.TB, driver string) {
	t.Helper()
	if driver == sqlitedb.Mattn && !hasMattn {
		t.Skip("github.com/mattn/go-sqlite3 needs cgo: a C compiler, and CGO_ENABLED not 0")
	}
}

// The schema is created in each test, in memory.
func inMemory(driver string) opener {
	return func(t testing.TB) runner {
		requireDriver(t, driver)
		return func(t testing.TB, test testFunc) { onSQLite(t, driver, "", test) }
	}
}

// The schema is created in each test, in a new file of a folder in memory. Where there is
// no /dev/shm, it is a folder for temporary files.
func inFile(driver string) opener {
	return func(t testing.TB) runner {
		requireDriver(t, driver)
		folder := shmFolder(t)
		return func(t testing.TB, test testFunc) {
			path := filepath.Join(folder, "test.db")
			onSQLite(t, driver, path, test)
			require.NoError(t, os.Remove(path))
		}
	}
}

func shmFolder(t testing.TB) string {
	t.Helper()
	folder, err := os.MkdirTemp("/dev/shm", "tasktwin-bench-") //nolint:usetesting // t.TempDir is on a disk
	if err != nil {
		t.Logf("the files are in a folder for temporary files: %v", err)
		return t.TempDir()
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(folder); err != nil {
			t.Error(err)
		}
	})
	return folder
}

// onSQLite runs a test on a database with the fixture.
func onSQLite(t testing.TB, driver, path string, test testFunc) {
	t.Helper()
	db, err := sqlitedb.Open(t.Context(), driver, path)
	require.NoError(t, err)
	require.NoError(t, db.Load(t.Context(), fixture))
	test(t, db)
	require.NoError(t, db.Close())
}

// SQLite answers the operations of the unit test, and those that fail, as memdb does.
func TestSQLiteAnswersAlike(t *testing.T) {
	t.Parallel()
	mem := memdb.New(memdb.Options{})
	require.NoError(t, mem.Load(t.Context(), fixture))
	want := answers(t, mem)
	for _, d := range drivers {
		for name, open := range map[string]opener{
			"memory": inMemory(d.driver),
			"file":   inFile(d.driver),
		} {
			t.Run(d.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				open(t)(t, func(t testing.TB, lite store) { require.Equal(t, want, answers(t, lite)) })
			})
		}
	}
}

// answers calls the methods of the unit test and returns their results: rows, and
// sql.ErrNoRows where there is none.
func answers(t testing.TB, s store) (all []any) {
	t.Helper()
	ctx := t.Context()
	add := func(result any, err error) {
		t.Helper()
		if err != nil {
			require.ErrorIs(t, err, sql.ErrNoRows)
			all = append(all, sql.ErrNoRows)
			return
		}
		all = append(all, result)
	}
	first, second, owner := bench.TaskID(0), bench.TaskID(1), bench.UserID(0)
	byName := func(name string) tasktwin.GetTaskByOwnerIDAndNameParams {
		return tasktwin.GetTaskByOwnerIDAndNameParams{OwnerID: owner, Name: name}
	}
	addAll := func() {
		t.Helper()
		for _, id := range []uuid.UUID{first, second} {
			add(s.GetTaskByID(ctx, id))
			add(s.GetTaskSnapshot(ctx, id))
		}
		add(s.GetTaskByOwnerIDAndName(ctx, byName("TASK-0")))
		add(s.GetTaskByOwnerIDAndName(ctx, byName("Second")))
		add(s.ListTasks(ctx, tasktwin.ListTasksParams{OwnerID: owner}))
		add(s.GetTelemetryTaskEvents(ctx, tasktwin.GetTelemetryTaskEventsParams{Now: bench.Now}))
	}
	addAll()
	add(s.InsertTask(ctx, tasktwin.InsertTaskParams{
		ID: second, OrganizationID: bench.OrganizationID(), OwnerID: owner, Name: "second", DisplayName: "Second",
		TemplateVersionID: fixture.TemplateVersions[0].ID, TemplateParameters: []byte(`{"a": 1}`), Prompt: "Write a test", CreatedAt: bench.Now,
	}))
	add(s.InsertWorkspaceAppStatus(ctx, newStatus()))
	for _, lines := range []string{`{"lines": 3}`, `{"lines": 4}`} {
		for _, id := range []uuid.UUID{first, second} {
			require.NoError(t, s.UpsertTaskSnapshot(ctx, tasktwin.UpsertTaskSnapshotParams{
				TaskID: id, LogSnapshot: []byte(lines), LogSnapshotCreatedAt: bench.Now,
			}))
		}
	}
	add(s.UpdateTaskPrompt(ctx, tasktwin.UpdateTaskPromptParams{ID: second, Prompt: "Write two"}))
	addAll()
	for range 2 { // the second time there is nothing to delete
		add(s.DeleteTask(ctx, tasktwin.DeleteTaskParams{ID: first, DeletedAt: bench.Now}))
		add(s.UpdateTaskPrompt(ctx, tasktwin.UpdateTaskPromptParams{ID: first, Prompt: "Too late"}))
	}
	addAll()
	return all
}
