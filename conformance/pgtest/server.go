package pgtest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
)

// ErrNotFound says that there is no PostgreSQL to use. The errors that wrap it
// list what was tried.
var ErrNotFound = errors.New("pgtest: no PostgreSQL found")

// ErrClosed is returned by calls on a closed Server.
var ErrClosed = errors.New("pgtest: server is closed")

// Server is a PostgreSQL with a migrated template database. It may be used from
// several goroutines at once.
type Server struct {
	kind    string
	run     string // names this run's databases
	base    string // URL of the maintenance database
	version int    // server_version_num
	claim   *pgx.Conn
	stop    func() error
	serial  atomic.Int64

	// open is held for reading while a database is made, so that Close waits.
	open     sync.RWMutex
	closed   bool
	closeErr error
}

// backend is a running PostgreSQL.
type backend struct {
	url  string       // of the maintenance database
	stop func() error // ends the server, or the use of it
}

// absentError is the reason why there is no server of one kind.
type absentError struct{ reason string }

func (e *absentError) Error() string { return e.reason }

func absent(format string, args ...any) error {
	return &absentError{reason: fmt.Sprintf(format, args...)}
}

// Start finds or starts a PostgreSQL, as the package comment says, and migrates
// the template database on it. The context bounds the start, not the server. The
// error wraps [ErrNotFound] where no PostgreSQL is available.
func Start(ctx context.Context) (*Server, error) {
	cfg, err := configFromEnv()
	if err != nil {
		return nil, err
	}
	return start(ctx, cfg)
}

func start(ctx context.Context, cfg config) (*Server, error) {
	run := newRun()
	starters := []struct {
		kind  string
		start func(context.Context, config, string) (*backend, error)
	}{
		{kindURL, useURL},
		{kindLocal, startLocal},
		{kindDocker, startDocker},
	}
	var tried strings.Builder
	for _, s := range starters {
		if !cfg.wants(s.kind) {
			continue
		}
		b, err := s.start(ctx, cfg, run)
		if missing, ok := errors.AsType[*absentError](err); ok {
			fmt.Fprintf(&tried, "\n  %s: %s", s.kind, missing.reason)
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("pgtest: %s: %w", s.kind, err)
		}
		server, err := newServer(ctx, s.kind, run, b)
		if err != nil {
			return nil, errors.Join(err, b.stop())
		}
		return server, nil
	}
	if cfg.kind != "" {
		fmt.Fprintf(&tried, "\n  nothing else was tried: %s is %q", envKind, cfg.kind)
	}
	return nil, fmt.Errorf("%w:%s", ErrNotFound, tried.String())
}

func newServer(ctx context.Context, kind, run string, b *backend) (*Server, error) {
	s := &Server{kind: kind, run: run, base: b.url, stop: b.stop}
	var err error
	if s.claim, err = claim(ctx, b.url, run); err != nil {
		return nil, fmt.Errorf("pgtest: %s: %w", kind, err)
	}
	if err := s.createTemplate(ctx); err != nil {
		closeConn(s.claim)
		return nil, fmt.Errorf("pgtest: %s: %w", kind, err)
	}
	return s, nil
}

// Kind returns where the server comes from: url, local or docker.
func (s *Server) Kind() string { return s.kind }

// URL returns the URL of the maintenance database, which is not migrated.
func (s *Server) URL() string { return s.base }

// Close drops the databases and stops the server, unless it was running before.
// Every call returns the result of the first.
func (s *Server) Close() error {
	s.open.Lock()
	defer s.open.Unlock()
	if s.closed {
		return s.closeErr
	}
	s.closed = true
	if s.kind == kindURL {
		s.closeErr = s.dropAll()
	}
	closeConn(s.claim)
	if err := s.stop(); err != nil {
		s.closeErr = errors.Join(s.closeErr, fmt.Errorf("pgtest: %s: %w", s.kind, err))
	}
	return s.closeErr
}
