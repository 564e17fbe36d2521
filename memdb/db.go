package memdb

import (
	"context"
	"runtime"
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
	// current is what is committed. While a statement changes it in place, which
	// it does only to a state that nobody has read, it is nil.
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
	_ tasktwin.Loader = (*DB)(nil)
)

// New returns an empty store.
func New(opts Options) *DB {
	if opts.PostgresVersion == 0 {
		opts.PostgresVersion = DefaultPostgresVersion
	}
	return newDB(newState(opts))
}

func newDB(st *state) *DB {
	db := &DB{writer: make(chan struct{}, 1)}
	db.queries = queries{db}
	db.current.Store(st)
	return db
}

// Fork returns an independent store with the same committed rows. It copies
// nothing but a pointer: what either side writes later is copied then. A fork of
// a closed store is closed.
func (db *DB) Fork() *DB {
	fork := newDB(db.snapshot())
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

// snapshot returns what is committed, which is never changed from then on.
func (db *DB) snapshot() *state {
	for {
		if st := db.current.Load(); st != nil {
			if !st.read.Load() {
				st.read.Store(true)
			}
			// A writer that did not see the mark is at work by now, or done. One
			// that comes after this sees it.
			if db.current.Load() == st {
				return st
			}
		}
		runtime.Gosched()
	}
}

// committed returns the state to write on: the current one, for change in place,
// if nobody has read it, else a clone. It is for who holds the writers' token.
func (db *DB) committed(how writing) *state {
	st := db.current.Load()
	if how == wholly && !st.read.Load() {
		db.current.Store(nil)
		if !st.read.Load() {
			return st
		}
		db.current.Store(st)
	}
	return st.clone()
}

func (db *DB) startRead(ctx context.Context, parsed error) (*state, error) {
	if err := db.usable(ctx); err != nil {
		return nil, err
	}
	if parsed != nil {
		return nil, parsed
	}
	return db.snapshot(), nil
}

func (*DB) endRead(err error) error { return err }

func (db *DB) startWrite(ctx context.Context, parsed error, how writing) (*state, error) {
	if err := db.usable(ctx); err != nil {
		return nil, err
	}
	if parsed != nil {
		return nil, parsed
	}
	if err := db.lock(ctx); err != nil {
		return nil, err
	}
	return db.committed(how), nil
}

func (db *DB) endWrite(st *state, err error) error {
	if inPlace := db.current.Load() == nil; inPlace || !isFailure(err) && st.changed {
		db.current.Store(st)
	}
	db.unlock()
	return err
}
