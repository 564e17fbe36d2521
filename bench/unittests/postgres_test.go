package unittests

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver pgx
	"github.com/peterldowns/pgtestdb"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/bench/internal/lasting"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/pgdb"
	"github.com/tasktwin/tasktwin/tasktest"
)

// errRollBack makes a transaction roll back.
var errRollBack = errors.New("roll back")

// Each test runs in a transaction of one database.
func postgresRollback(t testing.TB) runner {
	db := pgtest.Open(t)
	return func(t testing.TB, test testFunc) {
		err := db.InTx(t.Context(), func(tx tasktwin.Store) error {
			require.NoError(t, tasktest.Insert(t.Context(), tx, fixture))
			test(t, tx)
			return errRollBack
		}, nil)
		require.ErrorIs(t, err, errRollBack)
	}
}

// Each test has a clone of pgtest's template database.
func postgresClone(testing.TB) runner {
	return func(t testing.TB, test testFunc) {
		life := &lasting.TB{TB: t}
		db := pgtest.Open(life)
		require.NoError(t, tasktest.Insert(t.Context(), db, fixture))
		test(t, db)
		life.End()
	}
}

// Each test has a clone of pgtestdb's template database, on pgtest's server.
func postgresPgtestdb(t testing.TB) runner {
	server := pgtest.URL(t)
	config, m := pgtestdbConfig(t, server), migrator{rand.Text()}
	life := &quietTB{lasting.TB{TB: t}}
	template, _, _ := strings.Cut(pgtestdb.Custom(life, config, m).Database, "_inst_")
	life.End()
	t.Cleanup(func() { dropTemplate(t, server, template) })
	return func(t testing.TB, test testFunc) {
		life := &quietTB{lasting.TB{TB: t}}
		clone := pgtestdb.Custom(life, config, m)
		onPostgres(t, clone.URL(), test)
		life.End()
	}
}

// onPostgres runs a test on a database with the schema and no rows.
func onPostgres(t testing.TB, url string, test testFunc) {
	t.Helper()
	db, err := pgdb.Open(t.Context(), url, pgdb.Options{})
	require.NoError(t, err)
	require.NoError(t, tasktest.Insert(t.Context(), db, fixture))
	test(t, db)
	require.NoError(t, db.Close())
}

// pgtestdbConfig is the configuration of a server. Databases belong to the user of the
// URL, so that no role is created.
func pgtestdbConfig(t testing.TB, server string) pgtestdb.Config {
	t.Helper()
	parsed, err := pgx.ParseConfig(server)
	require.NoError(t, err)
	u, err := url.Parse(server)
	require.NoError(t, err)
	password := url.QueryEscape(parsed.Password)
	return pgtestdb.Config{
		DriverName: "pgx", Host: u.Hostname(), Port: "5432", User: parsed.User, Password: password, Database: parsed.Database,
		Options:  u.RawQuery,
		TestRole: &pgtestdb.Role{Username: parsed.User, Password: password},
	}
}

// migrator creates the schema in pgtestdb's template database.
type migrator struct{ hash string }

// Hash implements [pgtestdb.Migrator]. The hash of each run is another one: no template of
// an earlier run is used.
func (m migrator) Hash() (string, error) { return m.hash, nil }

// Migrate implements [pgtestdb.Migrator].
func (migrator) Migrate(ctx context.Context, _ *sql.DB, template pgtestdb.Config) error {
	return pgdb.Migrate(ctx, template.URL())
}

// dropTemplate drops pgtestdb's template database, which pgtestdb keeps for the next run.
func dropTemplate(t testing.TB, server, template string) {
	t.Helper()
	ctx := context.Background() // the test's has ended
	conn, err := pgx.Connect(ctx, server)
	require.NoError(t, err)
	defer func() { _ = conn.Close(ctx) }()
	name := pgx.Identifier{template}.Sanitize()
	for _, statement := range []string{"ALTER DATABASE " + name + " WITH IS_TEMPLATE false", "DROP DATABASE " + name} {
		_, err := conn.Exec(ctx, statement)
		require.NoError(t, err)
	}
}

// quietTB drops the log of pgtestdb: a line for each database.
type quietTB struct{ lasting.TB }

// Logf implements [testing.TB].
func (*quietTB) Logf(string, ...any) {}
