package pgdb

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// How often, in seconds, and how many times Migrate asks for the lock.
const (
	lockSeconds  = 1
	lockAttempts = 300
)

// Migrate brings the schema of the database at url up to date. Where several
// processes do so at once, an advisory lock makes them take turns, and the
// later ones find nothing to do. Errors contain no password: see [ParseConfig].
func Migrate(ctx context.Context, url string) (err error) {
	config, err := ParseConfig(url)
	if err != nil {
		return fmt.Errorf("pgdb: Migrate: %w", err)
	}
	db := stdlib.OpenDB(*config.ConnConfig)
	defer func() { err = errors.Join(err, db.Close()) }()
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("pgdb: Migrate: %w", err)
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(lockSeconds, lockAttempts))
	if err != nil {
		return fmt.Errorf("pgdb: Migrate: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(locker))
	if err != nil {
		return fmt.Errorf("pgdb: Migrate: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("pgdb: Migrate: %w", redact(config.ConnConfig, err))
	}
	return nil
}
