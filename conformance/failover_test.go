package conformance

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/pgserver"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/pgdb"
)

// knownAs returns what is known of a call by its error.
func knownAs(err error) tasktwin.Outcome {
	if err == nil {
		return "done"
	}
	lost, ok := errors.AsType[*tasktwin.ConnectionError](err)
	if !ok || errors.Is(err, tasktwin.ErrCommitUnknown) != (lost.Outcome == tasktwin.OutcomeUnknown) {
		return tasktwin.Outcome("not a proper ConnectionError: " + err.Error())
	}
	return lost.Outcome
}

// requireLost requires that a call has no answer, for the reason that the server has given,
// if it has.
func requireLost(t *testing.T, outcome tasktwin.Outcome, code tasktwin.SQLState, err error, what string) {
	t.Helper()
	require.Equal(t, outcome, knownAs(err), "%s: %v", what, err)
	if code != "" {
		said, ok := errors.AsType[*tasktwin.Error](err)
		require.True(t, ok, "%s: %v", what, err)
		require.Equal(t, code, said.Code, what)
	}
}

// synchronous lets the primary of a pair acknowledge what the standby has, and nothing else.
func synchronous(t *testing.T, p *pgserver.Pair) {
	t.Helper()
	conn := connect(t, p.PrimaryURL())
	execute(t, conn, "ALTER SYSTEM SET synchronous_standby_names = 'standby'", "SELECT pg_reload_conf()")
	for sync := false; !sync; {
		require.NoError(t, conn.QueryRow(t.Context(), "SELECT count(*) = 1 FROM pg_stat_replication WHERE sync_state = 'sync'").Scan(&sync))
	}
}

// ledger has what is known of inserts, by their ids.
type ledger struct {
	mu    sync.Mutex
	known map[uuid.UUID]tasktwin.Outcome
}

// insert inserts a user, in a transaction or not, and notes what is known of it.
func (l *ledger) insert(ctx context.Context, db tasktwin.Store, inTx bool) tasktwin.Outcome {
	arg := newUser(uuid.NewString())
	var err error
	if inTx {
		err = db.InTx(ctx, func(tx tasktwin.Store) error { return insertUser(ctx, tx, arg) }, nil)
	} else {
		err = insertUser(ctx, db, arg)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.known[arg.ID] = knownAs(err)
	return l.known[arg.ID]
}

// waitForARow lets two inserts, one outside of a transaction and one in one, wait for a
// transaction that ends when crashed is closed. It returns when they wait.
func waitForARow(t *testing.T, db *pgdb.DB, running *sync.WaitGroup, crashed <-chan struct{}) (errs [2]chan error) {
	t.Helper()
	user, held := newUser("waited for"), make(chan struct{})
	running.Go(func() {
		_ = db.InTx(t.Context(), func(tx tasktwin.Store) error {
			err := insertUser(t.Context(), tx, user)
			close(held)
			<-crashed
			return cmp.Or(err, errors.New("not to be committed"))
		}, nil)
	})
	<-held
	for i, name := range []string{"outside", "inside"} {
		errs[i] = make(chan error, 1)
		ctx := tasktwin.WithSession(t.Context(), name)
		running.Go(func() {
			if name == "outside" {
				errs[i] <- insertUser(ctx, db, user)
				return
			}
			errs[i] <- db.InTx(ctx, func(tx tasktwin.Store) error { return insertUser(ctx, tx, user) }, nil)
		})
		awaitWaiter(t, db, name)
	}
	return errs
}

// After a crash of the primary and the promotion of its standby, an open store goes on by
// itself. What it has acknowledged is there, and what it says has failed is not.
func TestFailover(t *testing.T) {
	t.Parallel()
	p := pgtest.Pair(t)
	synchronous(t, p)
	db := openAt(t, p.URL("target_session_attrs=read-write"), pgdb.Options{MaxConns: 12})
	ledger := &ledger{known: map[uuid.UUID]tasktwin.Outcome{}}
	busy, promoted := make(chan struct{}, 6), make(chan struct{})
	var writers sync.WaitGroup
	for n := range 6 {
		writers.Go(func() {
			for i := 0; ledger.insert(t.Context(), db, n%2 == 0) == "done"; i++ {
				if i == 20 {
					busy <- struct{}{}
				}
			}
			<-promoted
			for tries := 1; ledger.insert(t.Context(), db, n%2 == 0) != "done"; tries++ {
				if tries == 20 { // more than the pool has connections
					t.Error("the store has not recovered")
					return
				}
			}
		})
	}
	// Another one lets Retry see to it.
	retried, attempts := newUser("retried"), 0
	var errRetried error
	writers.Go(func() {
		opts := tasktwin.RetryOptions{Attempts: 10_000, MaxDelay: 20 * time.Millisecond}
		errRetried = tasktwin.Retry(t.Context(), db, opts, func(tx tasktwin.Store) error {
			attempts++
			if attempts == 1 {
				if err := tx.Ping(t.Context()); err != nil {
					return err
				}
				<-promoted
			}
			return insertUser(t.Context(), tx, retried)
		})
	})
	for range 6 {
		<-busy
	}
	// The statements of two more are under way at the crash.
	crashed := make(chan struct{})
	waiting := waitForARow(t, db, &writers, crashed)
	require.NoError(t, p.CrashPrimary())
	close(crashed)
	requireLost(t, tasktwin.OutcomeUnknown, "", <-waiting[0], "a statement")
	requireLost(t, tasktwin.OutcomeFailed, "", <-waiting[1], "a statement in a transaction")
	for _, inTx := range []bool{false, true} { // the standby is no primary yet
		require.Equal(t, tasktwin.OutcomeNotSent, ledger.insert(t.Context(), db, inTx))
	}
	require.NoError(t, p.Promote(t.Context()))
	close(promoted)
	writers.Wait()
	require.NoError(t, errRetried)
	require.GreaterOrEqual(t, attempts, 2)

	rows, err := db.Dump(t.Context())
	require.NoError(t, err)
	there := map[uuid.UUID]bool{}
	for _, u := range rows.Users {
		there[u.ID] = true
	}
	require.True(t, there[retried.ID])
	counts := map[tasktwin.Outcome]int{}
	for id, known := range ledger.known {
		counts[known]++
		switch known {
		case "done":
			require.True(t, there[id], "an acknowledged insert is lost")
		case tasktwin.OutcomeFailed, tasktwin.OutcomeNotSent:
			require.False(t, there[id], "an insert that was %s is there", known)
		case tasktwin.OutcomeUnknown:
		default:
			t.Error(known)
		}
	}
	t.Logf("%v", counts)
}

// The server ends all sessions when one of its processes has crashed, and takes none until it
// has recovered.
func TestCrashOfAServersProcess(t *testing.T) {
	t.Parallel()
	p := pgtest.Pair(t)
	db := openAt(t, p.PrimaryURL(), pgdb.Options{MaxConns: 4})
	user := newUser("crashed")
	attempts := 0
	opts := tasktwin.RetryOptions{Attempts: 10_000, MaxDelay: 20 * time.Millisecond}
	err := tasktwin.Retry(t.Context(), db, opts, func(tx tasktwin.Store) error {
		attempts++
		if err := insertUser(t.Context(), tx, user); err != nil || attempts > 1 {
			return err
		}
		crashProcess(t, p.PrimaryURL())
		var err error
		for err == nil { // until the server has noticed
			_, err = tx.ListTasks(t.Context(), tasktwin.ListTasksParams{})
		}
		requireEnded(t, tasktwin.OutcomeFailed, "", err, "a statement after the crash")
		return err
	})
	require.NoError(t, err)
	require.GreaterOrEqual(t, attempts, 2)
	require.True(t, tasktwin.IsUniqueViolation(insertUser(t.Context(), db, user), tasktwin.UniqueUsersPKey))
}
