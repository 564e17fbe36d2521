package conformance

import (
	"context"
	"maps"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/conformance/twin"
	"github.com/tasktwin/tasktwin/pgdb"
)

// encodedDatabase returns the URL of a database in an encoding, without a schema.
func encodedDatabase(t *testing.T, encoding string) string {
	t.Helper()
	url := pgtest.URL(t)
	conn := connect(t, url)
	// The name has the prefix of the run's other databases, so that it is dropped
	// with them in any case.
	name := column(t, conn, "SELECT current_database()::text")[0] + "_encoded"
	provider := ""
	if column(t, conn, "SELECT current_setting('server_version_num')")[0] >= "150000" {
		provider = " LOCALE_PROVIDER libc"
	}
	execute(t, conn, `CREATE DATABASE "`+name+`" TEMPLATE template0 ENCODING '`+encoding+`' LC_COLLATE 'C' LC_CTYPE 'C'`+provider)
	t.Cleanup(func() {
		_, err := conn.Exec(context.WithoutCancel(t.Context()), `DROP DATABASE "`+name+`" WITH (FORCE)`)
		require.NoError(t, err)
	})
	config, err := pgxpool.ParseConfig(url)
	require.NoError(t, err)
	return strings.Replace(url, config.ConnConfig.Database, name, 1)
}

// In a database with another encoding, text behaves as in UTF-8, as far as the
// encoding has the characters.
func TestOtherEncodings(t *testing.T) {
	t.Parallel()
	for name, parameter := range map[string]string{
		"as it is":          "application_name=x",
		"said by the URL":   "client_encoding=LATIN1",
		"said by options":   "options=-cclient_encoding%3DLATIN1",
		"by simple queries": "default_query_exec_mode=simple_protocol",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := encodedDatabase(t, "LATIN1")
			conn := connect(t, url)
			execute(t, conn, `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET client_encoding = LATIN1', current_database()); END $$`)
			url = addParameter(url, parameter)
			require.NoError(t, pgdb.Migrate(t.Context(), url))
			db := openAt(t, url, pgdb.Options{})

			user, err := db.InsertUser(t.Context(), tasktwin.InsertUserParams{ID: uuid.New(), Username: "Zoë"})
			require.NoError(t, err)
			require.Equal(t, "Zoë", user.Username)
			require.Equal(t, []string{"3 5a6feb"}, column(t, conn,
				"SELECT length(username) || ' ' || encode(convert_to(username, 'LATIN1'), 'hex') FROM users"))

			// COPY counts characters, not bytes, too.
			agent, err := db.InsertWorkspaceAgent(t.Context(), tasktwin.InsertWorkspaceAgentParams{
				ID: uuid.New(), Name: strings.Repeat("ë", 64), LifecycleState: tasktwin.WorkspaceAgentLifecycleStateReady,
			})
			require.NoError(t, err)
			agent.ID = uuid.New()
			require.NoError(t, db.Load(t.Context(), &tasktwin.Dump{WorkspaceAgents: []tasktwin.WorkspaceAgent{agent}}))
			rows, err := db.Dump(t.Context())
			require.NoError(t, err)
			require.Len(t, rows.WorkspaceAgents, 2)
			for _, a := range rows.WorkspaceAgents {
				require.Equal(t, strings.Repeat("ë", 64), a.Name)
			}
			agent.ID, agent.Name = uuid.New(), strings.Repeat("ë", 65)
			err = db.Load(t.Context(), &tasktwin.Dump{WorkspaceAgents: []tasktwin.WorkspaceAgent{agent}})
			require.Equal(t, tasktwin.StringDataRightTruncation, sqlState(t, err))

			_, err = db.InsertUser(t.Context(), tasktwin.InsertUserParams{ID: uuid.New(), Username: "Zoë €"})
			require.Equal(t, tasktwin.UntranslatableCharacter, sqlState(t, err))
			_, err = twin.Options(t.Context(), db)
			require.ErrorContains(t, err, "the database's encoding is LATIN1: memdb answers as a database in UTF8 does")
		})
	}
}

// SQL_ASCII is no encoding: the server would accept any bytes, and count them.
func TestSQLASCIIIsRefused(t *testing.T) {
	t.Parallel()
	const why = "its encoding is SQL_ASCII"
	url := encodedDatabase(t, "SQL_ASCII")
	requireRefused(t, connect(t, url), url, why)
	_, err := pgdb.Open(t.Context(), url, pgdb.Options{})
	require.ErrorIs(t, err, pgdb.ErrRefused)
	require.ErrorContains(t, err, why)
	refusesAll(t, url, nil, why)
}

// A caller's pool is left as it is, and refused if its client encoding would
// change text.
func TestPoolsOfOtherEncodingsAreRefused(t *testing.T) {
	t.Parallel()
	url := encodedDatabase(t, "LATIN1")
	require.NoError(t, pgdb.Migrate(t.Context(), url))
	refusesAll(t, url, nil, "client_encoding is LATIN1")
	refusesAll(t, pgtest.URL(t), map[string]string{"client_encoding": "SQL_ASCII"}, "client_encoding is SQL_ASCII")

	config, err := pgdb.ParseConfig(addParameter(url, "client_encoding=LATIN1"))
	require.NoError(t, err)
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	user, err := pgdb.New(pool).InsertUser(t.Context(), tasktwin.InsertUserParams{ID: uuid.New(), Username: "Zoë"})
	require.NoError(t, err)
	require.Equal(t, "Zoë", user.Username)
}

// refusesAll requires that a store refuses all calls on a pool that is configured
// by pgx only.
func refusesAll(t *testing.T, url string, params map[string]string, why string) {
	t.Helper()
	config, err := pgxpool.ParseConfig(url)
	require.NoError(t, err)
	maps.Copy(config.ConnConfig.RuntimeParams, params)
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	db := pgdb.New(pool)
	for name, call := range map[string]func() error{
		"Ping":      func() error { return db.Ping(t.Context()) },
		"Load":      func() error { return db.Load(t.Context(), &tasktwin.Dump{}) },
		"InTx":      func() error { return db.InTx(t.Context(), func(tasktwin.Store) error { return nil }, nil) },
		"ListTasks": func() error { _, err := db.ListTasks(t.Context(), tasktwin.ListTasksParams{}); return err },
	} {
		err := call()
		require.ErrorIs(t, err, pgdb.ErrRefused, name)
		require.ErrorContains(t, err, why, name)
	}
}

// sqlState returns an error's SQLSTATE.
func sqlState(t *testing.T, err error) tasktwin.SQLState {
	t.Helper()
	var ours *tasktwin.Error
	require.ErrorAs(t, err, &ours)
	return ours.Code
}
