package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/pgtest"
)

// marker stands for a password or a part of one.
const marker = "hunter2"

// secretive are connection strings with a password, most of them malformed.
var secretive = []string{
	"postgres://u:hunter2@127.0.0.1:1/x?connect_timeout=1",
	"postgres://127.0.0.1:1/x?user=u&password=hunter2",
	"postgres://u@127.0.0.1:1/x?sslpassword=hunter2",
	"postgres://u%3Ahunter2@127.0.0.1:1/x",
	"postgres://u:p@hunter2@127.0.0.1:1/x",
	"postgres://u:p/hunter2@127.0.0.1:1/x",
	"postgres://u:1/hunter2@127.0.0.1:1/x",
	"postgres://u:p?hunter2@127.0.0.1:1/x",
	"postgres://u:p hunter2@127.0.0.1:port/",
	"postgres://u:hunter2%zz@127.0.0.1:1/x",
	"postgres://u:[hunter2@127.0.0.1:1/x",
	"postgres://u:hunter2@127.0.0.1:nan/x",
	"postgres://u:hunter2@[::1/x",
	"postgres://u:hunter2@127.0.0.1:1/x?sslmode=hunter2",
	"postgres://u:hunter2@127.0.0.1:1/x?connect_timeout=5;password=hunter2",
	"postgres://u@127.0.0.1:1/x?password=a=hunter2",
	"postgres://u@127.0.0.1:1/x?sslrootcert=/absent&password=hunter2",
	"postgress://u:hunter2@h",
	"postgress://u:hunter2@h/x?sslmode=disable",
	"mysql://u:hunter2@h/x?ssl=1",
	"POSTGRES://u:hunter2@h/x",
	"jdbc:postgresql://h/x?user=u&password=hunter2",
	"postgres:/u:hunter2@h/x",
	" postgres://u:hunter2@h/x",
	"//u:hunter2@h/x",
	"u:hunter2@h/x",
	"host=/nonexistent password=hunter2",
	"host=/nonexistent user=u password='it is hunter2'",
	`host=/nonexistent password='it\'s hunter2' user=u`,
	"host=/nonexistent password='hunter2",
	"host=/nonexistent password=p hunter2 user=u",
	"host=/nonexistent password=p hunter2",
	"host=/nonexistent sslpassword=hunter2",
	"host=h;user=u;password=hunter2",
	"host=127.0.0.1 port=1 user=u;password=hunter2",
	"Server=h;User Id=u;Password=hunter2",
	"password=hunter2",
}

// No message and no log line contains the password of a connection string,
// whatever form it has and wherever it is given.
func TestNoPasswordIsPrinted(t *testing.T) {
	t.Parallel()
	dump := sampleDump(t)
	out := t.TempDir() + "/out"
	for _, args := range [][]string{
		{"replay", sample, "--store", "URL"},
		{"replay", sample, "--parity", "--postgres", "URL"},
		{"simulate", "--tasks", "1", "--days", "1", "--store", "URL"},
		{"report", "-o", out, "--postgres", "URL"},
		{"parity", "--ops", "1", "--seed", "1", "--json", "--postgres", "URL"},
		{"telemetry", "--since", "1d", "--postgres", "URL"},
		{"dump", "-o", out, "--postgres", "URL"},
		{"load", dump, "--postgres", "URL"},
		// arguments that are not connection strings
		{"report", "URL"},
		{"replay", "URL"},
		{"load", "URL"},
		{"sweep", "--log", "URL"},
		{"sweep", "--policy", "URL"},
		{"parity", "--program", "URL"},
		{"parity", "--ops", "URL"},
		{"dump", "--log", sample, "-o", "URL/x"},
		{"simulate", "--set", "URL"},
		{"telemetry", "--postgres", "postgres://x", "--since", "URL"},
		{"URL"},
	} {
		for _, at := range secretive {
			if last := args[len(args)-1]; last == "URL" && args[0] != "URL" && strings.HasPrefix(args[max(0, len(args)-2)], "--") {
				// Also as one argument.
				r := command(t, append(args[:len(args)-2:len(args)-2], args[len(args)-2]+"="+at, "--log-level", "debug")...)
				requireNoPassword(t, r, at)
			}
			given := []string{"--log-level", "debug"}
			for _, arg := range args {
				given = append(given, strings.ReplaceAll(arg, "URL", at))
			}
			requireNoPassword(t, command(t, given...), strings.Join(given, " "))
		}
	}
	require.NoFileExists(t, out)
}

// The same holds if a flag and its value are one argument, or spaces are not
// quoted.
func TestNoPasswordIsPrintedInPart(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"dump", "--log", sample, "-opostgres://u:hunter2@h/absent/x"},
		{"report", "--log", sample, "-opostgres://u:hunter2@h/absent/x"},
		{"simulate", "--set", "work.median=postgres://u:p=hunter2@h"},
		{"simulate", "--set", "work.median=postgres://u:p,q=hunter2@h"},
		{"sweep", "--idle-timeout", "5m,postgres://u:p=hunter2@h"},
		{"replay", "--store", "host=h", "password=", "hunter2"},
		{"replay", "--store", "host=h password=", "hunter2"},
		{"load", "--postgres", "host=h", "PASSWORD =", "hunter2", "user=u"},
	} {
		requireNoPassword(t, command(t, args...), strings.Join(args, " "))
	}
}

func requireNoPassword(t *testing.T, r result, of string) {
	t.Helper()
	require.NotEqual(t, exitOK, r.code, of)
	require.NotContains(t, r.stderr, marker, of)
	require.NotContains(t, r.stdout, marker, of)
}

// The output of successful commands contains no password either.
func TestNoPasswordIsWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := pgtest.URL(t) + "&password=" + marker + "&sslpassword=" + marker
	for _, args := range [][]string{
		{"parity", "--ops", "50", "--seed", "1", "--save", dir + "/program", "--postgres", pgtest.URL(t) + "&password=" + marker},
		{"load", sampleDump(t), "--json", "--postgres", at},
		{"report", "-o", dir + "/page", "--postgres", at},
		{"dump", "-o", dir + "/dump", "--json", "--postgres", at},
		{"telemetry", "--since", "7d", "--format", "json", "--postgres", at},
	} {
		r := command(t, append(args, "--log-level", "debug")...)
		require.Equal(t, exitOK, r.code, r.stderr)
		require.NotContains(t, r.stderr+r.stdout, marker)
	}
	for _, name := range []string{"program", "page", "dump"} {
		require.NotContains(t, string(readFile(t, dir+"/"+name)), marker)
	}
}

// Wherever a database can be given as a URL, it can be given as keywords and
// values.
func TestDatabasesByKeywords(t *testing.T) {
	t.Parallel()
	dump, dir := sampleDump(t), t.TempDir()
	for _, args := range [][]string{
		{"replay", sample, "--store"},
		{"replay", sample, "--parity", "--postgres"},
		{"simulate", "--tasks", "1", "--days", "1", "--store"},
		{"parity", "--ops", "1", "--seed", "1", "--postgres"},
		{"load", dump, "--postgres"},
	} {
		r := command(t, append(args, keywords(t, pgtest.URL(t)))...)
		require.Equal(t, exitOK, r.code, "%v: %s", args, r.stderr)
	}
	at := keywords(t, sampleDatabase(t))
	for _, args := range [][]string{
		{"report", "-o", dir + "/page", "--postgres"},
		{"dump", "-o", dir + "/dump", "--postgres"},
		{"telemetry", "--since", "7d", "--postgres"},
	} {
		r := command(t, append(args, at)...)
		require.Equal(t, exitOK, r.code, "%v: %s", args, r.stderr)
	}
}

// Errors about connection strings still say what is wrong.
func TestMistakesInConnectionStrings(t *testing.T) {
	t.Parallel()
	for at, want := range map[string]string{
		"mysql://u:p@h/x":      "it must be a URL that begins with postgres://",
		"postgres://u:p/w@h/x": "write @ as %40",
		"postgres://h:nan/x":   "invalid port",
		"host=h password='p":   "unterminated quoted string",
	} {
		for _, args := range [][]string{{"simulate", "--store", at}, {"load", os.DevNull, "--postgres", at}, {"report", "--postgres", at}} {
			r := command(t, args...)
			require.Equal(t, exitUsage, r.code, r.stderr)
			require.Contains(t, r.stderr, args[len(args)-2]+": ")
			require.Contains(t, r.stderr, "the connection string cannot be used: ")
			require.Contains(t, r.stderr, want)
		}
	}
}

// keywords converts a URL to keywords and values.
func keywords(t *testing.T, at string) string {
	t.Helper()
	c, err := pgx.ParseConfig(at)
	require.NoError(t, err)
	return fmt.Sprintf(`host='%s' port=%d user=%s dbname=%s password='it\'s '`, c.Host, c.Port, c.User, c.Database)
}
