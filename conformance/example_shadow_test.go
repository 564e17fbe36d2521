package conformance_test

import (
	_ "embed"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/shadow"
)

// The file is a dump of the database: tasktwin dump --plain.
//
//go:embed pgtest/testdata/seed.jsonl
var dumpOfStaging string

var staging = pgtest.FromDump(dumpOfStaging)

// testUnderReadTraffic compares memdb with PostgreSQL while a program reads. In staging
// the primary is the store of the program, Sample is small, and Report logs.
func testUnderReadTraffic(t *testing.T) {
	t.Parallel()
	memory, err := memdb.OpenDump(strings.NewReader(dumpOfStaging), memdb.Options{})
	require.NoError(t, err)
	store, err := shadow.New(staging.Open(t), memory, shadow.Options{
		Report: func(d shadow.Difference) { t.Error(d) },
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })

	tasks, err := store.ListTasks(t.Context(), tasktwin.ListTasksParams{})
	require.NoError(t, err)
	for _, task := range tasks {
		_, err := store.GetTaskByID(t.Context(), task.ID)
		require.NoError(t, err)
	}

	require.NoError(t, store.Wait(t.Context()))
	stats := store.Stats()
	require.EqualValues(t, 3, stats.Compared)
	require.Zero(t, stats.Different)
}

// A store in memory that was loaded from a dump is compared with PostgreSQL under read
// traffic.
func Example_shadow() {
	_ = testUnderReadTraffic // in a test file its name is TestUnderReadTraffic
}
