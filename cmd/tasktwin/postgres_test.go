package main

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
)

// barrier blocks inserts into organizations, the first write of every command.
// await returns once n of them are waiting, and fails the test if a command ends
// before. lift unblocks them.
func barrier(t *testing.T, at string) (await func(n int, ended <-chan result), lift func()) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), at)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close(context.WithoutCancel(t.Context()))) })
	exec := func(sql string) {
		t.Helper()
		_, err := conn.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
	exec("BEGIN; LOCK TABLE organizations IN SHARE ROW EXCLUSIVE MODE")
	await = func(n int, ended <-chan result) {
		t.Helper()
		for waiting := -1; waiting < n; {
			const sql = `SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'organizations'::regclass`
			err := conn.QueryRow(t.Context(), sql).Scan(&waiting)
			require.NoError(t, err)
			select {
			case r := <-ended:
				t.Fatalf("it did not wait: %+v", r)
			default:
			}
		}
	}
	return await, func() { exec("COMMIT") }
}

// organizationsDump writes a dump of one organization and returns its path.
func organizationsDump(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "organization.dump")
	_, err := writeDump(t.Context(), path, &tasktwin.Dump{Organizations: []tasktwin.Organization{{ID: uuid.New(), Name: name}}})
	require.NoError(t, err)
	return path
}

// If several commands start at the same time on an empty database, one of them
// fills it, and the others report that it has rows.
func TestOneCommandFillsADatabase(t *testing.T) {
	t.Parallel()
	for name, commands := range map[string][][]string{
		"two loads": {{"load", organizationsDump(t, "a"), "--postgres"}, {"load", organizationsDump(t, "b"), "--postgres"}},
		"all kinds": {
			{"load", organizationsDump(t, "a"), "--postgres"},
			{"replay", sample, "--store"},
			{"replay", sample, "--parity", "--postgres"},
			append(small("simulate"), "--store"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := pgtest.URL(t)
			await, lift := barrier(t, at)
			ended := make(chan result, 4)
			for _, args := range commands {
				go func() { ended <- command(t, append(args, at)...) }()
			}
			await(len(commands), ended)
			lift()
			filled := 0
			for range commands {
				r := <-ended
				if r.code == exitOK {
					filled++
					continue
				}
				require.Equal(t, exitUsage, r.code, r.stderr)
				require.Contains(t, r.stderr, "the database already has rows in table organizations: give an empty one")
			}
			require.Equal(t, 1, filled)
		})
	}
}

// A parity run locks its database until it ends.
func TestOneParityRunUsesADatabase(t *testing.T) {
	t.Parallel()
	at := pgtest.URL(t)
	await, lift := barrier(t, at)
	ended := make(chan result, 4)
	go func() { ended <- command(t, "parity", "--ops", "50", "--seed", "1", "--postgres", at) }()
	await(1, ended)
	r := command(t, "parity", "--ops", "50", "--seed", "1", "--postgres", at)
	require.Equal(t, exitUsage, r.code, r.stderr)
	require.Contains(t, r.stderr, "another parity run uses the PostgreSQL database")
	lift()
	r = <-ended
	require.Equal(t, exitOK, r.code, r.stderr)
	r = command(t, "parity", "--ops", "50", "--seed", "1", "--postgres", at)
	require.Equal(t, exitUsage, r.code, r.stderr)
	require.Contains(t, r.stderr, "already has rows")
}

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
