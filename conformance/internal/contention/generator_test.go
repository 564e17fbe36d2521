package contention

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/internal/scripts"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
)

// A seed makes the same program each time, whose text is read as that program.
func TestGenerate(t *testing.T) {
	t.Parallel()
	sessions := map[int]int{}
	for seed := range uint64(500) {
		p := Generate(seed)
		text := p.String()
		assert.Equal(t, text, Generate(seed).String())
		parsed, err := stores.Methods.Parse(text)
		require.NoError(t, err)
		assert.Equal(t, p, parsed)
		named, err := scripts.Methods().Parse(scripts.WithNames(text))
		require.NoError(t, err)
		assert.Equal(t, p, named)
		sessions[len(p.Sessions())]++
	}
	for _, n := range []int{2, 3, 4} {
		assert.Positive(t, sessions[n], "%d sessions", n)
	}
}
