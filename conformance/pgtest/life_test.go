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

// TestChild is what the processes run that the other tests start.
func TestChild(t *testing.T) { lifetest.Child(t) }

// serverKinds returns the kind that these tests use themselves, and the use of
// that server by its URL.
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
