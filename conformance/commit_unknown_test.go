package conformance

import (
	"context"
	"errors"
	"net"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/pgdb"
)

// commit is the message that commits a transaction.
const commit = "commit\x00"

// newUser returns a user whose name occurs in the messages that insert it.
func newUser(name string) tasktwin.InsertUserParams {
	return tasktwin.InsertUserParams{ID: uuid.New(), Username: name}
}

func insertUser(ctx context.Context, s tasktwin.Store, arg tasktwin.InsertUserParams) error {
	_, err := s.InsertUser(ctx, arg)
	return err
}

// A commit whose answer is lost has an error of its own, whether it was carried out or
// not. With the same ids the caller learns what became of it.
func TestLostCommit(t *testing.T) {
	t.Parallel()
	arg := newUser("lost")
	calls := map[string]struct {
		message string
		run     func(context.Context, *pgdb.DB) error
	}{
		"transaction": {commit, func(ctx context.Context, db *pgdb.DB) error {
			return db.InTx(ctx, func(tx tasktwin.Store) error { return insertUser(ctx, tx, arg) }, nil)
		}},
		"savepoint": {commit, func(ctx context.Context, db *pgdb.DB) error {
			return db.InTx(ctx, func(tx tasktwin.Store) error {
				return tx.InTx(ctx, func(sp tasktwin.Store) error { return insertUser(ctx, sp, arg) }, nil)
			}, nil)
		}},
		"statement": {arg.Username, func(ctx context.Context, db *pgdb.DB) error { return insertUser(ctx, db, arg) }},
		"load": {commit, func(ctx context.Context, db *pgdb.DB) error {
			return db.Load(ctx, &tasktwin.Dump{Users: []tasktwin.User{{ID: arg.ID, Username: arg.Username}}})
		}},
	}
	for name, call := range calls {
		for _, before := range []bool{false, true} {
			for _, cancelled := range []bool{false, true} {
				t.Run(name+map[bool]string{false: ", answer", true: ", message"}[before]+
					map[bool]string{false: " lost", true: " never comes"}[cancelled], func(t *testing.T) {
					t.Parallel()
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					l := &loss{message: call.message, before: before, then: func(conn net.Conn) { _ = conn.Close() }}
					if cancelled {
						l.then = func(net.Conn) { cancel() }
					}
					db := openLossy(t, pgtest.URL(t), l, pgdb.Options{})
					err := call.run(ctx, db)
					require.ErrorIs(t, err, tasktwin.ErrCommitUnknown)
					require.Equal(t, cancelled, errors.Is(err, context.Canceled), "%v", err)
					if !cancelled {
						requireLost(t, tasktwin.OutcomeUnknown, "", err, name)
					}

					again := call.run(t.Context(), db)
					if before {
						require.NoError(t, again)
					} else {
						require.True(t, tasktwin.IsUniqueViolation(again, tasktwin.UniqueUsersPKey), "%v", again)
					}
					requireConnection(t, db, "again")
				})
			}
		}
	}
}

// A message that could not be sent leaves nothing in doubt.
func TestUnsentMessage(t *testing.T) {
	t.Parallel()
	arg := newUser("unsent")
	inTx := func(ctx context.Context, db *pgdb.DB) error {
		return db.InTx(ctx, func(tx tasktwin.Store) error { return insertUser(ctx, tx, arg) }, nil)
	}
	outside := func(ctx context.Context, db *pgdb.DB) error { return insertUser(ctx, db, arg) }
	for name, call := range map[string]struct {
		message string
		run     func(context.Context, *pgdb.DB) error
	}{
		"statement": {arg.Username, outside}, "statement in a transaction": {arg.Username, inTx},
		"begin": {"begin isolation", inTx}, "commit": {commit, inTx},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := &loss{message: call.message, unsent: true, then: func(conn net.Conn) { _ = conn.Close() }}
			db := openLossy(t, pgtest.URL(t), l, pgdb.Options{})
			requireLost(t, tasktwin.OutcomeNotSent, "", call.run(t.Context(), db), name)
			require.True(t, l.happened.Load())
			require.NoError(t, call.run(t.Context(), db))
		})
	}
}

// What changes no rows has nothing to be in doubt about.
func TestLostAnswerOfAReader(t *testing.T) {
	t.Parallel()
	absent := uuid.New()
	read := func(ctx context.Context, s tasktwin.Store) error {
		_, err := s.GetTaskByOwnerIDAndName(ctx, tasktwin.GetTaskByOwnerIDAndNameParams{OwnerID: absent, Name: "lost"})
		return err
	}
	for name, call := range map[string]struct {
		message string
		run     func(context.Context, *pgdb.DB) error
	}{
		"statement": {"lost", func(ctx context.Context, db *pgdb.DB) error { return read(ctx, db) }},
		"transaction": {commit, func(ctx context.Context, db *pgdb.DB) error {
			return db.InTx(ctx, func(tx tasktwin.Store) error { _ = read(ctx, tx); return nil }, nil)
		}},
		"dump": {commit, func(ctx context.Context, db *pgdb.DB) error { _, err := db.Dump(ctx); return err }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := &loss{message: call.message, then: func(conn net.Conn) { _ = conn.Close() }}
			db := openLossy(t, pgtest.URL(t), l, pgdb.Options{})
			err := call.run(t.Context(), db)
			requireLost(t, tasktwin.OutcomeFailed, "", err, name)
			require.True(t, l.happened.Load())
			requireConnection(t, db, name)
		})
	}
}

// A statement in a transaction whose answer is lost leaves nothing in doubt: there was
// no COMMIT. RELEASE is none.
func TestLostAnswerInATransaction(t *testing.T) {
	t.Parallel()
	arg := newUser("lost")
	for _, message := range []string{arg.Username, "release savepoint"} {
		t.Run(message, func(t *testing.T) {
			t.Parallel()
			l := &loss{message: message, then: func(conn net.Conn) { _ = conn.Close() }}
			db := openLossy(t, pgtest.URL(t), l, pgdb.Options{})
			err := db.InTx(t.Context(), func(tx tasktwin.Store) error {
				err := tx.InTx(t.Context(), func(sp tasktwin.Store) error { return insertUser(t.Context(), sp, arg) }, nil)
				requireLost(t, tasktwin.OutcomeFailed, "", err, message)
				require.True(t, l.happened.Load())
				return nil
			}, nil)
			require.ErrorIs(t, err, tasktwin.ErrCommitAborted)
			require.NotErrorIs(t, err, tasktwin.ErrCommitUnknown)
			require.NoError(t, insertUser(t.Context(), db, arg))
		})
	}
}

// A server that ends a session may have committed before. Its error stays reachable.
func TestTerminatedStatement(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	killer := connect(t, url)
	holder := openAt(t, url, pgdb.Options{MaxConns: 1})
	db := openAt(t, addParameter(url, "application_name=victim"), pgdb.Options{MaxConns: 1})
	arg := newUser("contended")
	err := holder.InTx(t.Context(), func(tx tasktwin.Store) error {
		require.NoError(t, insertUser(t.Context(), tx, arg))
		ended := make(chan error, 1)
		go func() { ended <- insertUser(t.Context(), db, arg) }()
		awaitWaiter(t, db, "victim")
		terminateVictim(t, killer)
		err := <-ended
		requireLost(t, tasktwin.OutcomeUnknown, tasktwin.AdminShutdown, err, "the statement")
		return nil
	}, nil)
	require.NoError(t, err)
}

// awaitWaiter returns when a statement of the session waits for another session.
func awaitWaiter(t *testing.T, db *pgdb.DB, session string) {
	t.Helper()
	for {
		waits, err := pgtest.Waits(t.Context(), db)
		require.NoError(t, err)
		if slices.ContainsFunc(waits, func(w tasktwin.Wait) bool { return w.Session == session }) {
			return
		}
	}
}

// A refusal leaves nothing in doubt, even if the connection is lost afterwards.
func TestRefusedStatement(t *testing.T) {
	t.Parallel()
	config, err := pgdb.ParseConfig(pgtest.URL(t))
	require.NoError(t, err)
	config.ConnConfig.OnPgError = func(*pgconn.PgConn, *pgconn.PgError) (keep bool) { return false }
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	db := pgdb.New(pool)
	arg := newUser("twice")
	require.NoError(t, insertUser(t.Context(), db, arg))
	err = insertUser(t.Context(), db, arg)
	require.True(t, tasktwin.IsUniqueViolation(err, tasktwin.UniqueUsersPKey), "%v", err)
	require.NotErrorIs(t, err, tasktwin.ErrCommitUnknown)
}
