package pgserver

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5"
)

// keptPrefix starts the name of a database that is kept, which nobody drops.
const keptPrefix = "tasktwin_kept_"

// Keep keeps a database that [Server.NewDatabase] has returned: it ends the sessions on it
// and renames it, so that neither its function, nor [Server.Close], nor a later run drops
// it. It returns the new URL, without the password, if any; its name is tasktwin_kept_,
// the run's id and a number. It fails unless the server is that at
// TASKTWIN_POSTGRES_URL: a server that this process has started ends with it.
func (s *Server) Keep(ctx context.Context, database string) (kept string, err error) {
	s.open.RLock()
	defer s.open.RUnlock()
	switch {
	case s.closed:
		return "", ErrClosed
	case s.kind != KindURL:
		return "", fmt.Errorf("pgserver: the server, which is of kind %s, ends with this process: set %s to one that stays", s.kind, envURL)
	}
	cfg, err := pgx.ParseConfig(database)
	if err != nil {
		return "", errors.New("pgserver: Keep: database is no connection string") // the driver's error may have the password
	}
	number, ok := strings.CutPrefix(cfg.Database, s.prefix())
	if !ok {
		return "", fmt.Errorf("pgserver: Keep: database %q is none of this run", cfg.Database)
	}
	name := keptPrefix + s.run.id + "_" + number
	conn, err := connect(ctx, s.base)
	if err != nil {
		return "", err
	}
	defer closeConn(conn)
	for _, sql := range []string{
		"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = " + quoteLiteral(cfg.Database),
		"ALTER DATABASE " + quote(cfg.Database) + " RENAME TO " + quote(name),
	} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return "", fmt.Errorf("pgserver: keep database %s: %w", cfg.Database, err)
		}
	}
	if !isURL(s.base) {
		return "dbname=" + name, nil
	}
	u, err := url.Parse(withDatabase(s.base, name))
	if err != nil {
		return "", err // cannot happen: it has been parsed before
	}
	if _, has := u.User.Password(); has {
		u.User = url.User(u.User.Username())
	}
	q := u.Query()
	q.Del("password")
	u.RawQuery = strings.ReplaceAll(q.Encode(), "+", "%20")
	return u.String(), nil
}
