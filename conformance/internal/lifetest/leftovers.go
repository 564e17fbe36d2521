//go:build linux

package lifetest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// goneTimeout is how long the leftovers of a dead process may exist.
const goneTimeout = 30 * time.Second

// leftovers are the things that a run may leave behind.
type leftovers struct {
	folder    string // a local server's
	server    int    // its process id
	container string
	databases string // the prefix of their names, on the server at base
	base      string
}

// leftovers returns what the child may leave behind. The child has to be alive.
func (c *child) leftovers(t *testing.T, kind, base string) leftovers {
	t.Helper()
	switch kind {
	case "docker":
		return leftovers{container: "tasktwin-pg-" + c.run(t)}
	case "url":
		return leftovers{databases: "tasktwin_test_" + c.run(t), base: base}
	}
	u, err := url.Parse(c.url)
	require.NoError(t, err)
	host := u.Query().Get("host")
	l := leftovers{folder: filepath.Dir(host)}
	pid, err := os.ReadFile(filepath.Join(host, "data", "postmaster.pid"))
	require.NoError(t, err)
	_, err = fmt.Sscan(string(pid), &l.server)
	require.NoError(t, err)
	return l
}

// list returns the leftovers that exist.
func (l leftovers) list(ctx context.Context) ([]string, error) {
	var left []string
	if l.folder != "" {
		if _, err := os.Stat(l.folder); !errors.Is(err, fs.ErrNotExist) {
			left = append(left, "folder "+l.folder)
		}
		if err := syscall.Kill(l.server, 0); !errors.Is(err, syscall.ESRCH) {
			left = append(left, fmt.Sprintf("server %d", l.server))
		}
	}
	if l.container != "" {
		out, err := exec.CommandContext(ctx, "docker", "ps", "--all", "--quiet", "--filter", "name="+l.container).Output()
		if err != nil {
			return nil, fmt.Errorf("docker ps: %w", err)
		}
		if len(out) > 0 {
			left = append(left, "container "+l.container)
		}
	}
	if l.databases == "" {
		return left, nil
	}
	conn, err := pgx.Connect(ctx, l.base)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close(ctx) }()
	rows, err := conn.Query(ctx, "SELECT 'database ' || datname FROM pg_database WHERE starts_with(datname, $1)", l.databases)
	if err != nil {
		return nil, err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return append(left, names...), err
}

// requireSome fails the test if there are no leftovers: it would prove nothing.
func (l leftovers) requireSome(t *testing.T) {
	t.Helper()
	left, err := l.list(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, left)
}

// requireNone fails the test if any leftovers still exist after goneTimeout.
func (l leftovers) requireNone(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(goneTimeout); ; time.Sleep(20 * time.Millisecond) {
		left, err := l.list(t.Context())
		require.NoError(t, err)
		if len(left) == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("still there after %v: %v", goneTimeout, left)
		}
	}
}
