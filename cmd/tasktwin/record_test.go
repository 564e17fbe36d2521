package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/conformance/twin"
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

// What two goroutines do at the same time becomes a program of sessions, which the command
// replays on both engines.
func TestParityOfRecordedSessions(t *testing.T) {
	t.Parallel()
	memory, recorder := memdb.New(memdb.Options{}), parity.NewRecorder()
	store := observe.Wrap(memory, recorder.Observe)
	task := tasktest.New(t, store).Active()
	set := func(s tasktwin.Store, prompt string) error {
		_, err := s.UpdateTaskPrompt(t.Context(), tasktwin.UpdateTaskPromptParams{ID: task.ID, Prompt: prompt})
		return err
	}
	waited := make(chan error, 1)
	require.NoError(t, store.InTx(t.Context(), func(tx tasktwin.Store) error {
		err := set(tx, "first")
		go func() { waited <- set(store, "second") }()
		for len(memory.Waits()) == 0 {
			runtime.Gosched()
		}
		return err
	}, nil))
	require.NoError(t, <-waited)
	program, err := recorder.Program()
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "case.txt")
	require.NoError(t, os.WriteFile(path, []byte(program.String()), 0o600))

	r := command(t, "parity", "--program", path, "--postgres", pgtest.URL(t))
	require.Equal(t, exitOK, r.code, r.stderr)
	require.Contains(t, r.stdout, "waits for A")
	require.Contains(t, r.stdout, "steps of 2 sessions, 0 mismatches")
	r = command(t, "parity", "--json", "--program", path, "--postgres", pgtest.URL(t))
	require.Equal(t, exitOK, r.code, r.stderr)
	var report twin.SessionsReport
	require.NoError(t, json.Unmarshal([]byte(r.stdout), &report))
	require.Equal(t, len(program), report.Steps)
	require.Empty(t, report.Mismatch)

	// The database has to be empty.
	url := pgtest.URL(t)
	for _, want := range []int{exitOK, exitUsage} {
		r = command(t, "parity", "--program", path, "--postgres", url)
		require.Equal(t, want, r.code, r.stderr)
	}
}
