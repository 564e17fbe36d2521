package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/cmd/internal/suggest"
	"github.com/tasktwin/tasktwin/conformance/pgserver"
	"github.com/tasktwin/tasktwin/pgdb"
)

// exclusiveLock is the key of the advisory lock of lockExclusively: "twinpair" in
// ASCII.
const exclusiveLock = 0x7477696e70616972

// postgres provides empty databases: on a server that was found or started, or a
// single database that the user gave.
type postgres struct {
	url    string
	server *pgserver.Server
}

// findPostgres uses the database at url or, if url is empty, finds or starts a server.
func findPostgres(ctx context.Context, url string) (*postgres, error) {
	if url != "" {
		if err := pgdb.MigrateEmpty(ctx, url); err != nil {
			return nil, asUsage(err)
		}
		return &postgres{url: url}, nil
	}
	server, err := pgserver.Start(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w\nInstall PostgreSQL 14 or newer, which is started for you, or give a database with --postgres", err)
	}
	return &postgres{server: server}, nil
}

// canRepeat reports whether p can provide more than one database.
func (p *postgres) canRepeat() bool { return p.server != nil }

// database returns the URL of an empty database. drop drops it if database created it.
func (p *postgres) database(ctx context.Context) (url string, drop func() error, err error) {
	if p.server == nil {
		return p.url, func() error { return nil }, nil
	}
	return p.server.NewDatabase(ctx)
}

// open opens an empty database. closeDB closes it, and drops it if open created
// it.
func (p *postgres) open(ctx context.Context) (db *pgdb.DB, closeDB func() error, err error) {
	url, drop, err := p.database(ctx)
	if err != nil {
		return nil, nil, err
	}
	if db, err = pgdb.Open(ctx, url, pgdb.Options{}); err != nil {
		return nil, nil, errors.Join(err, drop())
	}
	return db, func() error { return errors.Join(db.Close(), drop()) }, nil
}

// mustBeEmpty refuses a database that the user gave and that has rows, which would be
// mismatches.
func (p *postgres) mustBeEmpty(ctx context.Context, db *pgdb.DB) error {
	if p.canRepeat() {
		return nil
	}
	return fill(ctx, db, func(tasktwin.Store) error { return nil })
}

func (p *postgres) close() error {
	if p.server == nil {
		return nil
	}
	return p.server.Close()
}

// openPostgres opens an empty database for fill. With a url it migrates that
// database, otherwise it creates one on a server that it finds or starts.
// closeAll closes both.
func openPostgres(ctx context.Context, url string) (db *pgdb.DB, closeAll func() error, err error) {
	p, err := findPostgres(ctx, url)
	if err != nil {
		return nil, nil, err
	}
	db, closeDB, err := p.open(ctx)
	if err != nil {
		return nil, nil, errors.Join(err, p.close())
	}
	return db, func() error { return errors.Join(closeDB(), p.close()) }, nil
}

// fill runs fn in one transaction on an empty store. A database is locked
// meanwhile, so that no other process can fill it.
func fill(ctx context.Context, store tasktwin.Store, fn func(tx tasktwin.Store) error) error {
	return asUsage(store.InTx(ctx, func(tx tasktwin.Store) error {
		if _, ok := store.(*pgdb.DB); ok {
			if err := pgdb.LockEmpty(ctx, tx); err != nil {
				return err
			}
		}
		return fn(tx)
	}, nil))
}

// asUsage makes an error about a database that is not empty or not tasktwin's a
// usage error.
func asUsage(err error) error {
	switch {
	case errors.Is(err, pgdb.ErrNotEmpty):
		return usagef("%w: give an empty one", err)
	case errors.Is(err, pgdb.ErrRefused):
		return &usageError{err}
	default:
		return err
	}
}

// lockExclusively locks the database for a command that fills it in many
// transactions, until the returned function is called. If another process has the
// lock, it returns an error. The lock is held by a transaction, so it also works
// through poolers.
func (p *postgres) lockExclusively(ctx context.Context) (release func(), err error) {
	if p.server != nil {
		return func() {}, nil
	}
	config, err := pgdb.ParseConfig(p.url)
	if err != nil {
		return nil, err
	}
	config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec // nothing prepared stays in a pooler
	conn, err := pgx.ConnectConfig(ctx, config.ConnConfig)
	if err != nil {
		return nil, err
	}
	release = func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(ctx) // the session ends in any case
	}
	if _, err := conn.Exec(ctx, "BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0"); err != nil {
		release()
		return nil, err
	}
	var locked bool
	if err := conn.QueryRow(ctx, "SELECT pg_try_advisory_xact_lock($1)", int64(exclusiveLock)).Scan(&locked); err != nil {
		release()
		return nil, err
	}
	if !locked {
		release()
		return nil, usagef("another parity run uses the PostgreSQL database: give each one of its own")
	}
	return release, nil
}

// openExisting opens an existing database without migrating it, on one connection
// whose statements are logged. The returned function closes it.
func openExisting(e *env, url string) (db *pgdb.DB, closeDB func(), err error) {
	if err := checkDatabase(url); err != nil {
		return nil, nil, err
	}
	opts := pgdb.Options{MaxConns: 1}
	if e.log.Enabled(e.ctx, slog.LevelDebug) {
		opts.Tracer = tracer{e.log}
	}
	if db, err = pgdb.Open(e.ctx, url, opts); err != nil {
		return nil, nil, err
	}
	config := db.Pool().Config().ConnConfig
	e.log.DebugContext(e.ctx, "connected", "host", config.Host, "database", config.Database, "user", config.User)
	return db, func() { _ = db.Close() }, nil
}

// undefinedTable is PostgreSQL's SQLSTATE undefined_table.
const undefinedTable tasktwin.SQLState = "42P01"

// tasksAreGone says that a platform's database has no tasks any more, or none yet.
const tasksAreGone = `
The database has workspaces, but no tables of tasks. The platform's migration 000409 adds them, and 000594 removes them with all tasks.
A dump from before the removal keeps the history: tasktwin load FILE`

// explainMissing says of an error about a missing table why it may be missing.
func explainMissing(ctx context.Context, db *pgdb.DB, err error) error {
	if e, ok := errors.AsType[*tasktwin.Error](err); !ok || e.Code != undefinedTable {
		return err
	}
	const workspacesOnly = "SELECT to_regclass('workspaces') IS NOT NULL AND to_regclass('tasks') IS NULL"
	var gone bool
	if db.Pool().QueryRow(ctx, workspacesOnly).Scan(&gone) == nil && gone {
		return fmt.Errorf("%w%s", err, tasksAreGone)
	}
	return fmt.Errorf("%w\nIf the tables are in another schema, add search_path=SCHEMA to the URL's parameters", err)
}

// checkDatabase refuses an invalid --postgres. The error does not quote it,
// because it may contain a password.
func checkDatabase(url string) error {
	if url == "" { // not given
		return nil
	}
	if _, err := pgdb.ParseConfig(url); err != nil {
		return usagef("--postgres: %w", err)
	}
	return nil
}

// checkStore refuses an invalid --store.
func checkStore(store string) error {
	switch {
	case store == storeMemory:
		return nil
	case !strings.ContainsAny(store, ":/@= "): // a single word, which cannot contain a password
		return usagef("--store is %q: it must be memory, or a URL that begins with postgres://, "+
			"or keywords and values such as host=localhost dbname=main%s", store, suggest.Question(store, []string{storeMemory}))
	}
	if _, err := pgdb.ParseConfig(store); err != nil {
		return usagef("--store: it is not memory, and %w", err)
	}
	return nil
}
