package lasting_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/bench/internal/lasting"
)

func TestEnd(t *testing.T) {
	t.Parallel()
	var done []int
	life := &lasting.TB{TB: t}
	life.Cleanup(func() { done = append(done, 1) })
	life.Cleanup(func() { done = append(done, 2) })
	require.Empty(t, done)
	life.End()
	life.End()
	require.Equal(t, []int{2, 1}, done)
}
