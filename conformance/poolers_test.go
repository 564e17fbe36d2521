package conformance

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/conformance/pgserver"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/conformance/twin"
	"github.com/tasktwin/tasktwin/pgdb"
)

// pooledOps is the number of operations for each kind of pooling and each mode.
const pooledOps = 5_000

// pooledConns is the number of connections of a store, and of its pooler to the server.
const pooledConns = 4

// Kinds of pooling.
const (
	bySession     = "session"
	byTransaction = "transaction"
	// byTransactionPrepared is that of PgBouncer 1.21 and later, which prepares clients'
	// statements on the connection that it gives them.
	byTransactionPrepared = "transaction with prepared statements"
)

// onEachPooling runs a test with each kind of pooling, on a PgBouncer of its own with a
// number of connections to each database.
func onEachPooling(t *testing.T, conns int, test func(t *testing.T, kind string, pooler *pgserver.Pgbouncer)) {
	t.Helper()
	at := pgtest.URL(t)
	probe, _ := pgtest.Pgbouncer(t, at)
	for kind, settings := range map[string][]string{
		bySession:             {"pool_mode = session"},
		byTransaction:         {"pool_mode = transaction", "max_prepared_statements = 0"},
		byTransactionPrepared: {"pool_mode = transaction", "max_prepared_statements = 200"},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			if !probe.AtLeast(1, 21) {
				if kind == byTransactionPrepared {
					t.Skipf("PgBouncer %s has no max_prepared_statements, which 1.21 has", probe.Version())
				}
				settings = settings[:1]
			}
			// Transactions of one client are then on one connection to the server after the other.
			settings = append(settings, fmt.Sprintf("default_pool_size = %d", conns), "server_round_robin = 1")
			pooler, _ := pgtest.Pgbouncer(t, at, settings...)
			test(t, kind, pooler)
		})
	}
}

// by returns a URL by way of a pooler.
func by(t testing.TB, pooler *pgserver.Pgbouncer, url string) string {
	t.Helper()
	config, err := pgx.ParseConfig(url)
	require.NoError(t, err)
	return pooler.URL(config.Database)
}

// openPooled opens an empty database by way of a pooler that has all of its connections to
// the server.
func openPooled(t testing.TB, pooler *pgserver.Pgbouncer, mode pgx.QueryExecMode) *pgdb.DB {
	t.Helper()
	config, err := pgdb.ParseConfig(by(t, pooler, pgtest.URL(t)))
	require.NoError(t, err)
	config.MaxConns, config.ConnConfig.DefaultQueryExecMode = pooledConns, mode
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	db := pgdb.New(pool)
	var within func(n int) error // n transactions, each inside of the one before
	within = func(n int) error {
		return db.InTx(t.Context(), func(s tasktwin.Store) error {
			if n == 1 {
				return s.Ping(t.Context())
			}
			return within(n - 1)
		}, nil)
	}
	require.NoError(t, within(pooledConns))
	return db
}

// sameBehind are the modes of pgx in which a kind of pooling changes no answer.
var sameBehind = map[string][]pgx.QueryExecMode{
	bySession: {
		pgx.QueryExecModeCacheStatement, pgx.QueryExecModeCacheDescribe, pgx.QueryExecModeDescribeExec,
		pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol,
	},
	byTransaction:         {pgx.QueryExecModeCacheDescribe, pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol},
	byTransactionPrepared: {pgx.QueryExecModeCacheDescribe, pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol},
}

func TestParityThroughPgbouncer(t *testing.T) {
	t.Parallel()
	onEachPooling(t, pooledConns, func(t *testing.T, kind string, pooler *pgserver.Pgbouncer) {
		for _, mode := range sameBehind[kind] {
			t.Run(mode.String(), func(t *testing.T) {
				t.Parallel()
				reference := func(t testing.TB) tasktwin.Store { return openPooled(t, pooler, mode) }
				var accept []Difference
				if mode == pgx.QueryExecModeSimpleProtocol {
					accept = twin.AcceptedInSimpleProtocol()
				}
				compare(t, reference, openTwin, parity.Options{Seed: 1, Ops: short(pooledOps), Check: parity.CheckEnd}, "seed 1", Accept(accept...))
			})
		}
	})
}

// deviations are the cases that fail in a mode of pgx, with a pooler and without, and why.
func deviations(mode pgx.QueryExecMode) []Option {
	const (
		asText = "values are text, in which pgx writes times that its binary form cannot hold: they are 22008, and not another time"
		nul    = "a NUL byte is 08P01, and invalid bytes come first: see twin.AcceptedInSimpleProtocol"
	)
	switch mode {
	case pgx.QueryExecModeExec:
		return []Option{Deviates("load/values are what an insert makes of them", asText)}
	case pgx.QueryExecModeSimpleProtocol:
		return []Option{
			Deviates("load/values are what an insert makes of them", asText), Deviates("load/a row is what its insert makes of it", nul),
			Deviates("values/text", nul), Deviates("snapshot/what the first statement fixes", nul),
			Deviates("batch/all rows or none", nul), Deviates("batch/in a transaction", nul),
		}
	default:
		return nil
	}
}

// The suite's cases pass as they do without a pooler. cache_describe is the only mode in
// which all do, whatever the pooling: the documents recommend it.
func TestSuiteThroughPgbouncer(t *testing.T) {
	t.Parallel()
	onEachPooling(t, pooledConns, func(t *testing.T, kind string, pooler *pgserver.Pgbouncer) {
		modes := []pgx.QueryExecMode{pgx.QueryExecModeCacheDescribe}
		switch {
		case testing.Short() && kind != byTransaction:
			t.Skip("in short, only by transaction")
		case !testing.Short() && kind == byTransaction:
			modes = sameBehind[kind]
		}
		for _, mode := range modes {
			t.Run(mode.String(), func(t *testing.T) {
				t.Parallel()
				Run(t, func(t testing.TB) tasktwin.Store { return openPooled(t, pooler, mode) }, deviations(mode)...)
			})
		}
	})
}

// In the other modes the error says which mode works.
func TestErrorsBehindPgbouncerNameTheMode(t *testing.T) {
	t.Parallel()
	onEachPooling(t, pooledConns, func(t *testing.T, kind string, pooler *pgserver.Pgbouncer) {
		if kind == bySession {
			t.Skip("all modes work")
		}
		for _, mode := range []pgx.QueryExecMode{pgx.QueryExecModeCacheStatement, pgx.QueryExecModeDescribeExec} {
			t.Run(mode.String(), func(t *testing.T) {
				t.Parallel()
				db := openPooled(t, pooler, mode)
				err := untilPrepared(t.Context(), db)
				require.ErrorContains(t, err, "add default_query_exec_mode=cache_describe to the connection string")
				require.Contains(t, []tasktwin.SQLState{"26000", "42P05", "08P01"}, sqlState(t, err))
			})
		}
	})
}

// untilPrepared returns the first error that is about a prepared statement.
func untilPrepared(ctx context.Context, db *pgdb.DB) error {
	aborted := errors.New("roll back")
	for range 2 * pooledConns {
		if _, err := db.ListTasks(ctx, tasktwin.ListTasksParams{}); err != nil {
			return err
		}
		var inside error
		_ = db.InTx(ctx, func(s tasktwin.Store) error {
			_, _ = s.InsertUser(ctx, tasktwin.InsertUserParams{Username: "\x00"})
			for range 2 { // where PgBouncer prepares statements, the first one stays half prepared
				_, err := s.GetTaskSnapshot(ctx, absent)
				if e, ok := errors.AsType[*tasktwin.Error](err); ok && e.Code != tasktwin.InFailedSQLTransaction {
					inside = err
				}
			}
			return aborted
		}, nil)
		if inside != nil {
			return inside
		}
	}
	return nil
}

// Eight processes migrate at the same time, on fewer connections to the server, by the URL
// as it is: what the one before them leaves on a connection does not matter.
func TestMigrateThroughPgbouncer(t *testing.T) {
	t.Parallel()
	onEachPooling(t, 3, func(t *testing.T, _ string, pooler *pgserver.Pgbouncer) {
		at := emptyDatabase(t)
		conn := connect(t, at)
		for _, parameter := range []string{"default_query_exec_mode=cache_statement", "default_query_exec_mode=simple_protocol"} {
			execute(t, conn, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
			url := addParameter(by(t, pooler, at), parameter)
			errs := make(chan error)
			for range 8 {
				go func() { errs <- pgdb.Migrate(t.Context(), url) }()
			}
			for range 8 {
				require.NoError(t, <-errs, parameter)
			}
			require.Equal(t, versions(t), migrated(t, conn), parameter)
			require.Equal(t, "0", column(t, conn, advisoryLocks)[0], parameter)
			before := catalogue(t, conn)
			require.NoError(t, pgdb.Migrate(t.Context(), url), parameter)
			require.Equal(t, before, catalogue(t, conn), parameter)
		}
		db := openAt(t, addParameter(by(t, pooler, at), "default_query_exec_mode=cache_describe"), pgdb.Options{})
		tasks, err := db.ListTasks(t.Context(), tasktwin.ListTasksParams{})
		require.NoError(t, err)
		require.Empty(t, tasks)
	})
}

// advisoryLocks counts the advisory locks in a database, and those that sessions wait for.
const advisoryLocks = `SELECT count(*)::text FROM pg_locks WHERE locktype = 'advisory'
	AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`

// Migrate returns when its context is done, whether it waits for the lock, or for the only
// connection to the server, and leaves no lock.
func TestMigrateStopsWaitingThroughPgbouncer(t *testing.T) {
	t.Parallel()
	onEachPooling(t, 1, func(t *testing.T, _ string, pooler *pgserver.Pgbouncer) {
		at := emptyDatabase(t)
		conn := connect(t, at)
		execute(t, conn, fmt.Sprintf("SELECT pg_advisory_lock(%d)", migrateLock))
		ctx, cancel := context.WithCancel(t.Context())
		errs, url := make(chan error), by(t, pooler, at)
		const migrations = 3
		for range migrations {
			go func() { errs <- pgdb.Migrate(ctx, url) }()
		}
		awaitWaiters(t, conn, 1)
		cancel()
		for range migrations {
			require.ErrorIs(t, <-errs, context.Canceled)
		}
		require.Equal(t, "true", column(t, conn, fmt.Sprintf("SELECT pg_advisory_unlock(%d)::text", migrateLock))[0])
		for column(t, conn, advisoryLocks)[0] != "0" { // the server hears of it later
			require.NoError(t, t.Context().Err())
		}
		require.NoError(t, pgdb.Migrate(t.Context(), url))
		require.Equal(t, versions(t), migrated(t, conn))
	})
}

// Close reaches a statement that waits behind the pooler, which passes the request to cancel it on.
func TestCloseThroughPgbouncer(t *testing.T) {
	t.Parallel()
	onEachPooling(t, pooledConns, func(t *testing.T, _ string, pooler *pgserver.Pgbouncer) {
		at := pgtest.URL(t)
		conn := connect(t, at)
		db, err := pgdb.Open(t.Context(), addParameter(by(t, pooler, at), "default_query_exec_mode=cache_describe"), pgdb.Options{})
		require.NoError(t, err)
		execute(t, conn, "BEGIN", "LOCK TABLE organizations")
		errs := make(chan error)
		go func() {
			_, err := db.InsertOrganization(t.Context(), tasktwin.InsertOrganizationParams{})
			errs <- err
		}()
		awaitWaiters(t, conn, 1)
		require.NoError(t, db.Close())
		require.ErrorIs(t, <-errs, tasktwin.ErrClosed)
		execute(t, conn, "ROLLBACK")
	})
}
