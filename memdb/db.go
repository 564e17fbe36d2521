package memdb

import (
	"context"
	"fmt"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/pgvalue"
	"github.com/tasktwin/tasktwin/memdb/internal/rel"
)

// LowerMode is a mode of lower(). In PostgreSQL the mode depends on the database's locale.
type LowerMode = pgvalue.LowerMode

// The modes of lower(): each code point separately (the default), ASCII only, or full case
// mapping, which depends on the context. The full mappings of ICU and of PostgreSQL's own locale
// PG_UNICODE_FAST differ for a Σ with nothing but marks and punctuation before it.
const (
	LowerCUTF8       = pgvalue.LowerCUTF8
	LowerC           = pgvalue.LowerC
	LowerICU         = pgvalue.LowerICU
	LowerUnicodeFast = pgvalue.LowerUnicodeFast
)

// DefaultPostgresVersion is the major version of PostgreSQL that a DB follows by default.
const DefaultPostgresVersion = 17

// The range of major versions that a DB can follow. Version 19 is not released yet; so
// far it behaves like 18.
const (
	oldestPostgresVersion = 14
	newestPostgresVersion = 19
)

// Options configure a DB. The zero value is ready for use.
type Options struct {
	// PostgresVersion is the major version to follow where versions differ, 14 to 19. 0
	// means DefaultPostgresVersion.
	PostgresVersion int
	// Lower is the mode of lower().
	Lower LowerMode
}

// Validate returns an error if the version or the mode is not valid.
func (o Options) Validate() error {
	if v := o.PostgresVersion; v != 0 && (v < oldestPostgresVersion || v > newestPostgresVersion) {
		return fmt.Errorf("memdb: Options.PostgresVersion is %d: it must be 0 or %d to %d", v, oldestPostgresVersion, newestPostgresVersion)
	}
	switch o.Lower {
	case LowerCUTF8, LowerC, LowerICU, LowerUnicodeFast:
		return nil
	}
	return fmt.Errorf("memdb: Options.Lower is %d: it must be LowerCUTF8, LowerC, LowerICU or LowerUnicodeFast", o.Lower)
}

// DB is an in-memory store, which [New], [OpenDump] and [DB.Fork] make. Methods of the zero
// value panic. A DB is safe for concurrent use. [tasktwin.Querier] documents its queries,
// [tasktwin.Dumper] and [tasktwin.Loader] document Dump and Load.
type DB struct {
	queries
	store rel.Store[tables]
}

var (
	_ tasktwin.Store         = (*DB)(nil)
	_ tasktwin.Dumper        = (*DB)(nil)
	_ tasktwin.Loader        = (*DB)(nil)
	_ tasktwin.TaskIterator  = (*DB)(nil)
	_ tasktwin.BatchInserter = (*DB)(nil)
	_ tasktwin.Forker        = (*DB)(nil)
)

// New returns an empty store. It panics if the options are not valid: see
// [Options.Validate].
func New(opts Options) *DB {
	if err := opts.Validate(); err != nil {
		panic(err)
	}
	if opts.PostgresVersion == 0 {
		opts.PostgresVersion = DefaultPostgresVersion
	}
	db := newDB(opts.PostgresVersion)
	db.store.Init(&schema, tables{opts: opts})
	return db
}

func newDB(version int) *DB {
	db := &DB{}
	db.queries = queries{&db.store, version}
	return db
}

// Fork returns an independent store with the same committed rows. It copies only a
// pointer; later writes on either side copy what they change. The fork of a closed store
// is closed.
func (db *DB) Fork() *DB {
	fork := newDB(db.version)
	db.store.Fork(&fork.store)
	return fork
}

// ForkStore is Fork for callers that know only [tasktwin.Forker]. It never fails.
func (db *DB) ForkStore() (tasktwin.Store, error) { return db.Fork(), nil }

// Ping reports whether the store is open.
func (db *DB) Ping(ctx context.Context) error { return db.translate(db.store.Usable(ctx)) }

// Close closes the store. Statements and commits of open transactions fail from then on,
// and those that wait fail at once.
func (db *DB) Close() error {
	db.store.Close()
	return nil
}
