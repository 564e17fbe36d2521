//go:build linux

package pgtest_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/internal/lifetest"
	"github.com/tasktwin/tasktwin/conformance/pgserver"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
)

// TestChild runs in the child processes that the other tests start.
func TestChild(t *testing.T) { lifetest.Child(t) }

// serverKinds returns the kinds of server to test: this process's server, used by
// its URL, and a local one if this process uses a local one.
func serverKinds(t *testing.T) []lifetest.Kind {
	t.Helper()
	kinds := []lifetest.Kind{lifetest.ByURL(t)}
	u, err := url.Parse(pgtest.URL(t))
	require.NoError(t, err)
	if strings.HasPrefix(u.Query().Get("host"), "/") {
		kinds = append(kinds, lifetest.Kind{Name: pgserver.KindLocal, Env: []string{"TASKTWIN_POSTGRES=local"}})
	}
	return kinds
}

func TestNothingIsLeftBehind(t *testing.T) {
	t.Parallel()
	lifetest.NothingIsLeftBehind(t, serverKinds(t))
}

func TestNextRunSweepsUp(t *testing.T) {
	t.Parallel()
	lifetest.NextRunSweepsUp(t, serverKinds(t))
}

func TestRunsShareAServer(t *testing.T) {
	t.Parallel()
	lifetest.RunsShareAServer(t)
}
