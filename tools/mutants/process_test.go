package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func shell(t *testing.T, script string) process {
	t.Helper()
	path := filepath.Join(t.TempDir(), "script")
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o700))
	return process{binary: path, folder: t.TempDir(), timeout: time.Minute}
}

func TestProcesses(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("/bin/sh"); err != nil {
		t.Skip(err)
	}
	v, err := shell(t, "echo fine").run(t.Context())
	require.NoError(t, err)
	require.False(t, v.failed)
	require.Equal(t, "fine\n", v.output)

	v, err = shell(t, "echo no; exit 3").run(t.Context())
	require.NoError(t, err)
	require.True(t, v.failed)
	require.False(t, v.timedOut)

	// Child processes are ended, too.
	endless := shell(t, "sleep 1000 & echo $! > child; wait")
	endless.timeout = time.Second
	v, err = endless.run(t.Context())
	require.NoError(t, err)
	require.True(t, v.timedOut)
	child, err := os.ReadFile(filepath.Join(endless.folder, "child"))
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		state, err := os.ReadFile("/proc/" + strings.TrimSpace(string(child)) + "/stat")
		return err != nil || strings.Contains(string(state), ") Z ")
	}, 10*time.Second, 10*time.Millisecond)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = shell(t, "sleep 1000").run(ctx)
	require.ErrorIs(t, err, context.Canceled)
}

func TestOutputIsBounded(t *testing.T) {
	t.Parallel()
	w := &tail{most: 100}
	for range 1000 {
		n, err := w.Write([]byte("0123456789"))
		require.NoError(t, err)
		require.Equal(t, 10, n)
	}
	require.LessOrEqual(t, w.Len(), 200)
	require.True(t, strings.HasSuffix(w.String(), "0123456789"))
}
