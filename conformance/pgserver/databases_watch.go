//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package pgserver

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5"
)

// watchDatabases starts a watchdog that drops the databases if this process dies.
// The watchdog needs psql; without psql, the next run drops them.
func watchDatabases(cfg config, conn *pgx.ConnConfig, prefix string) (stop func() error, err error) {
	psql := findPsql(cfg)
	if psql == "" {
		return func() error { return nil }, nil
	}
	env := append(
		os.Environ(),
		"PGHOST="+conn.Host,
		"PGPORT="+strconv.Itoa(int(conn.Port)),
		"PGUSER="+conn.User,
		"PGPASSWORD="+conn.Password,
		"PGDATABASE="+conn.Database,
		"PGCONNECT_TIMEOUT=10",
	)
	w, err := startWatchdog(watchOptions{psql: psql, prefix: prefix, env: env})
	if err != nil {
		return nil, err
	}
	return w.dismiss, nil
}

func findPsql(cfg config) string {
	dirs := slices.Clone(cfg.path)
	for _, glob := range cfg.globs {
		matches, _ := filepath.Glob(glob)
		dirs = append(dirs, matches...)
	}
	for _, dir := range dirs {
		if path := filepath.Join(dir, "psql"); filepath.IsAbs(path) && executable(path) {
			return path
		}
	}
	return ""
}
