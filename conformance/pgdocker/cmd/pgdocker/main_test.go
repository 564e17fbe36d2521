package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/pgserver"
)

func TestRunGivesTheServersURL(t *testing.T) {
	if os.Getenv("TASKTWIN_POSTGRES") != "docker" {
		t.Skip("needs TASKTWIN_POSTGRES=docker, as make test-docker sets it")
	}
	t.Setenv("TASKTWIN_POSTGRES", "docker") // so that the test restores it: run changes it
	file := filepath.Join(t.TempDir(), "url")
	code, err := run(t.Context(), "sh", "-c", `echo "$TASKTWIN_POSTGRES $TASKTWIN_POSTGRES_URL" >"$1"; exit 7`, "sh", file)
	require.NoError(t, err)
	require.Equal(t, 7, code)
	told, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Regexp(t, `^url postgres://postgres:\w+@[^/]+/postgres\?sslmode=disable\n$`, string(told))
}

func TestRunWithoutADaemon(t *testing.T) {
	t.Setenv("TASKTWIN_POSTGRES", "docker") // so that the test restores it: run changes it
	t.Setenv("DOCKER_HOST", "unix://"+filepath.Join(t.TempDir(), "none.sock"))
	code, err := run(t.Context(), "true")
	require.ErrorIs(t, err, pgserver.ErrNotFound)
	require.Equal(t, exitFailed, code)
}
