//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package pgtest

import (
	"context"
	"runtime"

	"github.com/jackc/pgx/v5"
)

func startLocal(context.Context, config, string) (*backend, error) {
	return nil, absent("not on %s: set %s", runtime.GOOS, envURL)
}

func startDocker(context.Context, config, string) (*backend, error) {
	return nil, absent("not on %s: set %s", runtime.GOOS, envURL)
}

// watchDatabases leaves the databases of a run that dies to the next one.
func watchDatabases(config, *pgx.ConnConfig, string) (stop func() error, err error) {
	return func() error { return nil }, nil
}
