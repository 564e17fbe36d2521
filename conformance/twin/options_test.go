package twin_test

import (
	"context"
	"errors"
	"net/url"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/conformance/twin"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/pgdb"
)

// openWith opens an empty database with options of CREATE DATABASE. It skips the test if the
// server does not know them.
func openWith(t *testing.T, since int, options string) *pgdb.DB {
	t.Helper()
	base := pgtest.URL(t)
	conn, err := pgx.Connect(t.Context(), base)
	require.NoError(t, err)
	ctx := context.WithoutCancel(t.Context())
	t.Cleanup(func() { require.NoError(t, conn.Close(ctx)) })
	var name string
	var version int
	// The name has the prefix of the run's other databases, which are dropped in any case.
	require.NoError(t, conn.QueryRow(ctx, "SELECT current_database() || '_locale', current_setting('server_version_num')::int / 10000").
		Scan(&name, &version))
	if version < since {
		t.Skipf("PostgreSQL %d does not have it", version)
	}
	_, err = conn.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize()+" TEMPLATE template0 "+options)
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && (e.Code == "42809" || e.Code == "22023" || e.Code == "0A000") {
		t.Skip(err) // neither the locale nor the provider
	}
	require.NoError(t, err)
	u, err := url.Parse(base)
	require.NoError(t, err)
	u.Path = "/" + name
	db, err := pgdb.Open(t.Context(), u.String(), pgdb.Options{})
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, db.Close())
		_, err := conn.Exec(ctx, "DROP DATABASE "+pgx.Identifier{name}.Sanitize()+" WITH (FORCE)")
		require.NoError(t, err)
	})
	return db
}

// memdb lowers letters as the database does, or there is nothing to compare: a locale with
// rules of a language is refused with the letter that shows them.
func TestOptionsOfLocales(t *testing.T) {
	t.Parallel()
	const c = " LC_COLLATE 'C' LC_CTYPE 'C'"
	icu := func(locale string) string {
		return "ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE '" + locale + "'" + c
	}
	builtin := func(locale string) string {
		return "ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE '" + locale + "'" + c
	}
	libc := func(locale string) string {
		return "ENCODING 'UTF8' LC_COLLATE '" + locale + "' LC_CTYPE '" + locale + "'"
	}
	for name, test := range map[string]struct {
		since   int
		options string
		mode    memdb.LowerMode
		refused string
	}{
		"C":                       {14, libc("C"), memdb.LowerC, ""},
		"C.UTF-8":                 {14, libc("C.UTF-8"), memdb.LowerCUTF8, ""},
		"ICU":                     {15, icu("und"), memdb.LowerICU, ""},
		"German of ICU":           {15, icu("de"), memdb.LowerICU, ""},
		"C.UTF-8 of PostgreSQL":   {17, builtin("C.UTF-8"), memdb.LowerCUTF8, ""},
		"C of PostgreSQL":         {17, builtin("C"), memdb.LowerC, ""},
		"Unicode of PostgreSQL":   {18, builtin("PG_UNICODE_FAST"), memdb.LowerUnicodeFast, ""},
		"English of libc":         {14, libc("en_US.UTF-8"), memdb.LowerCUTF8, ""},
		"Turkish of ICU":          {15, icu("tr"), 0, `lower("I") is "\u0131" in the database, and "i" in memdb`},
		"Azerbaijani of ICU":      {15, icu("az"), 0, `lower("I") is "\u0131" in the database, and "i" in memdb`},
		"Lithuanian of ICU":       {15, icu("lt"), 0, `lower("I\u0307") is "i\u0307\u0307" in the database`},
		"Turkish of libc":         {14, libc("tr_TR.UTF-8"), 0, `lower("I") is "\u0131" in the database, and "i" in memdb`},
		"an encoding of one byte": {14, "ENCODING 'LATIN1'" + c, 0, "the database's encoding is LATIN1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			opts, err := twin.Options(t.Context(), openWith(t, test.since, test.options))
			if test.refused != "" {
				require.ErrorContains(t, err, test.refused)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.mode, opts.Lower)
		})
	}
}
