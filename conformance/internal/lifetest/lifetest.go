//go:build linux

// Package lifetest tests that nothing of a server outlives the process that
// started it. It is for the tests of packages that start servers.
package lifetest

import (
	"fmt"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/pgserver"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
)

// Kind is a kind of server that children use.
type Kind struct {
	Name string   // as in [pgserver.Server.Kind]
	Env  []string // the environment variables that choose it
	base string   // URL of the server that children share, or empty
}

// ByURL returns the kind whose children use this process's server by its URL.
func ByURL(t *testing.T) Kind {
	t.Helper()
	u, err := url.Parse(pgtest.URL(t))
	require.NoError(t, err)
	u.Path = "/postgres"
	return Kind{
		Name: pgserver.KindURL,
		Env:  []string{"TASKTWIN_POSTGRES=url", "TASKTWIN_POSTGRES_URL=" + u.String()},
		base: u.String(),
	}
}

// NothingIsLeftBehind asserts that no server and no file outlives a child, however
// the child ends.
func NothingIsLeftBehind(t *testing.T, kinds []Kind) {
	t.Helper()
	type ending struct {
		how    string         // as Child understands it
		signal syscall.Signal // to send to the process instead
		code   int            // the exit code
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
	for _, kind := range kinds {
		for _, e := range endings {
			name := e.how
			if e.signal != 0 {
				name = e.signal.String()
			}
			t.Run(kind.Name+"/"+name, func(t *testing.T) {
				t.Parallel()
				if e.signal != 0 && signal.Ignored(e.signal) {
					t.Skip("it is ignored, as under nohup")
				}
				c := startChild(t, name, kind.Env...)
				left := c.leftovers(t, kind.Name, kind.base)
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

// NextRunSweepsUp asserts that a run removes what was left behind by a run that
// died together with its watchdogs, as in a crash of the whole machine.
func NextRunSweepsUp(t *testing.T, kinds []Kind) {
	t.Helper()
	for _, kind := range kinds {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			c := startChild(t, "is killed", kind.Env...)
			left := c.leftovers(t, kind.Name, kind.base)
			left.requireSome(t)
			for _, pid := range children(t, c.cmd.Process.Pid) {
				if pid != left.server {
					require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
				}
			}
			require.NoError(t, c.cmd.Process.Kill())
			require.Equal(t, syscall.SIGKILL, c.wait(t).Signal())
			// It may be gone already: the runs of other tests sweep, too.
			next := startChild(t, "passes", kind.Env...)
			require.NoError(t, next.stdin.Close())
			require.Zero(t, next.wait(t).ExitStatus())
			left.requireNone(t)
		})
	}
}

// children returns the children of a process, including those that it has not
// waited for.
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

// RunsShareAServer asserts that a run does not touch the databases of another run
// on the same server.
func RunsShareAServer(t *testing.T) {
	t.Helper()
	database := pgtest.URL(t)
	c := startChild(t, "passes", ByURL(t).Env...)
	require.NoError(t, c.stdin.Close())
	require.Zero(t, c.wait(t).ExitStatus())
	connect(t, database)
}
