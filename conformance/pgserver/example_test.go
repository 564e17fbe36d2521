package pgserver_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/tasktwin/tasktwin/conformance/pgserver"
	"github.com/tasktwin/tasktwin/pgdb"
)

// withDatabase starts a server, or uses the one that is there, and runs fn on a database of
// its own with tasktwin's tables.
func withDatabase(ctx context.Context, fn func(*pgdb.DB) error) (err error) {
	server, err := pgserver.Start(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	url, drop, err := server.NewDatabase(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, drop()) }()
	db, err := pgdb.Open(ctx, url, pgdb.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return fn(db)
}

// A program that needs a PostgreSQL for a moment.
func ExampleStart() {
	_ = withDatabase(context.Background(), func(db *pgdb.DB) error {
		fmt.Println(db.ServerVersion(context.Background()))
		return nil
	})
}

// The example works.
func TestExampleStart(t *testing.T) {
	t.Parallel()
	err := withDatabase(t.Context(), func(db *pgdb.DB) error { return db.Ping(t.Context()) })
	if err != nil && !errors.Is(err, pgserver.ErrNotFound) {
		t.Error(err)
	}
}
