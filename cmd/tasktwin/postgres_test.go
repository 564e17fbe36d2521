package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNoServerSaysWhatToDo(t *testing.T) {
	t.Setenv("TASKTWIN_POSTGRES", "url")
	t.Setenv("TASKTWIN_POSTGRES_URL", "")
	for _, args := range [][]string{
		{"parity", "--ops", "1"},
		{"replay", sample, "--idle-timeout", "30m", "--parity"},
	} {
		r := command(t, args...)
		require.Equal(t, 1, r.code)
		require.Contains(t, r.stderr, "no PostgreSQL found")
		require.Contains(t, r.stderr, "Install PostgreSQL 14 or newer, which is started for you, or give a database with --postgres")
	}
}

func TestCommandDoesNotUseDocker(t *testing.T) {
	t.Setenv("TASKTWIN_POSTGRES", "docker")
	r := command(t, "parity", "--ops", "1")
	require.Equal(t, 1, r.code)
	require.Contains(t, r.stderr, `TASKTWIN_POSTGRES is "docker": it must be one of url, local, or be unset`)
}
