package main

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/pgserver"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/pgdb"
)

// lockTable locks a table on the primary of a pair, and so on its standby. The result lets it
// go.
func lockTable(t *testing.T, p *pgserver.Pair, table string) (unlock func()) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	conn, err := pgx.Connect(ctx, p.PrimaryURL())
	require.NoError(t, err)
	tx, err := conn.Begin(ctx)
	require.NoError(t, err)
	_, err = tx.Exec(ctx, "LOCK TABLE "+table+" IN ACCESS EXCLUSIVE MODE")
	require.NoError(t, err)
	// The lock is sent to the standby with what another session commits.
	execute(t, p.PrimaryURL(), "SELECT pg_logical_emit_message(true, '', '')")
	return func() {
		require.NoError(t, tx.Rollback(ctx))
		require.NoError(t, conn.Close(ctx))
	}
}

// awaitLockWait returns when a session of the standby waits for a table.
func awaitLockWait(t *testing.T, at string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), at)
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close(t.Context())) }()
	for waits := false; !waits; {
		const sql = "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND backend_type = 'client backend'"
		require.NoError(t, conn.QueryRow(t.Context(), sql).Scan(&waits))
	}
}

// The commands that read a database read a standby. If its replication ends their query, they
// say so, and can be tried again.
func TestCommandsOnAStandby(t *testing.T) {
	t.Parallel()
	p := pgtest.Pair(t)
	db, err := pgdb.Open(t.Context(), p.PrimaryURL(), pgdb.Options{})
	require.NoError(t, err)
	replaySample(t, db)
	require.NoError(t, db.Close())
	execute(t, p.StandbyURL(), "ALTER SYSTEM SET max_standby_streaming_delay = 0", "SELECT pg_reload_conf()")
	require.NoError(t, p.AwaitReplay(t.Context()))
	for name, c := range map[string]struct {
		args []string
		// first is a table that the command reads before it reads later.
		first, later string
	}{
		"telemetry": {[]string{"--since", "2000-01-01T00:00:00Z", "--format", "json"}, "workspace_builds", "workspace_app_statuses"},
		"report":    {[]string{"-o", "-"}, "tasks", "workspace_app_statuses"},
		"dump":      {[]string{"-o", "-"}, "organizations", "task_snapshots"},
	} {
		args := append([]string{name, "--postgres", p.StandbyURL()}, c.args...)
		want := command(t, args...)
		require.Zero(t, want.code, "%s: %s", name, want.stderr)
		require.NotEmpty(t, want.stdout)

		unlock := lockTable(t, p, c.later)
		ended := make(chan result, 1)
		go func() { ended <- command(t, args...) }()
		awaitLockWait(t, p.StandbyURL())
		lockTable(t, p, c.first)()
		refused := <-ended
		unlock()
		require.Equal(t, 1, refused.code, name)
		require.Empty(t, refused.stdout, name)
		require.Contains(t, refused.stderr, "canceling statement due to conflict with recovery", name)
		require.Contains(t, refused.stderr, "(SQLSTATE 40001)", name)
		require.Contains(t, refused.stderr, "Try again", name)

		again := command(t, args...)
		require.Zero(t, again.code, "%s: %s", name, again.stderr)
		require.NotEmpty(t, again.stdout, name)
	}
}
