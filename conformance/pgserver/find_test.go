package pgserver

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestConfigRefusesUnknownKinds(t *testing.T) {
	t.Setenv(envKind, "mysql")
	_, err := configFromEnv()
	require.ErrorContains(t, err, `TASKTWIN_POSTGRES is "mysql": it must be one of url, local, or be unset`)
}

func TestNothingFoundSaysWhatWasTried(t *testing.T) {
	t.Parallel()
	_, err := start(t.Context(), config{path: []string{t.TempDir()}})
	require.ErrorIs(t, err, ErrNotFound)
	for _, tried := range []string{"url: TASKTWIN_POSTGRES_URL is not set", "local: no initdb and postgres in PATH"} {
		require.ErrorContains(t, err, tried)
	}
}

func TestOneKindIsNotReplacedByAnother(t *testing.T) {
	t.Parallel()
	_, err := start(t.Context(), config{kind: KindLocal, url: "postgres://nowhere.invalid/x", path: []string{t.TempDir()}})
	require.ErrorIs(t, err, ErrNotFound)
	require.ErrorContains(t, err, `nothing else was tried: TASKTWIN_POSTGRES is "local"`)
}

// A URL that does not work is a mistake to report, not a reason to go on.
func TestBrokenURLIsAnError(t *testing.T) {
	t.Parallel()
	url := "postgres:///postgres?host=" + t.TempDir()
	_, err := start(t.Context(), config{url: url, path: filepath.SplitList(os.Getenv("PATH")), globs: binaryGlobs})
	require.ErrorContains(t, err, "pgserver: url: TASKTWIN_POSTGRES_URL")
	require.NotErrorIs(t, err, ErrNotFound)
}

// The error of a broken URL does not show the password.
func TestBrokenURLKeepsThePasswordSecret(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"postgres://u:p/hunter2@127.0.0.1:1/x",
		"postgres://u:p@hunter2@127.0.0.1:1/x",
		"postgress://u:hunter2@127.0.0.1:1/x?a=b",
		"host=127.0.0.1 port=1 user=u;password=hunter2",
		"host=127.0.0.1 port=1 password=p hunter2",
		"host=127.0.0.1 port=1 password=hunter2",
	} {
		_, err := start(t.Context(), config{url: url})
		require.ErrorContains(t, err, "pgserver: url: TASKTWIN_POSTGRES_URL")
		require.NotContains(t, err.Error(), "hunter2")
	}
}

func TestStartHonoursTheContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Start(ctx)
	require.ErrorIs(t, err, context.Canceled)
}
