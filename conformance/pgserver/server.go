package pgserver

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
)

// ErrNotFound means that no PostgreSQL is available. The errors that wrap it list
// what was tried.
var ErrNotFound = errors.New("pgserver: no PostgreSQL found")

// ErrClosed is returned by calls on a closed Server.
var ErrClosed = errors.New("pgserver: server is closed")

// Server is a PostgreSQL server with a migrated template database. It is safe for
// concurrent use.
type Server struct {
	kind    string
	run     *Run
	base    string // URL of the maintenance database
	version int    // server_version_num
	claim   *pgx.Conn
	stop    func() error
	restore func() // of what shield took out of the environment
	serial  atomic.Int64

	// open is locked for reading while a database is created, so that Close waits.
	open     sync.RWMutex
	closed   bool
	closeErr error
}

// Start finds or starts a PostgreSQL server, as the package comment says, and
// migrates the template database on it. The context applies to the start only, not
// to the server. The error wraps [ErrNotFound] if no PostgreSQL is available.
func Start(ctx context.Context) (*Server, error) {
	cfg, err := configFromEnv()
	if err != nil {
		return nil, err
	}
	return start(ctx, cfg)
}

func start(ctx context.Context, cfg config) (*Server, error) {
	var tried strings.Builder
	for _, s := range starters(cfg) {
		if !cfg.wants(s.Kind) {
			continue
		}
		run, restore := &Run{id: newRunID()}, func() {}
		if s.Kind != KindURL {
			restore = shield()
		}
		b, err := s.Start(ctx, run)
		if err != nil {
			restore()
		}
		if missing, ok := errors.AsType[*absentError](err); ok {
			fmt.Fprintf(&tried, "\n  %s: %s", s.Kind, missing.reason)
			err = run.end()
			if err == nil {
				continue
			}
		}
		if err != nil {
			return nil, fmt.Errorf("pgserver: %s: %w", s.Kind, errors.Join(err, run.end()))
		}
		server, err := newServer(ctx, s.Kind, run, b)
		if err != nil {
			err = errors.Join(err, b.Close(), run.end())
			restore()
			return nil, err
		}
		server.restore = restore
		return server, nil
	}
	if cfg.kind != "" {
		fmt.Fprintf(&tried, "\n  nothing else was tried: %s is %q", envKind, cfg.kind)
	}
	return nil, fmt.Errorf("%w:%s", ErrNotFound, tried.String())
}

// starters returns the starters of this package, then the registered ones.
func starters(cfg config) []Starter {
	own := []Starter{
		{KindURL, func(ctx context.Context, run *Run) (*Backend, error) { return useURL(ctx, cfg, run) }},
		{KindLocal, func(ctx context.Context, _ *Run) (*Backend, error) { return startLocal(ctx, cfg) }},
	}
	return append(own, registeredStarters()...)
}

func newServer(ctx context.Context, kind string, run *Run, b *Backend) (*Server, error) {
	s := &Server{kind: kind, run: run, base: b.URL, stop: b.Close}
	var err error
	if s.claim, err = claim(ctx, b.URL, run.id); err != nil {
		return nil, fmt.Errorf("pgserver: %s: %w", kind, err)
	}
	if err := s.createTemplate(ctx); err != nil {
		closeConn(s.claim)
		return nil, fmt.Errorf("pgserver: %s: %w", kind, err)
	}
	return s, nil
}

// Kind returns where the server comes from: one of [Kinds].
func (s *Server) Kind() string { return s.kind }

// URL returns the URL of the maintenance database, which is not migrated.
func (s *Server) URL() string { return s.base }

// Close drops the databases, and stops the server if this process started it.
// Every call returns the result of the first.
func (s *Server) Close() error {
	s.open.Lock()
	defer s.open.Unlock()
	if s.closed {
		return s.closeErr
	}
	s.closed = true
	if s.kind == KindURL {
		s.closeErr = s.dropAll()
	}
	closeConn(s.claim)
	if err := errors.Join(s.stop(), s.run.end()); err != nil {
		s.closeErr = errors.Join(s.closeErr, fmt.Errorf("pgserver: %s: %w", s.kind, err))
	}
	s.restore()
	return s.closeErr
}
