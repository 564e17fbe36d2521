package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestWrite(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	readme := put("README.md", "# Title\n<!-- table: machine -->\n<!-- end -->\n")
	put("docs/performance.md", "no tables\n")
	run1 := put("one.txt", "cpu: Abacus\nBenchmarkGetTaskByID/tasks=100/store=memdb 1 900 ns/op\n")
	run2 := put("two.txt", "cpu: Abacus\nBenchmarkGetTaskByID/tasks=1000/store=memdb 1 900 ns/op\n")
	require.NoError(t, run(t.Context(), io.Discard, []string{"write", dir, run1, run2}))

	text, err := os.ReadFile(readme)
	require.NoError(t, err)
	require.Equal(t, "# Title\n<!-- table: machine -->\n\n- cpu: Abacus\n\n<!-- end -->\n", string(text))
	require.FileExists(t, filepath.Join(dir, "docs", "point-reads.svg"))
	require.NoFileExists(t, filepath.Join(dir, "docs", "telemetry.svg"))
}

func TestMachine(t *testing.T) {
	t.Parallel()
	pgtest.URL(t) // skips without a PostgreSQL
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out, []string{"machine"}))
	require.Regexp(t, `^cores: \d+\ngo: go1\.\S+\npostgres: \d+\S*\n$`, out.String())
}

func TestUsage(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"write"}, {"write", "."}, {"machine", "x"}, {"read"}} {
		require.ErrorIs(t, run(t.Context(), io.Discard, args), errUsage)
	}
}

// The tables of the documents match the saved results.
func TestDocumentsAreCurrent(t *testing.T) {
	t.Parallel()
	saved, err := filepath.Glob("../../bench/results/*.txt")
	require.NoError(t, err)
	if len(saved) == 0 {
		t.Skip("no results are saved")
	}
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "docs"), 0o755))
	for _, name := range documents {
		text, err := os.ReadFile(filepath.Join("../..", name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), text, 0o600))
	}
	require.NoError(t, run(t.Context(), io.Discard, append([]string{"write", dir}, saved...)))
	for _, name := range documents {
		want, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		got, err := os.ReadFile(filepath.Join("../..", name))
		require.NoError(t, err)
		require.Equal(t, string(want), string(got), "make bench-docs brings %s up to date", name)
	}
}
