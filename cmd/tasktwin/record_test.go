package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/observe"
	"github.com/tasktwin/tasktwin/tasktest"
)

// A run of code with fixtures, transactions and savepoints is recorded, and the command
// replays it on both engines.
func TestParityOfARecordedRun(t *testing.T) {
	t.Parallel()
	recorder, calls := parity.NewRecorder(), 0
	count := func(context.Context, observe.Call) { calls++ }
	store := observe.Wrap(memdb.New(memdb.Options{}), recorder.Observe, count)
	world := tasktest.New(t, store)
	task := world.Active()
	err := store.InTx(t.Context(), func(tx tasktwin.Store) error {
		_ = tx.InTx(t.Context(), func(savepoint tasktwin.Store) error {
			return errors.Join(errors.New("stop"), savepoint.UpsertTaskSnapshot(t.Context(), tasktwin.UpsertTaskSnapshotParams{TaskID: task.ID}))
		}, nil)
		world.On(t, tx).Find(task.ID).Pause(tasktwin.BuildReasonTaskAutoPause)
		return nil
	}, &tasktwin.TxOptions{Isolation: tasktwin.Serializable})
	require.NoError(t, err)
	_, err = store.GetTelemetryTaskEvents(t.Context(), tasktwin.GetTelemetryTaskEventsParams{
		CreatedAfter: world.Clock.Now().Add(-time.Hour), Now: world.Clock.Now().Add(time.Hour),
	})
	require.NoError(t, err)

	program, err := recorder.Program()
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "case.txt")
	require.NoError(t, os.WriteFile(path, []byte(program.String()), 0o600))
	r := command(t, "parity", "--json", "--program", path, "--postgres", pgtest.URL(t))
	require.Equal(t, exitOK, r.code, r.stderr)
	var report parity.Report
	require.NoError(t, json.Unmarshal([]byte(r.stdout), &report))
	require.Equal(t, calls, report.Ops)
	require.Empty(t, report.Mismatches)
	require.True(t, slices.ContainsFunc(report.Methods, func(m parity.MethodStats) bool {
		return m.Method == "UpsertTaskSnapshot" && m.Outcomes["23502 log_snapshot"] == 1
	}), r.stdout)

	// A line that is no operation is refused.
	broken := strings.Replace(program.String(), "InsertUser", "InsertUsers", 1)
	require.NoError(t, os.WriteFile(path, []byte(broken), 0o600))
	r = command(t, "parity", "--program", path, "--postgres", pgtest.URL(t))
	require.Equal(t, exitUsage, r.code, r.stderr)
}
