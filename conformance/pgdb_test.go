package conformance

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/pgdb"
)

// emptyDatabase returns the URL of a database without a schema.
func emptyDatabase(t *testing.T) string {
	t.Helper()
	url := pgtest.URL(t)
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close(t.Context())) }()
	_, err = conn.Exec(t.Context(), "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
	require.NoError(t, err)
	return url
}

func TestMigrateFromSeveralProcesses(t *testing.T) {
	t.Parallel()
	url := emptyDatabase(t)
	errs := make(chan error)
	for range 8 {
		go func() { errs <- pgdb.Migrate(t.Context(), url) }()
	}
	for range 8 {
		require.NoError(t, <-errs)
	}
	db := openAt(t, url, pgdb.Options{})
	tasks, err := db.ListTasks(t.Context(), tasktwin.ListTasksParams{})
	require.NoError(t, err)
	require.Empty(t, tasks)
}

func TestMigrateRefuses(t *testing.T) {
	t.Parallel()
	require.ErrorContains(t, pgdb.Migrate(t.Context(), "postgres://h:nan/x"), "pgdb: Migrate:")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	url := emptyDatabase(t)
	require.ErrorIs(t, pgdb.Migrate(ctx, url), context.Canceled)
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		url  string
		opts pgdb.Options
		want string
	}{
		"a broken URL": {url: "postgres://h:nan/x", want: "pgdb: Open:"},
		"no server":    {url: "host=/nonexistent", want: "pgdb: Open:"},
		"negative MaxConns": {
			url: "host=/nonexistent", opts: pgdb.Options{MaxConns: -1}, want: "Options.MaxConns is -1: it must not be negative",
		},
		"negative RollbackTimeout": {
			url: "host=/nonexistent", opts: pgdb.Options{RollbackTimeout: -1}, want: "Options.RollbackTimeout is -1ns: it must not be negative",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := pgdb.Open(t.Context(), c.url, c.opts)
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestPoolStaysTheCallers(t *testing.T) {
	t.Parallel()
	pool, err := pgxpool.New(t.Context(), pgtest.URL(t))
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	db := pgdb.New(pool)
	require.Same(t, pool, db.Pool())
	require.NoError(t, db.Close())
	require.ErrorIs(t, db.Ping(t.Context()), tasktwin.ErrClosed)
	require.NoError(t, pool.Ping(t.Context()))
}

func TestNewWithOptionsRefuses(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string]pgdb.Options{
		"MaxConns": {MaxConns: 1}, "Tracer": {Tracer: &hookTracer{}}, "RollbackTimeout": {RollbackTimeout: -1},
	} {
		_, err := pgdb.NewWithOptions(nil, opts)
		require.ErrorContains(t, err, "pgdb: NewWithOptions: Options.", name)
		require.ErrorContains(t, err, name)
	}
}

func TestDriversErrorStaysReachable(t *testing.T) {
	t.Parallel()
	db := pgtest.Open(t)
	_, err := db.InsertOrganization(t.Context(), tasktwin.InsertOrganizationParams{Name: "a\x00b"})
	var ours *tasktwin.Error
	require.ErrorAs(t, err, &ours)
	var theirs *pgconn.PgError
	require.ErrorAs(t, err, &theirs)
	require.Equal(t, theirs.Code, string(ours.Code))
	require.Equal(t, theirs.Message, ours.Message)
}

// Connections return to the pool, whatever the outcome of the calls.
func TestNoConnectionLeaks(t *testing.T) {
	t.Parallel()
	db := openAt(t, pgtest.URL(t), pgdb.Options{MaxConns: 2})
	failure := errors.New("as told")
	var group sync.WaitGroup
	for n := range 40 {
		group.Go(func() {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			defer func() { _ = recover() }()
			_ = db.InTx(ctx, func(s tasktwin.Store) error {
				_, _ = s.ListTasks(ctx, tasktwin.ListTasksParams{})
				switch n % 4 {
				case 0:
					return failure
				case 1:
					panic(failure)
				case 2:
					cancel()
					_, err := s.ListTasks(ctx, tasktwin.ListTasksParams{})
					return err
				}
				return nil
			}, nil)
		})
	}
	group.Wait()
	require.NoError(t, db.Ping(t.Context()))
	require.Zero(t, db.Pool().Stat().AcquiredConns())
	require.LessOrEqual(t, db.Pool().Stat().TotalConns(), int32(2))
}

func TestServerVersion(t *testing.T) {
	t.Parallel()
	db := pgtest.Open(t)
	version, err := db.ServerVersion(t.Context())
	require.NoError(t, err)
	var text string
	require.NoError(t, db.Pool().QueryRow(t.Context(), "SHOW server_version").Scan(&text))
	major := text[:strings.IndexFunc(text, func(r rune) bool { return !unicode.IsDigit(r) })] // of 18.4 or 19rc1
	require.Equal(t, major, strconv.Itoa(version))
}
