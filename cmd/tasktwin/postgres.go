package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/tasktwin/tasktwin/cmd/internal/dumpfile"
	"github.com/tasktwin/tasktwin/conformance/pgserver"
	"github.com/tasktwin/tasktwin/pgdb"
)

// postgres is where empty databases come from: a server that was found or
// started, or one database that was given.
type postgres struct {
	url    string
	server *pgserver.Server
}

// findPostgres takes the database at url or, without one, finds or starts a
// server.
func findPostgres(ctx context.Context, url string) (*postgres, error) {
	if url != "" {
		// Before anything is migrated: a database in use may be somebody else's.
		if err := refuseUsed(ctx, url); err != nil {
			return nil, err
		}
		return &postgres{url: url}, pgdb.Migrate(ctx, url)
	}
	server, err := pgserver.Start(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w\nInstall PostgreSQL 14 or newer, which is started for you, or give a database with --postgres", err)
	}
	return &postgres{server: server}, nil
}

// canRepeat reports whether there is more than one database to have.
func (p *postgres) canRepeat() bool { return p.server != nil }

// open opens an empty database. closeDB closes it, and drops it if it was made.
func (p *postgres) open(ctx context.Context) (db *pgdb.DB, closeDB func() error, err error) {
	url, drop := p.url, func() error { return nil }
	if p.server != nil {
		if url, drop, err = p.server.NewDatabase(ctx); err != nil {
			return nil, nil, err
		}
	}
	if db, err = pgdb.Open(ctx, url, pgdb.Options{}); err != nil {
		return nil, nil, errors.Join(err, drop())
	}
	closeDB = func() error { return errors.Join(db.Close(), drop()) }
	if err := mustBeEmpty(ctx, db); err != nil {
		return nil, nil, errors.Join(err, closeDB())
	}
	return db, closeDB, nil
}

func (p *postgres) close() error {
	if p.server == nil {
		return nil
	}
	return p.server.Close()
}

// openPostgres opens an empty database: the one at url, which it migrates, or
// one on a server that it finds or starts. Close ends both.
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

// refuseUsed refuses a database that has rows in our tables, or tables of their
// names that are not ours.
func refuseUsed(ctx context.Context, url string) error {
	db, err := pgdb.Open(ctx, url, pgdb.Options{MaxConns: 1})
	if err != nil {
		return err
	}
	defer db.Close()
	var migrated bool
	var table *string
	const sql = `SELECT to_regclass('goose_db_version') IS NOT NULL, min(name) FROM unnest($1::text[]) AS name WHERE to_regclass(name) IS NOT NULL`
	switch err := db.Pool().QueryRow(ctx, sql, dumpfile.TableNames()).Scan(&migrated, &table); {
	case err != nil || table == nil:
		return err
	case !migrated:
		return usagef("the PostgreSQL database has a table %s that tasktwin did not make: give an empty one", *table)
	default:
		return mustBeEmpty(ctx, db)
	}
}

// mustBeEmpty refuses a database with rows: it could not be compared, or would
// mix with what is there.
func mustBeEmpty(ctx context.Context, db *pgdb.DB) error {
	const sql = `SELECT EXISTS (SELECT FROM organizations) OR EXISTS (SELECT FROM users) OR EXISTS (SELECT FROM workspace_agents)`
	var used bool
	if err := db.Pool().QueryRow(ctx, sql).Scan(&used); err != nil {
		return err
	}
	if used {
		return usagef("the PostgreSQL database already has rows: give an empty one")
	}
	return nil
}

// openExisting opens somebody's database, which is not migrated, with one
// connection, whose statements are logged. Close closes it.
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

// checkDatabase refuses what --postgres cannot be, without quoting it: there may
// be a password in it.
func checkDatabase(url string) error {
	if url == "" { // it is not given
		return nil
	}
	if _, err := pgdb.ParseConfig(url); err != nil {
		return usagef("--postgres: %w", err)
	}
	return nil
}

// checkStore refuses what --store cannot be.
func checkStore(store string) error {
	switch {
	case store == storeMemory:
		return nil
	case !strings.ContainsAny(store, ":/@= "): // a word, in which there is no password
		return usagef("--store is %q: it must be memory, or a URL that begins with postgres://, or keywords and values such as host=localhost dbname=main", store)
	}
	if _, err := pgdb.ParseConfig(store); err != nil {
		return usagef("--store: it is not memory, and %w", err)
	}
	return nil
}
