package main

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The texts that the mistakes replace are in the files.
func TestList(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	require.NoError(t, run(t.Context(), options{list: true}, &out, io.Discard))
	names := map[string]bool{}
	for _, m := range mistakes {
		require.Contains(t, out.String(), m.name+"\n")
		names[m.name] = true
	}
	require.Len(t, names, len(mistakes), "a name is there twice")
	require.GreaterOrEqual(t, len(mistakes), 20)
}

func TestMissingTextIsNamed(t *testing.T) {
	t.Parallel()
	m := mistake{name: "none", edits: []edit{{"main.go", "no such text", ""}}}
	_, err := m.plantIn(".")
	require.ErrorContains(t, err, "none: the text to replace is 0 times in main.go")
}

func TestNoSuchMistake(t *testing.T) {
	t.Parallel()
	require.ErrorContains(t, run(t.Context(), options{run: "no such mistake"}, io.Discard, io.Discard), "there is no such mistake")
}

func TestProblem(t *testing.T) {
	t.Parallel()
	require.Equal(t, "not found", found{}.problem(maxSteps))
	require.Equal(t, "shrunk to 11 steps only", found{programs: 1, steps: 11}.problem(maxSteps))
	require.Empty(t, found{programs: 5000, steps: 10}.problem(maxSteps))
}
