package tasktest_test

import (
	"fmt"
	"os"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/tasktest"
)

// What a statement has changed.
func ExampleDiff() {
	store := memdb.New(memdb.Options{})
	w := tasktest.New(t, store)
	task := w.Active()
	before, _ := store.Dump(t.Context())
	_, _ = store.UpdateTaskPrompt(t.Context(), tasktwin.UpdateTaskPromptParams{ID: task.ID, Prompt: "fix the tests"})
	after, _ := store.Dump(t.Context())
	fmt.Print(tasktest.Diff(before, after))
	// Output:
	// tasks
	//   ~ id 00000000-0011-4000-8000-000000000001 (task 1)
	//       prompt: "Fix flaky test 1" → "fix the tests"
}

// Rows for "psql -f".
func ExampleWriteSQL() {
	rows := &tasktwin.Dump{Users: []tasktwin.User{{Username: "ada", Name: "Ada's"}}}
	if err := tasktest.WriteSQL(os.Stdout, rows); err != nil {
		panic(err)
	}
	// Output:
	// \set ON_ERROR_STOP on
	// BEGIN;
	// SET LOCAL client_encoding = 'UTF8';
	// INSERT INTO users (id, email, username, name, avatar_url, created_at, updated_at, deleted) VALUES
	//   ('00000000-0000-0000-0000-000000000000', '', 'ada', 'Ada''s', '', '0001-01-01 00:00:00+00', '0001-01-01 00:00:00+00', false);
	// COMMIT;
}
