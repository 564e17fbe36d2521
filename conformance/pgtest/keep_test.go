package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// recorded is a test whose end is called by hand, and which has failed.
type recorded struct {
	testing.TB
	failed   bool
	cleanups []func()
	logged   strings.Builder
}

func (r *recorded) Helper()          {}
func (r *recorded) Failed() bool     { return r.failed }
func (r *recorded) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }
func (r *recorded) Logf(format string, args ...any) {
	fmt.Fprintf(&r.logged, format+"\n", args...)
}

func (r *recorded) end() {
	for _, f := range r.cleanups {
		f()
	}
}

func nameIn(t *testing.T, at string) string {
	t.Helper()
	u, err := url.Parse(at)
	require.NoError(t, err)
	return strings.TrimPrefix(u.Path, "/")
}

// A failed test keeps its database on a server that stays, if it is told to.
func TestFailedTestKeepsItsDatabase(t *testing.T) { //nolint:paralleltest // it sets the environment
	shared := serverOf(t)
	t.Setenv("TASKTWIN_POSTGRES", "url")
	t.Setenv("TASKTWIN_POSTGRES_URL", shared.URL())
	for _, test := range []struct {
		name, keep   string
		failed, kept bool
	}{
		{"failed", "1", true, true},
		{"passed", "1", false, false},
		{"not asked to", "0", true, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv(envKeep, test.keep)
			server, err := Start(t.Context())
			require.NoError(t, err)
			r := &recorded{TB: t, failed: test.failed}
			at := clone(r, server, server.NewDatabase)
			session, err := pgx.Connect(t.Context(), at) // it is ended
			require.NoError(t, err)
			defer func() { _ = session.Close(context.WithoutCancel(t.Context())) }()
			_, err = session.Exec(t.Context(), "INSERT INTO organizations (id, name, display_name, created_at, updated_at) "+
				"SELECT gen_random_uuid(), 'kept', '', now(), now()")
			require.NoError(t, err)
			r.end()
			require.NoError(t, server.Close())
			require.NotContains(t, databases(t), nameIn(t, at))
			_, kept, _ := strings.Cut(strings.TrimSpace(r.logged.String()), "yours to drop: ")
			if !test.kept {
				require.Empty(t, r.logged.String())
				return
			}
			name := nameIn(t, kept)
			require.Contains(t, name, "tasktwin_kept_")
			other, err := Start(t.Context()) // which drops what dead runs have left
			require.NoError(t, err)
			require.NoError(t, other.Close())
			conn, err := pgx.Connect(t.Context(), kept)
			require.NoError(t, err)
			var rows int
			require.NoError(t, conn.QueryRow(t.Context(), "SELECT count(*) FROM organizations WHERE name = 'kept'").Scan(&rows))
			require.Equal(t, 1, rows)
			require.NoError(t, conn.Close(t.Context()))
			conn, err = pgx.Connect(t.Context(), shared.URL())
			require.NoError(t, err)
			_, err = conn.Exec(t.Context(), "DROP DATABASE "+pgx.Identifier{name}.Sanitize())
			require.NoError(t, errors.Join(err, conn.Close(t.Context())))
		})
	}
}

// A server that ends with the tests keeps nothing, and says so.
func TestServerOfTheTestsKeepsNothing(t *testing.T) { //nolint:paralleltest // it sets the environment
	server := serverOf(t)
	if server.Kind() == "url" {
		t.Skip("the server stays")
	}
	t.Setenv(envKeep, "1")
	r := &recorded{TB: t, failed: true}
	at := clone(r, server, server.NewDatabase)
	r.end()
	require.Contains(t, r.logged.String(), "set TASKTWIN_POSTGRES_URL to one that stays")
	require.NotContains(t, databases(t), nameIn(t, at))
}
