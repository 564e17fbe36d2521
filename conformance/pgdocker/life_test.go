//go:build linux

package pgdocker_test

import (
	"testing"

	"github.com/tasktwin/tasktwin/conformance/internal/lifetest"
)

// TestChild is what the processes run that the other tests start.
func TestChild(t *testing.T) { lifetest.Child(t) }

func kinds(t *testing.T) []lifetest.Kind {
	t.Helper()
	return []lifetest.Kind{lifetest.ByURL(t), {Name: "docker", Env: []string{"TASKTWIN_POSTGRES=docker"}}}
}

func TestNothingIsLeftBehind(t *testing.T) {
	t.Parallel()
	inDocker(t)
	lifetest.NothingIsLeftBehind(t, kinds(t))
}

func TestNextRunSweepsUp(t *testing.T) {
	t.Parallel()
	inDocker(t)
	lifetest.NextRunSweepsUp(t, kinds(t))
}
