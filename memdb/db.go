package memdb

import (
	"context"
	"sync/atomic"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/pgvalue"
)

// LowerMode says what lower() does, which in PostgreSQL depends on the
// database's locale.
type LowerMode = pgvalue.LowerMode

// The modes of lower(): each code point by itself (the default), ASCII only, or
// full mapping with context.
const (
	LowerCUTF8 = pgvalue.LowerCUTF8
	LowerC     = pgvalue.LowerC
	LowerICU   = pgvalue.LowerICU
)

// DefaultPostgresVersion is the major version that a DB follows unless its
// options say otherwise.
const DefaultPostgresVersion = 17

// Options configure a DB. The zero value is ready for use.
type Options struct {
	// PostgresVersion is the major version to follow where they differ, 14 to
	// 18. 0 means DefaultPostgresVersion.
	PostgresVersion int
	// Lower is what lower() does.
	Lower LowerMode
}

// DB is an in-memory store. It is safe for concurrent use.
type DB struct {
	queries
	opts    Options
	current atomic.Pointer[state]
	// writer holds one token: a channel and not a mutex, so that waiting for it
	// honours the context.
	writer chan struct{}
	// holder is the goroutine whose transaction has the token, else 0.
	holder atomic.Uint64
	closed atomic.Bool
}

var (
	_ tasktwin.Store  = (*DB)(nil)
	_ tasktwin.Dumper = (*DB)(nil)
)

// New returns an empty store.
func New(opts Options) *DB {
	if opts.PostgresVersion == 0 {
		opts.PostgresVersion = DefaultPostgresVersion
	}
	return newDB(opts, newState(opts))
}

func newDB(opts Options, st *state) *DB {
	db := &DB{opts: opts, writer: make(chan struct{}, 1)}
	db.queries = queries{db}
	db.current.Store(st)
	return db
}

// Fork returns an independent store with the same committed rows. It copies
// nothing but a pointer: what either side writes later is copied then. A fork of
// a closed store is closed.
func (db *DB) Fork() *DB {
	fork := newDB(db.opts, db.current.Load())
	fork.closed.Store(db.closed.Load())
	return fork
}

// Ping reports whether the store is open.
func (db *DB) Ping(ctx context.Context) error { return db.usable(ctx) }

// Close closes the store. Transactions that are open fail from then on.
func (db *DB) Close() error {
	db.closed.Store(true)
	return nil
}

func (db *DB) usable(ctx context.Context) error {
	if db.closed.Load() {
		return tasktwin.ErrClosed
	}
	return ctx.Err()
}

func (db *DB) lock(ctx context.Context) error {
	select {
	case db.writer <- struct{}{}:
		return nil
	default:
	}
	if holder := db.holder.Load(); holder != 0 && holder == goroutineID() {
		return tasktwin.ErrStoreInTx
	}
	select {
	case db.writer <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (db *DB) unlock() { <-db.writer }

func (db *DB) read(ctx context.Context, parse func() error, fn func(*state) error) error {
	if err := db.usable(ctx); err != nil {
		return err
	}
	if err := parse(); err != nil {
		return err
	}
	return fn(db.current.Load())
}

func (db *DB) write(ctx context.Context, parse func() error, fn func(*state) error) error {
	if err := db.usable(ctx); err != nil {
		return err
	}
	if err := parse(); err != nil {
		return err
	}
	if err := db.lock(ctx); err != nil {
		return err
	}
	defer db.unlock()
	st := db.current.Load().clone()
	err := fn(st)
	if !isFailure(err) && st.changed {
		db.current.Store(st)
	}
	return err
}
