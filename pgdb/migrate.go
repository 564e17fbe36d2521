package pgdb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// ErrRefused is wrapped by errors about a database that tasktwin does not use as
// it is: another program's, a newer tasktwin's, or one in an encoding that it
// cannot work with. The error says which, and nothing in the database has changed.
var ErrRefused = errors.New("database refused")

// migrateLock is the key of the advisory lock under which Migrate works:
// "tasktwin" in ASCII.
const migrateLock = 0x7461736b7477696e

// closeTimeout bounds saying goodbye to the server.
const closeTimeout = 5 * time.Second

// Migrate brings the schema of the database at url up to date, in one
// transaction. That schema is the first of the search path that exists, which
// search_path in the URL can set; pg_temp in its place is refused.
//
// The schema has to be empty, but for what extensions put there, or made by
// Migrate before. A schema with anything else in it, or one that a newer tasktwin
// made, stays as it is, and the error wraps [ErrRefused]. Of earlier builds, which
// kept their versions in goose_db_version, it takes over what has nothing else in
// it, and leaves that table to them.
//
// Where several processes migrate at once, an advisory lock makes them take
// turns, and the later ones find nothing to do. A schema that is up to date is
// only read. Waiting for the lock ends with the context, or after the user's
// lock_timeout. Errors contain no password: see [ParseConfig].
func Migrate(ctx context.Context, url string) error {
	return migrate(ctx, url, func(context.Context, pgx.Tx) error { return nil })
}

// MigrateEmpty is Migrate for a database that is about to be filled: it refuses
// one whose tables have rows, too, without changing it. The error then wraps
// [ErrNotEmpty]. What is empty now need not stay so: see [LockEmpty].
func MigrateEmpty(ctx context.Context, url string) error {
	return migrate(ctx, url, refuseRows)
}

// migrate migrates. Check may refuse a schema that has our tables.
func migrate(ctx context.Context, url string, check func(context.Context, pgx.Tx) error) error {
	config, err := ParseConfig(url)
	if err != nil {
		return fmt.Errorf("pgdb: Migrate: %w", err)
	}
	conn, err := pgx.ConnectConfig(ctx, config.ConnConfig)
	if err != nil {
		return fmt.Errorf("pgdb: Migrate: %w", redact(config.ConnConfig, err))
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
		defer cancel()
		_ = conn.Close(ctx) // the session ends in any case
	}()
	if err := bringUpToDate(ctx, conn, check); err != nil {
		return fmt.Errorf("pgdb: Migrate: %w", redact(config.ConnConfig, err))
	}
	return nil
}

func bringUpToDate(ctx context.Context, conn *pgx.Conn, check func(context.Context, pgx.Tx) error) error {
	if err := checkEncodings(conn.PgConn()); err != nil {
		return err
	}
	def, err := readDefinition()
	if err != nil {
		return err
	}
	// Where there is nothing to do, that is all: it works on a standby too, and for
	// a user who may only read. One snapshot shows a migration wholly or not at all.
	current := false
	look := func(tx pgx.Tx) error {
		s, err := inspect(ctx, tx, def)
		if current = err == nil && s.table == versionTable && s.version == def.latest(); !current {
			return err
		}
		return check(ctx, tx)
	}
	if err := pgx.BeginTxFunc(ctx, conn, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, look); err != nil || current {
		return err
	}
	work := func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", int64(migrateLock)); err != nil {
			return fmt.Errorf("wait for another migration: %w", err)
		}
		s, err := inspect(ctx, tx, def)
		if err != nil {
			return err
		}
		if s.version > 0 {
			if err := check(ctx, tx); err != nil {
				return err
			}
		}
		return apply(ctx, tx, s, def)
	}
	// At read committed, each statement sees what was committed before the lock
	// was there to take.
	return pgx.BeginTxFunc(ctx, conn, pgx.TxOptions{IsoLevel: pgx.ReadCommitted, AccessMode: pgx.ReadWrite}, work)
}

// apply applies the migrations that the schema lacks, and then the views.
func apply(ctx context.Context, tx pgx.Tx, s schema, def *definition) error {
	if s.table != versionTable {
		const create = "CREATE TABLE " + versionTable + ` (
			version integer PRIMARY KEY,
			applied_at timestamptz DEFAULT now() NOT NULL
		)`
		if _, err := tx.Exec(ctx, create); err != nil {
			return fmt.Errorf("create %s: %w", versionTable, err)
		}
	}
	for i, m := range def.migrations {
		version := i + 1
		if s.table == versionTable && version <= s.version {
			continue
		}
		if version > s.version {
			if _, err := tx.Exec(ctx, m.up); err != nil {
				return fmt.Errorf("%s: %w", m.file, err)
			}
		}
		if _, err := tx.Exec(ctx, "INSERT INTO "+versionTable+" (version) VALUES ($1)", version); err != nil {
			return fmt.Errorf("record version %d: %w", version, err)
		}
	}
	if s.version == def.latest() { // only the versions were taken over
		return nil
	}
	for _, v := range def.views {
		if err := v.apply(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}
