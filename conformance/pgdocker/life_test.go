//go:build linux

package pgdocker_test

import (
	"testing"

	"github.com/tasktwin/tasktwin/conformance/internal/lifetest"
)

// TestChild runs in the child processes that the other tests start.
func TestChild(t *testing.T) { lifetest.Child(t) }

func kinds(t *testing.T) []lifetest.Kind {
	t.Helper()
	return []lifetest.Kind{lifetest.ByURL(t), {Name: "docker", Env: []string{"TASKTWIN_POSTGRES=docker"}}}
}

func TestNothingIsLeftBehind(t *testing.T) {
	t.Parallel()
	requireDocker(t)
	lifetest.NothingIsLeftBehind(t, kinds(t))
}

func TestNextRunSweepsUp(t *testing.T) {
	t.Parallel()
	requireDocker(t)
	lifetest.NextRunSweepsUp(t, kinds(t))
}
