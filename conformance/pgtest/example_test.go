package pgtest_test

import (
	_ "embed"
	"testing"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
)

// The file was written by tasktwin dump --plain, or by package dumpfile.
//
//go:embed testdata/seed.jsonl
var file string

// The rows are loaded once for all tests of the package.
var seed = pgtest.FromDump(file)

// testPaused is the function of a test. Each test gets a database of its own with the rows
// of the file.
func testPaused(t *testing.T) {
	t.Parallel()
	db := seed.Open(t)
	paused, err := db.ListTasks(t.Context(), tasktwin.ListTasksParams{Status: tasktwin.TaskStatusPaused})
	if err != nil || len(paused) != 1 || paused[0].Name != "tests" {
		t.Error(paused, err)
	}
}

// Tests start from the rows of a file.
func ExampleFromDump() {
	_ = testPaused // in a test file its name is TestPaused
}
