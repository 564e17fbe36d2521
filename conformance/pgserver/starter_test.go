//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package pgserver

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// register registers a starter for one test, and makes Start use only this one.
func register(t *testing.T, kind string, start func(context.Context, *Run) (*Backend, error)) {
	t.Helper()
	before := registeredStarters()
	t.Cleanup(func() {
		registered.mu.Lock()
		defer registered.mu.Unlock()
		registered.starters = before
	})
	require.NoError(t, Register(Starter{Kind: kind, Start: start}))
	t.Setenv(envKind, kind)
}

func TestRegisteredStarter(t *testing.T) {
	cfg, err := configFromEnv()
	require.NoError(t, err)
	var lock string
	register(t, "another", func(ctx context.Context, run *Run) (*Backend, error) {
		var err error
		if lock, err = run.LockFile(); err != nil {
			return nil, err
		}
		again, err := run.LockFile()
		require.NoError(t, err)
		require.Equal(t, lock, again)
		return startLocal(ctx, cfg)
	})
	server, err := Start(t.Context())
	if _, missing := errors.AsType[*absentError](err); missing || errors.Is(err, ErrNotFound) {
		t.Skip(err)
	}
	require.NoError(t, err)
	require.Equal(t, "another", server.Kind())
	_, drop, err := server.NewDatabase(t.Context())
	require.NoError(t, err)
	require.NoError(t, drop())
	require.False(t, Unlocked(lock), "the run lives")
	require.NoError(t, server.Close())
	require.True(t, Unlocked(lock), "the run has ended")
	require.NoDirExists(t, filepath.Dir(lock))
}

func TestStartersThatFailLeaveNothing(t *testing.T) {
	for name, failure := range map[string]error{"absent": Absent("no %s", "daemon"), "broken": errors.New("out of order")} {
		t.Run(name, func(t *testing.T) {
			var lock string
			register(t, "another", func(_ context.Context, run *Run) (_ *Backend, err error) {
				lock, err = run.LockFile()
				require.NoError(t, err)
				require.FileExists(t, lock)
				return nil, failure
			})
			_, err := Start(t.Context())
			require.ErrorContains(t, err, "another: "+failure.Error())
			require.Equal(t, name == "absent", errors.Is(err, ErrNotFound))
			require.NoDirExists(t, filepath.Dir(lock))
		})
	}
}

func TestRegisterRefuses(t *testing.T) {
	t.Parallel()
	start := func(context.Context, *Run) (*Backend, error) { return nil, os.ErrInvalid }
	for _, kind := range []string{"", "url", "local"} {
		require.ErrorContains(t, Register(Starter{Kind: kind, Start: start}), "Starter.Kind is \""+kind+"\"")
	}
	require.ErrorContains(t, Register(Starter{Kind: "another"}), "Starter.Start is nil")
}

func TestUnlockedDoesNotFollowLinks(t *testing.T) {
	t.Parallel()
	link := filepath.Join(t.TempDir(), "lock")
	require.NoError(t, os.Symlink(filepath.Join(t.TempDir(), "none"), link))
	require.False(t, Unlocked(link))
}

func TestDockerHasToBeImported(t *testing.T) {
	t.Setenv(envKind, "docker")
	_, err := Start(t.Context())
	require.ErrorContains(t, err, "only programs that import conformance/pgdocker start servers in Docker")
}
