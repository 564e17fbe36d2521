package pgdb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// ErrRefused is wrapped by errors about a database that tasktwin does not use:
// another program's, a newer tasktwin's, or one in an unsuitable encoding. The
// error says which, and the database is unchanged.
var ErrRefused = errors.New("database refused")

// migrateLock is the key of the advisory lock of Migrate: "tasktwin" in ASCII.
const migrateLock = 0x7461736b7477696e

// closeTimeout limits the time for closing a connection.
const closeTimeout = 5 * time.Second

// Migrate updates the schema of the database at url in one transaction. The
// schema is the first one of the search path that exists. Set search_path in the
// URL to choose another. pg_temp is refused.
//
// The schema must be empty, except for objects of extensions, or created by an
// earlier Migrate. Otherwise, or if a newer tasktwin created it, it is unchanged
// and the error wraps [ErrRefused]. Migrate takes over a schema of earlier
// builds, which kept their versions in goose_db_version, if it has no other
// objects. It does not change that table.
//
// Several processes can migrate at the same time, through a pooler, too: an advisory
// lock, which the transaction holds, serializes them, and the later ones have nothing
// to do. If the schema is up to date, it is only read. No statement is prepared. Waiting
// for the lock ends with the context, or after the user's lock_timeout. Errors contain no
// password: see [ParseConfig].
func Migrate(ctx context.Context, url string) error {
	return migrate(ctx, url, func(context.Context, pgx.Tx) error { return nil })
}

// MigrateEmpty is Migrate for a database that is about to be filled. It also
// refuses a database whose tables have rows, without changing it; the error then
// wraps [ErrNotEmpty]. Another process may insert rows afterwards: see
// [LockEmpty].
func MigrateEmpty(ctx context.Context, url string) error {
	return migrate(ctx, url, refuseExistingRows)
}

// migrate migrates. check may refuse a schema that has our tables.
func migrate(ctx context.Context, url string, check func(context.Context, pgx.Tx) error) error {
	config, err := ParseConfig(url)
	if err != nil {
		return fmt.Errorf("pgdb: Migrate: %w", err)
	}
	config.ConnConfig.DefaultQueryExecMode = unprepared(config.ConnConfig.DefaultQueryExecMode)
	conn, err := pgx.ConnectConfig(ctx, config.ConnConfig)
	if err != nil {
		return fmt.Errorf("pgdb: Migrate: %w", redact(config.ConnConfig, err))
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
		defer cancel()
		_ = conn.Close(ctx) // the session ends in any case
		// If the context ended, pgx asks the server in the background to cancel the statement. A
		// process that ended before would leave the session in the queue for the lock.
		select {
		case <-conn.PgConn().CleanupDone():
		case <-ctx.Done():
		}
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
	// If the schema is up to date, only this is done. It works on a standby, and for
	// a user who has only read access. One snapshot shows a migration completely or
	// not at all.
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
	// At read committed, statements after the lock see what was committed before it
	// was acquired.
	return pgx.BeginTxFunc(ctx, conn, pgx.TxOptions{IsoLevel: pgx.ReadCommitted, AccessMode: pgx.ReadWrite}, work)
}

// apply applies the missing migrations, and then the views.
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
