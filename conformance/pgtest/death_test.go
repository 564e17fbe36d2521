//go:build linux

package pgtest_test

import (
	"fmt"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/pgtest"
)

// serverKind is a kind of server that children use.
type serverKind struct {
	name string
	base string // URL of the server that they share, if they do
	env  []string
}

// serverKinds returns the kind that these tests use themselves, and the use of
// that server by its URL.
func serverKinds(t *testing.T) []serverKind {
	t.Helper()
	u, err := url.Parse(pgtest.URL(t))
	require.NoError(t, err)
	u.Path = "/postgres"
	kinds := []serverKind{{
		name: "url",
		base: u.String(),
		env:  []string{"TASKTWIN_POSTGRES=url", "TASKTWIN_POSTGRES_URL=" + u.String()},
	}}
	switch {
	case os.Getenv("TASKTWIN_POSTGRES") == "docker":
		return append(kinds, serverKind{name: "docker", env: []string{"TASKTWIN_POSTGRES=docker"}})
	case strings.HasPrefix(u.Query().Get("host"), "/"):
		return append(kinds, serverKind{name: "local", env: []string{"TASKTWIN_POSTGRES=local"}})
	}
	return kinds
}

func TestNothingIsLeftBehind(t *testing.T) {
	t.Parallel()
	type ending struct {
		how    string         // as TestChild takes it
		signal syscall.Signal // to send to the process instead
		code   int            // that it exits with
	}
	endings := []ending{
		{how: "passes"},
		{how: "fails", code: 1},
		{how: "panics", code: 2},
		{how: "panics elsewhere", code: 2},
		{how: "exits", code: 3},
		{signal: syscall.SIGINT},
		{signal: syscall.SIGTERM},
		{signal: syscall.SIGHUP},
		{signal: syscall.SIGKILL},
	}
	for _, kind := range serverKinds(t) {
		for _, e := range endings {
			name := e.how
			if e.signal != 0 {
				name = e.signal.String()
			}
			t.Run(kind.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				if e.signal != 0 && signal.Ignored(e.signal) {
					t.Skip("it is ignored, as under nohup")
				}
				c := startChild(t, name, kind.env...)
				left := c.leftovers(t, kind.name, kind.base)
				left.requireSome(t)
				if e.signal == 0 {
					require.NoError(t, c.stdin.Close())
					require.Equal(t, e.code, c.wait(t).ExitStatus())
				} else {
					require.NoError(t, c.cmd.Process.Signal(e.signal))
					require.Equal(t, e.signal, c.wait(t).Signal())
				}
				left.requireNone(t)
			})
		}
	}
}

// A crash of the whole machine spares neither the server nor the watchdog.
func TestNextRunSweepsUp(t *testing.T) {
	t.Parallel()
	for _, kind := range serverKinds(t) {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			c := startChild(t, "is killed", kind.env...)
			left := c.leftovers(t, kind.name, kind.base)
			left.requireSome(t)
			for _, pid := range children(t, c.cmd.Process.Pid) {
				if pid != left.server {
					require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
				}
			}
			require.NoError(t, c.cmd.Process.Kill())
			require.Equal(t, syscall.SIGKILL, c.wait(t).Signal())
			// What is left may be gone already: other tests' runs sweep, too.
			next := startChild(t, "passes", kind.env...)
			require.NoError(t, next.stdin.Close())
			require.Zero(t, next.wait(t).ExitStatus())
			left.requireNone(t)
		})
	}
}

// children returns the processes that a process has started and not waited for.
func children(t *testing.T, pid int) []int {
	t.Helper()
	tasks, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	require.NoError(t, err)
	var pids []int
	for _, task := range tasks {
		list, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/children", pid, task.Name()))
		require.NoError(t, err)
		for field := range strings.FieldsSeq(string(list)) {
			var child int
			_, err := fmt.Sscan(field, &child)
			require.NoError(t, err)
			pids = append(pids, child)
		}
	}
	return pids
}

// A run that is given the URL of another run's server leaves the databases of
// that one alone.
func TestRunsShareAServer(t *testing.T) {
	t.Parallel()
	database := pgtest.URL(t)
	kind := serverKinds(t)[0]
	c := startChild(t, "passes", kind.env...)
	require.NoError(t, c.stdin.Close())
	require.Zero(t, c.wait(t).ExitStatus())
	connect(t, database)
}
