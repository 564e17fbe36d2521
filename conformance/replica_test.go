package conformance

import (
	"context"
	"database/sql"
	"errors"
	"reflect"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/pgserver"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/pgdb"
	"github.com/tasktwin/tasktwin/tasktest"
)

// pauseReplay lets the standby of a pair replay nothing more until the result is called.
func pauseReplay(t *testing.T, p *pgserver.Pair) (resume func()) {
	t.Helper()
	conn := connect(t, p.StandbyURL())
	execute(t, conn, "SELECT pg_wal_replay_pause()")
	for state := ""; state != "paused"; {
		require.NoError(t, conn.QueryRow(t.Context(), "SELECT pg_get_wal_replay_pause_state()").Scan(&state))
	}
	return func() { execute(t, conn, "SELECT pg_wal_replay_resume()") }
}

// openReplicated opens the primary of a pair, with its standby to read from.
func openReplicated(t *testing.T, p *pgserver.Pair, maxLag time.Duration) *pgdb.DB {
	t.Helper()
	return openAt(t, p.PrimaryURL(), pgdb.Options{ReadURL: p.StandbyURL(), MaxLag: maxLag})
}

// names returns the names of the tasks that a list shows, in order.
func names(t *testing.T, ctx context.Context, q tasktwin.Querier) (out []string) { //nolint:revive // t comes first everywhere
	t.Helper()
	tasks, err := q.ListTasks(ctx, tasktwin.ListTasksParams{})
	require.NoError(t, err)
	for _, task := range tasks {
		out = append(out, task.Name)
	}
	slices.Sort(out)
	return out
}

// A replica within the lag answers lists and dumps, and other reads that are marked. It never
// answers in transactions.
func TestReplica(t *testing.T) {
	t.Parallel()
	p := pgtest.Pair(t)
	db := openReplicated(t, p, time.Hour)
	w := tasktest.New(t, openAt(t, p.PrimaryURL(), pgdb.Options{}))
	insert := func(name string) tasktwin.TaskWithStatus {
		return w.Active(func(arg *tasktwin.InsertTaskParams) { arg.Name = name }).Get()
	}
	insert("old")
	require.NoError(t, p.AwaitReplay(t.Context()))
	require.Equal(t, []string{"old"}, names(t, t.Context(), db))
	require.Equal(t, pgdb.ReplicaStats{Replica: 1}, db.ReplicaStats())

	resume := pauseReplay(t, p)
	task := insert("new")
	require.Equal(t, []string{"old"}, names(t, t.Context(), db))
	require.Equal(t, []string{"new", "old"}, names(t, tasktwin.WithPrimary(t.Context()), db))
	for _, ctx := range []context.Context{t.Context(), tasktwin.WithReplica(t.Context())} {
		err := db.InTx(ctx, func(tx tasktwin.Store) error {
			require.Equal(t, []string{"new", "old"}, names(t, ctx, tx))
			return nil
		}, &tasktwin.TxOptions{ReadOnly: true})
		require.NoError(t, err)
	}
	_, err := db.GetTaskByID(t.Context(), task.ID)
	require.NoError(t, err)
	_, err = db.GetTaskByID(tasktwin.WithReplica(t.Context()), task.ID)
	require.ErrorIs(t, err, sql.ErrNoRows)
	_, err = db.GetTaskByID(tasktwin.WithPrimary(tasktwin.WithReplica(t.Context())), task.ID)
	require.NoError(t, err)
	for tasks, ctx := range map[int]context.Context{1: t.Context(), 2: tasktwin.WithPrimary(t.Context())} {
		rows, err := db.Dump(ctx)
		require.NoError(t, err)
		require.Len(t, rows.Tasks, tasks)
	}
	// Inside of a transaction the outer store is another session, as ever.
	err = db.InTx(t.Context(), func(tasktwin.Store) error {
		require.Equal(t, []string{"old"}, names(t, t.Context(), db))
		return nil
	}, nil)
	require.NoError(t, err)

	resume()
	require.NoError(t, p.AwaitReplay(t.Context()))
	require.Equal(t, []string{"new", "old"}, names(t, t.Context(), db))
	require.Equal(t, pgdb.ReplicaStats{Replica: 6}, db.ReplicaStats())
	whichReadsAReplicaAnswers(t, db)
}

// whichReadsAReplicaAnswers calls every method, unmarked and marked.
func whichReadsAReplicaAnswers(t *testing.T, db *pgdb.DB) {
	t.Helper()
	writes := regexp.MustCompile("^(Insert|Update|Upsert|Delete)")
	for method := range reflect.TypeFor[tasktwin.Querier]().Methods() {
		isList := method.Type.NumOut() == 2 && method.Type.Out(0).Kind() == reflect.Slice
		for ctx, want := range map[context.Context]bool{
			t.Context():                       isList,
			tasktwin.WithReplica(t.Context()): !writes.MatchString(method.Name),
			tasktwin.WithPrimary(t.Context()): false,
		} {
			before := db.ReplicaStats().Replica
			args := []reflect.Value{reflect.ValueOf(ctx), reflect.Zero(method.Type.In(1))}
			reflect.ValueOf(db).MethodByName(method.Name).Call(args)
			require.Equal(t, want, db.ReplicaStats().Replica > before, method.Name)
		}
	}
	for ctx, want := range map[context.Context]int64{
		t.Context(): 1, tasktwin.WithReplica(t.Context()): 1, tasktwin.WithPrimary(t.Context()): 0,
	} {
		before := db.ReplicaStats()
		rows := 0
		for _, err := range db.AllTasks(ctx, tasktwin.ListTasksParams{}) {
			require.NoError(t, err)
			rows++
		}
		require.Equal(t, 2, rows)
		for _, err := range db.AllTasks(ctx, tasktwin.ListTasksParams{}) {
			require.NoError(t, err)
			break
		}
		require.Equal(t, pgdb.ReplicaStats{Replica: before.Replica + 2*want}, db.ReplicaStats(), "AllTasks")
	}
}

// What a replica lacks that lags too far behind comes from the primary, until the replica has
// caught up.
func TestReplicaThatLags(t *testing.T) {
	t.Parallel()
	p := pgtest.Pair(t)
	db := openReplicated(t, p, 50*time.Millisecond)
	w := tasktest.New(t, openAt(t, p.PrimaryURL(), pgdb.Options{}))
	w.Active()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // in case that it never ends
	defer cancel()
	for db.ReplicaStats().Replica == 0 {
		_ = names(t, ctx, db)
	}
	resume := pauseReplay(t, p)
	w.Active()
	for tasks := 0; tasks < 2; { // as long as the lag allows it, the replica may answer
		tasks = len(names(t, ctx, db))
	}
	// From now on it must not: its last proof is older than the second task.
	for stale := db.ReplicaStats(); db.ReplicaStats().Stale < stale.Stale+20; {
		require.Len(t, names(t, ctx, db), 2)
		require.Equal(t, stale.Replica, db.ReplicaStats().Replica)
	}
	resume()
	for answered := db.ReplicaStats().Replica; db.ReplicaStats().Replica < answered+20; {
		require.Len(t, names(t, ctx, db), 2)
	}
}

// No failure of a replica is one of a read.
func TestReplicaThatFails(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	tasktest.New(t, openAt(t, url, pgdb.Options{})).Active()
	for name, replica := range map[string]string{"nowhere": "host=" + t.TempDir(), "the primary": url} {
		db := openAt(t, url, pgdb.Options{ReadURL: replica, MaxLag: time.Hour})
		for n := range int64(3) {
			require.Len(t, names(t, t.Context(), db), 1)
			require.Equal(t, pgdb.ReplicaStats{Failed: n + 1}, db.ReplicaStats(), name)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := db.ListTasks(ctx, tasktwin.ListTasksParams{})
		require.ErrorIs(t, err, context.Canceled)
		require.NoError(t, db.Close())
		_, err = db.ListTasks(t.Context(), tasktwin.ListTasksParams{})
		require.ErrorIs(t, err, tasktwin.ErrClosed)
	}
}

// While the only connection to the primary is in use by a transaction, a call on the outer
// store is refused as ever, if the replica cannot be shown to be within the lag.
func TestReplicaInsideOfATransaction(t *testing.T) {
	t.Parallel()
	p := pgtest.Pair(t)
	db := openAt(t, p.PrimaryURL(), pgdb.Options{MaxConns: 1, ReadURL: p.StandbyURL(), MaxLag: time.Hour})
	err := db.InTx(t.Context(), func(tasktwin.Store) error {
		_, err := db.ListTasks(t.Context(), tasktwin.ListTasksParams{})
		return err
	}, nil)
	require.ErrorIs(t, err, tasktwin.ErrStoreInTx)
}

func TestReplicaOptions(t *testing.T) {
	t.Parallel()
	pool, err := pgxpool.New(t.Context(), "host=/nonexistent")
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	for want, opts := range map[string]pgdb.Options{
		"Options.MaxLag is 0s: with a replica it must be positive":  {ReadPool: pool},
		"Options.MaxLag is -1s: with a replica it must be positive": {ReadPool: pool, MaxLag: -time.Second},
		"Options.MaxLag is set, and neither":                        {MaxLag: time.Second},
		"Options.ReadURL":                                           {ReadURL: "postgres://h:secret/x", MaxLag: time.Second},
	} {
		_, err := pgdb.Open(t.Context(), "host=/nonexistent", opts)
		require.ErrorContains(t, err, "pgdb: Open: "+want)
		require.NotContains(t, err.Error(), "secret")
		_, err = pgdb.NewWithOptions(pool, opts)
		require.ErrorContains(t, err, "pgdb: NewWithOptions: "+want)
	}
	_, err = pgdb.Open(t.Context(), "host=/nonexistent", pgdb.Options{ReadURL: "host=a", ReadPool: pool, MaxLag: 1})
	require.ErrorContains(t, err, "pgdb: Open: Options.ReadURL and Options.ReadPool are both set")
	db, err := pgdb.NewWithOptions(pool, pgdb.Options{ReadPool: pool, MaxLag: time.Second})
	require.NoError(t, err)
	require.NoError(t, db.Close())
	_, err = pool.Acquire(t.Context()) // it is not closed
	require.False(t, err == nil || errors.Is(err, tasktwin.ErrClosed))
	require.NotContains(t, err.Error(), "closed pool")
}

// A transaction on a standby whose reads are in the way of the replication is ended, and can
// run again.
func TestRecoveryConflict(t *testing.T) {
	t.Parallel()
	p := pgtest.Pair(t)
	execute(t, connect(t, p.StandbyURL()), "ALTER SYSTEM SET max_standby_streaming_delay = 0", "SELECT pg_reload_conf()")
	standby, primary := openAt(t, p.StandbyURL(), pgdb.Options{MaxConns: 2}), connect(t, p.PrimaryURL())
	attempts := 0
	opts := tasktwin.RetryOptions{Tx: tasktwin.TxOptions{Isolation: tasktwin.RepeatableRead, ReadOnly: true}}
	err := tasktwin.Retry(t.Context(), standby, opts, func(tx tasktwin.Store) error {
		attempts++
		_ = names(t, t.Context(), tx)
		if attempts == 1 {
			execute(t, primary, "ALTER TABLE tasks ADD COLUMN more text")
			require.NoError(t, p.AwaitReplay(t.Context()))
		}
		_, err := tx.ListTasks(t.Context(), tasktwin.ListTasksParams{})
		if attempts == 1 {
			requireEnded(t, tasktwin.OutcomeFailed, tasktwin.SerializationFailure, err, "a transaction that was idle")
		}
		return err
	})
	require.NoError(t, err)
	require.Equal(t, 2, attempts)
	for _, opts := range []*tasktwin.TxOptions{nil, {Isolation: tasktwin.Serializable, ReadOnly: true}} {
		err := standby.InTx(t.Context(), func(tx tasktwin.Store) error { return tx.Ping(t.Context()) }, opts)
		said := new(tasktwin.Error)
		require.ErrorAs(t, err, &said)
		require.Equal(t, tasktwin.FeatureNotSupported, said.Code)
		require.False(t, tasktwin.IsRetryable(err), "%v", err)
	}
}
