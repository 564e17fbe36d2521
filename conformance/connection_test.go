package conformance

import (
	"context"
	"net"
	"os"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/pgdb"
)

// crashProcess kills the server's process of a session, and returns when the server has ended
// the session.
func crashProcess(t *testing.T, url string) {
	t.Helper()
	conn := connect(t, url)
	process, err := os.FindProcess(int(conn.PgConn().PID()))
	require.NoError(t, err)
	require.NoError(t, process.Kill())
	_, err = conn.Exec(t.Context(), "SELECT pg_sleep(60)")
	require.Error(t, err)
}

// refuse is a server that answers each attempt to connect with an error.
func refuse(conn net.Conn, code string) {
	defer conn.Close()
	backend := pgproto3.NewBackend(conn, conn)
	if _, err := backend.ReceiveStartupMessage(); err != nil {
		return
	}
	backend.Send(&pgproto3.ErrorResponse{Severity: "FATAL", SeverityUnlocalized: "FATAL", Code: code, Message: "refused"})
	_ = backend.Flush()
}

// callsOf are calls of each kind, outside of transactions and in one.
func callsOf(db *pgdb.DB) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"read":        func(ctx context.Context) error { _, err := db.ListTasks(ctx, tasktwin.ListTasksParams{}); return err },
		"write":       func(ctx context.Context) error { return insertUser(ctx, db, newUser("refused")) },
		"load":        func(ctx context.Context) error { return db.Load(ctx, &tasktwin.Dump{}) },
		"dump":        func(ctx context.Context) error { _, err := db.Dump(ctx); return err },
		"ping":        db.Ping,
		"transaction": func(ctx context.Context) error { return db.InTx(ctx, func(tasktwin.Store) error { return nil }, nil) },
	}
}

// A server that cannot take a connection now may take one later. One that refuses the user or
// the database will not.
func TestRefusedConnections(t *testing.T) {
	t.Parallel()
	for code, later := range map[string]bool{
		"08004": true, "08006": true, "08P01": true, "53300": true, "53200": true,
		"57P01": true, "57P02": true, "57P03": true,
		"28000": false, "28P01": false, "3D000": false, "42501": false, "55000": false,
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			config, err := pgdb.ParseConfig("postgres://user@localhost/main?sslmode=disable")
			require.NoError(t, err)
			config.ConnConfig.DialFunc = func(context.Context, string, string) (net.Conn, error) {
				client, server := net.Pipe()
				go refuse(server, code)
				return client, nil
			}
			pool, err := pgxpool.NewWithConfig(t.Context(), config)
			require.NoError(t, err)
			t.Cleanup(pool.Close)
			for name, call := range callsOf(pgdb.New(pool)) {
				err := call(t.Context())
				require.Equal(t, later, tasktwin.IsRetryable(err), "%s: %v", name, err)
				require.ErrorContains(t, err, "localhost", name)
				said := new(tasktwin.Error)
				require.ErrorAs(t, err, &said, name)
				require.Equal(t, code, string(said.Code), name)
				require.NotErrorIs(t, err, tasktwin.ErrCommitUnknown, name)
				if later {
					requireLost(t, tasktwin.OutcomeNotSent, tasktwin.SQLState(code), err, name)
				} else {
					require.False(t, tasktwin.IsConnectionError(err), "%s: %v", name, err)
				}
			}
		})
	}
}

// Where nobody listens, nothing was sent. A context that has ended keeps its error.
func TestNoServer(t *testing.T) {
	t.Parallel()
	pool, err := pgxpool.New(t.Context(), "host="+t.TempDir()+" user=nobody")
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, call := range callsOf(pgdb.New(pool)) {
		requireLost(t, tasktwin.OutcomeNotSent, "", call(t.Context()), name)
		err := call(ended)
		require.ErrorIs(t, err, context.Canceled, name)
		require.False(t, tasktwin.IsConnectionError(err), "%s: %v", name, err)
	}
	_, err = pgdb.Open(t.Context(), "host="+t.TempDir(), pgdb.Options{})
	requireLost(t, tasktwin.OutcomeNotSent, "", err, "Open")
}

// requireEnded requires the error of a call in a session that the server has ended before. On
// a socket of the same machine the driver cannot send anything then. In a network it can, and
// reads what the server has said.
func requireEnded(t *testing.T, outcome tasktwin.Outcome, code tasktwin.SQLState, err error, what string) {
	t.Helper()
	if knownAs(err) == tasktwin.OutcomeNotSent {
		outcome, code = tasktwin.OutcomeNotSent, ""
	}
	requireLost(t, outcome, code, err, what)
	require.Equal(t, outcome != tasktwin.OutcomeUnknown, tasktwin.IsRetryable(err), "%s: %v", what, err)
}

// A session that an administrator ends is one error, whether the store was using it or not.
// The next call has another session.
func TestTerminatedSessions(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	killer := connect(t, url)
	db := openAt(t, addParameter(url, "application_name=victim"), pgdb.Options{MaxConns: 1})
	for name, want := range map[string]tasktwin.Outcome{
		"read": tasktwin.OutcomeFailed, "write": tasktwin.OutcomeUnknown, "load": tasktwin.OutcomeFailed, // at its BEGIN
		"dump": tasktwin.OutcomeFailed, "ping": tasktwin.OutcomeFailed, "transaction": tasktwin.OutcomeFailed,
	} {
		require.NoError(t, db.Ping(t.Context()))
		terminateVictim(t, killer)
		requireEnded(t, want, tasktwin.AdminShutdown, callsOf(db)[name](t.Context()), name)
		requireConnection(t, db, name)
	}
}

// A session with a name is looked at before it is used, so that one that was ended is found
// then, and another one is taken.
func TestTerminatedNamedSession(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	killer := connect(t, url)
	db := openAt(t, url, pgdb.Options{MaxConns: 1})
	require.NoError(t, db.Ping(tasktwin.WithSession(t.Context(), "victim")))
	terminateVictim(t, killer)
	require.NoError(t, insertUser(tasktwin.WithSession(t.Context(), "other"), db, newUser("named")))
}

// The server has as many sessions as a role may have.
func TestTooManyConnections(t *testing.T) {
	t.Parallel()
	p := pgtest.Pair(t)
	require.NoError(t, p.Exec(t.Context(), p.PrimaryURL(), "CREATE ROLE limited LOGIN CONNECTION LIMIT 1"))
	url := addParameter(p.PrimaryURL(), "user=limited")
	first := openAt(t, url, pgdb.Options{MaxConns: 2})
	_, err := pgdb.Open(t.Context(), url, pgdb.Options{})
	requireLost(t, tasktwin.OutcomeNotSent, tasktwin.TooManyConnections, err, "Open")
	// A call that needs a second connection while a transaction has the first.
	err = first.InTx(t.Context(), func(tasktwin.Store) error {
		ended := make(chan error, 1)
		go func() { ended <- first.Ping(t.Context()) }()
		requireLost(t, tasktwin.OutcomeNotSent, tasktwin.TooManyConnections, <-ended, "Ping")
		return nil
	}, nil)
	require.NoError(t, err)
	require.NoError(t, first.Ping(t.Context()))
}

// A statement whose result has other types than when it was prepared is prepared again.
func TestChangedColumns(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	db, ddl := openAt(t, url, pgdb.Options{MaxConns: 1}), connect(t, url)
	insert := func(s tasktwin.Store) error {
		arg := newUser("column")
		_, err := s.InsertOrganization(t.Context(), tasktwin.InsertOrganizationParams{ID: arg.ID, Name: arg.ID.String()})
		return err
	}
	require.NoError(t, insert(db))
	_, err := db.Dump(t.Context())
	require.NoError(t, err)

	execute(t, ddl, "ALTER TABLE organizations ALTER name TYPE varchar(100)")
	require.NoError(t, insert(db))

	// In a transaction that may write it is another statement.
	require.NoError(t, db.InTx(t.Context(), insert, nil))

	execute(t, ddl, "ALTER TABLE organizations ALTER name TYPE varchar(99)")
	attempts := 0
	err = tasktwin.Retry(t.Context(), db, tasktwin.RetryOptions{}, func(tx tasktwin.Store) error {
		attempts++
		err := insert(tx)
		if attempts == 1 {
			require.ErrorIs(t, err, tasktwin.ErrSchemaChanged)
			said := new(tasktwin.Error)
			require.ErrorAs(t, err, &said)
			require.Equal(t, tasktwin.FeatureNotSupported, said.Code)
		}
		return err
	})
	require.NoError(t, err)
	require.Equal(t, 2, attempts)

	execute(t, ddl,
		"ALTER TABLE organizations ALTER name TYPE text", "ALTER TABLE templates ALTER name TYPE text",
		"ALTER TABLE template_versions ALTER name TYPE text")
	rows, err := db.Dump(t.Context())
	require.NoError(t, err)
	require.Len(t, rows.Organizations, 4)
}
