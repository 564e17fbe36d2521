package pgsessions

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/pgwaits"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/conformance/internal/sessions"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
	"github.com/tasktwin/tasktwin/pgdb"
)

// DB is a database with sessions on it, which are kept from one program to the next.
type DB struct {
	url     string
	control *pgdb.DB
	keeps   bool

	mu       sync.Mutex
	sessions map[string]*session
}

// session is a store with one connection.
type session struct {
	db *pgdb.DB

	mu sync.Mutex
	// noticed is the lock of which the server has said that the session is still
	// waiting for it.
	noticed string
	// closing are the connections on which a statement was cut off. The server ends
	// them when it gets to it.
	closing []uint32
	pid     uint32
}

// Open returns a database without sessions.
func Open(ctx context.Context, url string) (*DB, error) {
	control, err := pgdb.Open(ctx, url, pgdb.Options{MaxConns: 1})
	if err != nil {
		return nil, err
	}
	return &DB{url: url, control: control, sessions: map[string]*session{}}, nil
}

// Close closes all sessions.
func (d *DB) Close() error {
	errs := []error{d.control.Close()}
	for _, s := range d.sessions {
		s.db.Pool().Close()
	}
	return errors.Join(errs...)
}

// Store returns the store that is none of the sessions.
func (d *DB) Store() *pgdb.DB { return d.control }

// Engine returns an engine whose sessions are stores on the database.
func (d *DB) Engine() sessions.Engine {
	return sessions.Engine{
		Session: func(ctx context.Context, name string) (context.Context, program.Engine) {
			ctx = tasktwin.WithSession(ctx, name)
			s, err := d.session(ctx, name)
			if err != nil {
				return ctx, failing(err)
			}
			return ctx, s.watch(stores.Engine(s.db, nil))
		},
		Settled:   d.settled,
		Contended: d.contended,
		Kind:      d.kind,
		Dump:      func(ctx context.Context) (any, error) { return d.Dump(ctx) },
	}
}

// failing returns an engine on which everything fails.
func failing(err error) program.Engine {
	return program.Engine{
		Call: func(context.Context, program.Op) (any, error) { return nil, err },
		InTx: func(context.Context, func(program.Engine) error, any) error { return err },
	}
}

// session returns the session of a name.
func (d *DB) session(ctx context.Context, name string) (*session, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if s := d.sessions[name]; s != nil {
		return s, nil
	}
	config, err := pgdb.ParseConfig(d.url)
	if err != nil {
		return nil, err
	}
	s := &session{}
	config.MinConns, config.MaxConns = 0, 1
	config.ConnConfig.OnNotice = s.notice
	config.ConnConfig.RuntimeParams["application_name"] = name
	pgwaits.SetNotices(config.ConnConfig.RuntimeParams)
	// Without sequential scans, serializable transactions remember fewer reads than those of
	// whole tables.
	config.ConnConfig.RuntimeParams["enable_seqscan"] = "off"
	config.AfterConnect = s.connected
	pool, err := newPool(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("conformance: open session %s, which needs a superuser: %w", name, err)
	}
	s.db = pgdb.New(pool)
	d.sessions[name] = s
	return s, nil
}

func (s *session) notice(conn *pgconn.PgConn, n *pgconn.Notice) {
	lock, ok := pgwaits.StillWaits(n.Message)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if conn.PID() == s.pid {
		s.noticed = lock
	}
}

// watch returns an engine that takes notice of statements that are cut off.
func (s *session) watch(e program.Engine) program.Engine {
	out := e
	out.Call = func(ctx context.Context, op program.Op) (any, error) {
		s.mu.Lock()
		s.noticed = ""
		s.mu.Unlock()
		started := ctx.Err() == nil
		value, err := e.Call(ctx, op)
		if started && errors.Is(err, context.Canceled) {
			s.mu.Lock()
			s.closing = append(s.closing, s.pid)
			s.mu.Unlock()
		}
		return value, err
	}
	out.InTx = func(ctx context.Context, fn func(program.Engine) error, opts any) error {
		return e.InTx(ctx, func(tx program.Engine) error { return fn(s.watch(tx)) }, opts)
	}
	return out
}

// settled returns who waits for whom, and whether that lasts.
func (d *DB) settled(ctx context.Context, busy []string) ([]tasktwin.Wait, bool, error) {
	backends, err := d.backends(ctx)
	if err != nil || !d.lasts(backends, busy) {
		return nil, false, err
	}
	if len(busy) > 1 {
		// The server has looked at one session after the other, and one may have let
		// the other go in between.
		again, err := d.backends(ctx)
		if err != nil || !pgwaits.Equal(backends, again) {
			return nil, false, err
		}
	}
	return pgwaits.Waits(backends), true, nil
}

// backends returns those of the sessions.
func (d *DB) backends(ctx context.Context) ([]pgwaits.Backend, error) {
	all, err := pgwaits.Backends(ctx, d.control.Pool())
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.DeleteFunc(all, func(b pgwaits.Backend) bool { return d.sessions[b.Session] == nil }), err
}

// lasts reports whether all sessions that are busy wait, none in a deadlock, and
// what was cut off is gone.
func (d *DB) lasts(backends []pgwaits.Backend, busy []string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, b := range backends {
		if d.sessions[b.Session].isClosing(b.PID) {
			return false
		}
	}
	for _, name := range busy {
		i := slices.IndexFunc(backends, func(b pgwaits.Backend) bool { return b.Session == name })
		if i < 0 || !backends[i].Waits() || !d.sessions[name].hasNoticed(backends[i]) {
			return false
		}
	}
	return !pgwaits.Deadlocked(backends)
}

func (s *session) isClosing(pid uint32) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(s.closing, pid)
}

func (s *session) hasNoticed(b pgwaits.Backend) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pid == b.PID && s.noticed == b.Lock
}
