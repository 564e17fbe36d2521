package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// A run that is stopped returns the outcomes of the mutants that have been run.
func TestStoppedRunKeepsResults(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(root, conformanceFolder), 0o700))
	binary := filepath.Join(root, "kills.test")
	require.NoError(t, os.WriteFile(binary, []byte("#!/bin/sh\nexit 1\n"), 0o700))
	var chosen []*mutant
	for n := range 50 {
		chosen = append(chosen, &mutant{number: n + 1, file: &source{name: "memdb/tx.go"}})
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	s := &suite{root: root, scratch: root}
	results, err := s.runAll(ctx, nil, chosen, nil, map[string]string{conformanceFolder: binary}, func(string) { stop() })
	require.ErrorIs(t, err, context.Canceled)
	require.NotEmpty(t, results)
	require.Less(t, len(results), len(chosen))
	for _, r := range results {
		require.NotNil(t, r.mutant)
		require.Equal(t, byTranscripts, r.killer)
	}
}
