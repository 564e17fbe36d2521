package pgserver

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/tasktwin/tasktwin/pgdb"
)

// useURL uses the server at the URL of the configuration.
func useURL(ctx context.Context, cfg config, run *Run) (*Backend, error) {
	if cfg.url == "" {
		return nil, Absent("%s is not set", envURL)
	}
	// The driver's errors may contain the password; pgdb's do not.
	probe, err := pgdb.Open(ctx, cfg.url, pgdb.Options{MaxConns: 1})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", envURL, err)
	}
	_ = probe.Close()
	conn, err := connect(ctx, cfg.url)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", envURL, err)
	}
	defer closeConn(conn)
	if err := sweepDatabases(ctx, conn); err != nil {
		return nil, fmt.Errorf("drop the databases of dead runs: %w", err)
	}
	stopWatching, err := watchDatabases(cfg, conn.Config(), namePrefix+run.id+"_")
	if err != nil {
		return nil, err
	}
	return &Backend{URL: cfg.url, Close: stopWatching}, nil
}

// socketURL returns the URL of a database of a server that listens on a socket in a folder.
func socketURL(folder, user, database string) string {
	q := url.Values{"host": {folder}, "port": {"5432"}}
	u := url.URL{Scheme: "postgres", User: url.User(user), Path: "/" + database, RawQuery: q.Encode()}
	return strings.ReplaceAll(u.String(), "+", "%20") // libpq takes a plus literally
}

// claim opens a session that holds an advisory lock for as long as the run lives.
// The lock tells other runs on the same server that this run's databases are in
// use.
func claim(ctx context.Context, base, run string) (*pgx.Conn, error) {
	key, err := strconv.ParseInt(run, 16, 64)
	if err != nil {
		return nil, fmt.Errorf("name of the run: %w", err)
	}
	conn, err := connect(ctx, base)
	if err != nil {
		return nil, err
	}
	for _, sql := range []string{
		"SET idle_session_timeout = 0",
		fmt.Sprintf("SELECT pg_advisory_lock(%d)", key),
	} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			closeConn(conn)
			return nil, fmt.Errorf("%s: %w", sql, err)
		}
	}
	return conn, nil
}

// orphans selects the databases of runs whose advisory lock nobody holds.
// pg_locks shows the locks taken in any database.
const orphans = `
SELECT datname FROM pg_database d
WHERE datname ~ '^` + namePrefix + `[0-9a-f]{15}_'
  AND NOT EXISTS (
    SELECT FROM pg_locks l
    WHERE l.locktype = 'advisory' AND l.objsubid = 1
      AND (l.classid::bigint << 32) | l.objid::bigint
        = ('x0' || substr(d.datname, length('` + namePrefix + `') + 1, 15))::bit(64)::bigint)`

func sweepDatabases(ctx context.Context, conn *pgx.Conn) error {
	names, err := column(ctx, conn, orphans)
	if err != nil {
		return err
	}
	for _, name := range names {
		// An error is ignored: another run may be dropping the database, or another
		// user may own it.
		if _, err := conn.Exec(ctx, dropDatabase(name)); err != nil && ctx.Err() != nil {
			return err
		}
	}
	return nil
}
