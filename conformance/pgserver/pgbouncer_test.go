//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package pgserver

import (
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

func TestNoPgbouncerIsFound(t *testing.T) {
	t.Parallel()
	_, _, err := findPgbouncer(t.Context(), "", []string{t.TempDir()}, nil)
	require.ErrorIs(t, err, ErrNoPgbouncer)
	require.ErrorContains(t, err, "TASKTWIN_PGBOUNCER is not set")
}

// A program that is named and does not work is a mistake to report.
func TestNamedPgbouncerHasToWork(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, _, err := findPgbouncer(t.Context(), filepath.Join(dir, "absent"), nil, nil)
	require.ErrorIs(t, err, os.ErrNotExist)
	require.NotErrorIs(t, err, ErrNoPgbouncer)
	other := filepath.Join(dir, "pgbouncer")
	require.NoError(t, os.WriteFile(other, []byte("#!/bin/sh\necho 'pgpool-II version 4.5.2'\n"), 0o700))
	_, _, err = findPgbouncer(t.Context(), other, nil, nil)
	require.ErrorContains(t, err, "it does not tell a version of PgBouncer")
}

func TestPgbouncerConfig(t *testing.T) {
	t.Parallel()
	server, err := pgx.ParseConfig(`host='/a b' port=1 user=o password='it\'s; = #'`)
	require.NoError(t, err)
	config, err := pgbouncerConfig(server, "/f", []string{"pool_mode = transaction"})
	require.NoError(t, err)
	require.Contains(t, config, "\n* = host='/a b' port=1 user='o' password='it''s; = #'\n[pgbouncer]\n")
	require.Contains(t, config, "\npool_mode = transaction\n")
	_, err = pgbouncerConfig(server, "/f", []string{"a = 1\nauth_type = hba"})
	require.ErrorContains(t, err, "more than one line")
}

// Nothing is left of a pooler that is closed, or that does not start.
func TestPgbouncerLeavesNothing(t *testing.T) {
	t.Parallel()
	const url = "host=/nonexistent user=u password=hunter2"
	b, err := StartPgbouncer(t.Context(), url)
	if err != nil {
		require.ErrorIs(t, err, ErrNoPgbouncer)
		t.Skip(err)
	}
	require.True(t, b.AtLeast(1, 0))
	require.False(t, b.AtLeast(b.major, b.minor+1))
	conn, err := net.Dial("unix", filepath.Join(b.folder, socketName))
	require.NoError(t, err)
	require.NoError(t, conn.Close())
	require.NoError(t, b.Close())
	_, err = os.Stat(filepath.Dir(b.folder))
	require.ErrorIs(t, err, os.ErrNotExist)

	_, err = StartPgbouncer(t.Context(), url, "pool_mode = whim")
	require.ErrorContains(t, err, "pgserver: PgBouncer: ")
	require.ErrorContains(t, err, "pool_mode")
	require.NotContains(t, err.Error(), "hunter2")
}
