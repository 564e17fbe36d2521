package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/pgdb"
)

// openPostgres opens an empty database: the one at url, which it migrates, or
// one on a server that it finds or starts. Close ends both.
func openPostgres(ctx context.Context, url string) (db *pgdb.DB, closeAll func() error, err error) {
	closeAll = func() error { return nil }
	if url == "" {
		server, err := pgtest.Start(ctx)
		if err != nil {
			return nil, nil, fmt.Errorf("%w\nGive a database with --postgres, or install PostgreSQL", err)
		}
		closeAll = server.Close
		if url, _, err = server.NewDatabase(ctx); err != nil {
			return nil, nil, errors.Join(err, server.Close())
		}
	} else if err := pgdb.Migrate(ctx, url); err != nil {
		return nil, nil, err
	}
	db, err = pgdb.Open(ctx, url, pgdb.Options{})
	if err != nil {
		return nil, nil, errors.Join(err, closeAll())
	}
	stop := closeAll
	return db, func() error { return errors.Join(db.Close(), stop()) }, nil
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
		return usagef("the PostgreSQL database already has rows: give an empty one, so that both engines start alike")
	}
	return nil
}
