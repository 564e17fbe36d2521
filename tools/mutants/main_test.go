package main

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The mutants of the project compile, and all listed mutants exist.
func TestList(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	ok, err := run(t.Context(), options{list: true}, &out, io.Discard)
	require.NoError(t, err)
	require.True(t, ok)
	require.Greater(t, strings.Count(out.String(), "\n"), 2000)
	require.Contains(t, out.String(), "internal/pgvalue/jsonb.go:")
	require.Contains(t, out.String(), "memdb/tx.go:")
}

func TestListedMutantsAreThere(t *testing.T) {
	t.Parallel()
	made, r, err := prepare(t.Context())
	require.NoError(t, err)
	require.Empty(t, r.gone)
	for _, s := range made {
		require.Empty(t, s.apart, "they take a build each")
	}
}

func TestNoSuchMutant(t *testing.T) {
	t.Parallel()
	_, err := run(t.Context(), options{run: "no such mutant"}, io.Discard, io.Discard)
	require.ErrorContains(t, err, "there is no such mutant")
}
