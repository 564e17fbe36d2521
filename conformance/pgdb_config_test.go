package conformance

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/pgdb"
)

// marker stands for a password, or a part of one.
const marker = "hunter2"

// secretive are connection strings with a password that no error may show. The
// driver accepts some of them, and takes the password for something else.
var secretive = []string{
	// well-formed URLs
	"postgres://u:hunter2@127.0.0.1:1/x?connect_timeout=1",
	"postgres://127.0.0.1:1/x?user=u&password=hunter2&connect_timeout=1",
	"postgres://u@127.0.0.1:1/x?pass%77ord=hunter2&connect_timeout=1",
	"postgres://u@127.0.0.1:1/x?sslpassword=hunter2&connect_timeout=1",
	// an encoded colon
	"postgres://u%3Ahunter2@127.0.0.1:1/x",
	"postgres://u%3ahunter2:@127.0.0.1:1/x?connect_timeout=1",
	// a password that is not percent-encoded
	"postgres://u:p@hunter2@127.0.0.1:1/x",
	"postgres://u:hunter2@p@127.0.0.1:1/x",
	"postgres://u:p/hunter2@127.0.0.1:1/x",
	"postgres://u:1/hunter2@127.0.0.1:1/x",
	"postgres://u:/hunter2@127.0.0.1:1/x",
	"postgres://u:p?hunter2@127.0.0.1:1/x",
	"postgres://u:1?hunter2@127.0.0.1:1/x",
	"postgres://u:hunter2#p@127.0.0.1:nan/x",
	"postgres://u:p hunter2@127.0.0.1:1/x",
	"postgres://u:p%hunter2@127.0.0.1:1/x",
	"postgres://u:hunter2%zz@127.0.0.1:1/x",
	"postgres://u:[hunter2@127.0.0.1:1/x",
	"postgres://a@u:sec:hunter2@127.0.0.1/x",
	// other mistakes in addition to a password
	"postgres://u:hunter2@127.0.0.1:nan/x",
	"postgres://u:hunter2@127.0.0.1:123456/x",
	"postgres://u:hunter2@[::1/x",
	"host=h1,h2,h3 port=1,2 password=hunter2",
	"postgres://u:hunter2@127.0.0.1:1/x?sslmode=hunter2",
	"postgres://u:hunter2@127.0.0.1:1/x?connect_timeout=5;password=hunter2",
	"postgres://u@127.0.0.1:1/x?application_name=a;password=hunter2",
	"postgres://u@127.0.0.1:1/x?password=hunter2&pool_max_conns=hunter2",
	"postgres://u@127.0.0.1:1/x?password=a=hunter2",
	"postgres://u@127.0.0.1:1/x?password hunter2",
	"postgres://u@127.0.0.1:1/x?sslrootcert=/absent;password=hunter2",
	"postgres://u@127.0.0.1:1/x?service=hunter2",
	"postgres://u@127.0.0.1:1/x?target_session_attrs=hunter2",
	"postgres://u:hunter2@127.0.0.1:1/x\x00",
	// odd schemes
	"postgress://u:hunter2@h/x",
	"postgress://u:hunter2@h/x?sslmode=disable",
	"mysql://u:hunter2@h/x?ssl=1",
	"POSTGRES://u:hunter2@h/x?sslmode=disable",
	"jdbc:postgresql://h/x?user=u&password=hunter2",
	"postgres:/u:hunter2@h/x?a=b",
	" postgres://u:hunter2@h/x?a=b",
	`"postgres://u:hunter2@h/x?a=b"`,
	"//u:hunter2@h/x?a=b",
	"u:hunter2@h/x?a=b",
	"u:hunter2@h/x",
	// keywords and values
	"host=/nonexistent password=hunter2",
	"host=/nonexistent password = 'it''s hunter2'",
	`host=/nonexistent password='it\'s hunter2' user=u`,
	"host=/nonexistent password='hunter2",
	"host=/nonexistent password=p hunter2 user=u",
	"host=/nonexistent password=p hunter2",
	"host=/nonexistent password=hunter2 port=nan",
	"host=/nonexistent sslpassword=hunter2",
	"host=127.0.0.1 port=1 sslpassword=hunter2 sslmode=hunter2",
	"host=h;user=u;password=hunter2",
	"host=127.0.0.1 port=1 user=u;password=hunter2",
	"host=127.0.0.1 port=1 dbname=x;password=hunter2",
	"Server=h;Database=x;User Id=u;Password=hunter2",
	"host=u:hunter2@h",
	"host=127.0.0.1 port=1 user=u:hunter2 dbname=x",
	"host=127.0.0.1 port=1 dbname=postgres://u:hunter2@h/x",
	"host=127.0.0.1,h;password=hunter2 port=1",
}

// A connection string may contain a password, and errors end up in logs.
func TestErrorsKeepPasswordsSecret(t *testing.T) {
	t.Parallel()
	for i, at := range secretive {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			t.Parallel()
			_, err := pgdb.Open(t.Context(), at, pgdb.Options{})
			require.Error(t, err, at)
			require.NotContains(t, err.Error(), marker, at)
			err = pgdb.Migrate(t.Context(), at)
			require.Error(t, err, at)
			require.NotContains(t, err.Error(), marker, at)
		})
	}
}

// A server's error quotes an unknown parameter, which may be the rest of a
// password.
func TestServersQuoteNoPassword(t *testing.T) {
	t.Parallel()
	good := pgtest.URL(t)
	c, err := pgx.ParseConfig(good)
	require.NoError(t, err)
	for _, at := range []string{
		good + "&password=p&hunter2=x",
		good + "&password=p&IntervalStyle=hunter2",
		fmt.Sprintf("host=%s port=%d user=%s dbname=%s password=p hunter2=x", c.Host, c.Port, c.User, c.Database),
	} {
		for _, open := range []func() error{
			func() error { _, err := pgdb.Open(t.Context(), at, pgdb.Options{}); return err },
			func() error { return pgdb.Migrate(t.Context(), at) },
		} {
			err := open()
			require.ErrorContains(t, err, `parameter "…"`, at)
			require.NotContains(t, err.Error(), marker)
		}
	}
	_, err = pgdb.Open(t.Context(), good+"&user=u%3A"+marker, pgdb.Options{})
	require.ErrorContains(t, err, `"u:…"`)
	require.NotContains(t, err.Error(), marker)
	_, err = pgdb.Open(t.Context(), good+"&no_such_name=x", pgdb.Options{})
	require.ErrorContains(t, err, `"no_such_name"`, "without a password there is nothing to hide")
}

// Errors do not show passwords from other sources, either.
func TestErrorsKeepOtherPasswordsSecret(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pass")
	require.NoError(t, os.WriteFile(file, []byte("*:*:*:*:"+marker+"\n"), 0o600))
	t.Setenv("PGPASSFILE", file)
	for range 2 {
		for _, at := range []string{
			"postgres://u@127.0.0.1:1/x?connect_timeout=1",
			"host=127.0.0.1 port=1 user=u dbname=x",
			"postgres://u@127.0.0.1:nan/x",
		} {
			_, err := pgdb.Open(t.Context(), at, pgdb.Options{})
			require.Error(t, err)
			require.NotContains(t, err.Error(), marker)
		}
		t.Setenv("PGPASSWORD", marker)
	}
}

// The errors still say what is wrong.
func TestErrorsOfConnectionStrings(t *testing.T) {
	t.Parallel()
	const neither = "it must be a URL that begins with postgres:// or postgresql://, or keywords and values"
	for at, want := range map[string]string{
		"postgress://u@h/x?a=b":              neither,
		"x":                                  neither,
		"postgres://u:1@2@h/x":               "write @ as %40",
		"postgres://h:nan/x":                 "invalid port",
		"host=h1,h2,h3 port=1,2":             "could not match 2 port numbers to 3 hosts",
		"postgres://h/x?sslmode=maybe":       "sslmode is invalid",
		"postgres://h/x?sslrootcert=/absent": "unable to read CA file: no such file or directory",
		"postgres://h/x?pool_max_conn_lifetime_jitter=x": "cannot parse pool_max_conn_lifetime_jitter",
		"postgres://h/x?pool_max_conns=0":                "pool_max_conns too small",
		"postgres://u:%zz@h/x":                           "invalid percent-encoded token",
		"host=h password='x":                             "unterminated quoted string",
		"host=h;user=u":                                  "the host is neither a name, an address nor the path of a socket's directory",
		"user=u;password=x":                              "the user looks like a connection string of its own",
		"dbname=postgres://h/x":                          "the database looks like a connection string of its own",
		"application_name=a;password=x":                  "a value has password= in it",
		"host=/nonexistent user=ada dbname=x":            "user=ada database=x",
		"host=/nonexistent password=p":                   "no such file or directory",
	} {
		_, err := pgdb.Open(t.Context(), at, pgdb.Options{})
		require.ErrorContains(t, err, want, at)
		require.ErrorContains(t, err, "pgdb: Open: ", at)
	}
	_, err := pgdb.ParseConfig("postgres://h/x?sslrootcert=/absent")
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// Unusual but valid connection strings are accepted.
func TestUnusualConnectionStrings(t *testing.T) {
	t.Parallel()
	for _, at := range []string{
		"",
		"postgres://",
		"postgresql:///x?host=/var/run/postgresql",
		"postgres://%2Fvar%2Frun/x",
		"postgres://u%40server:p%40%2F%3A@h/x%40y",
		"postgres://[fe80::1%25eth0]:5432,h2/x",
		"postgres://h_1.example.com,bücher.example/x?target_session_attrs=any",
		"postgres://h/x?application_name=https://me@example.com:1/&options=-c%20my.password%3D1",
		"postgres://h/x?my.setting=1&search_path=a,b",
		"user='a b' dbname='c=d'",
		"host=localhost password='; password=1 @ ://'",
	} {
		_, err := pgdb.ParseConfig(at)
		require.NoError(t, err, at)
	}
}
