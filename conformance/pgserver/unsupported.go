//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package pgserver

import (
	"context"
	"fmt"
	"runtime"

	"github.com/jackc/pgx/v5"
)

// Run is the use of one server by one process.
type Run struct{ id string }

// LockFile fails: lock files are not supported on this system.
func (r *Run) LockFile() (path string, err error) {
	return "", Absent("not on %s: set %s", runtime.GOOS, envURL)
}

func (r *Run) end() error { return nil }

// Unlocked returns false: lock files are not supported on this system.
func Unlocked(string) bool { return false }

func startLocal(context.Context, config) (*Backend, error) {
	return nil, Absent("not on %s: set %s", runtime.GOOS, envURL)
}

// StartPgbouncer returns an error that wraps [ErrNoPgbouncer]: poolers are not started on
// this system.
func StartPgbouncer(context.Context, string, ...string) (*Pgbouncer, error) {
	return nil, fmt.Errorf("%w: not on %s", ErrNoPgbouncer, runtime.GOOS)
}

// watchDatabases does nothing: the next run drops the databases of a dead run.
func watchDatabases(config, *pgx.ConnConfig, string) (stop func() error, err error) {
	return func() error { return nil }, nil
}

// StartPair fails: servers cannot be started on this system.
func StartPair(context.Context) (*Pair, error) {
	return nil, fmt.Errorf("%w: not on %s", ErrNotFound, runtime.GOOS)
}

type pairServer struct{}

func (*pairServer) url() string  { return "" }
func (*pairServer) stop() error  { return nil }
func (*pairServer) crash() error { return nil }
