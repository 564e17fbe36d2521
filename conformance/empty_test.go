package conformance

import (
	"errors"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/cases"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/pgdb"
)

// insertAgent inserts a row without foreign keys.
const insertAgent = "INSERT INTO workspace_agents (id, created_at, updated_at, name) " +
	"SELECT gen_random_uuid(), now(), clock_timestamp(), 'a'"

// fill loads rows into an empty database.
func fill(t *testing.T, db *pgdb.DB, rows *tasktwin.Dump) error {
	return db.InTx(t.Context(), func(tx tasktwin.Store) error {
		if err := pgdb.LockEmpty(t.Context(), tx); err != nil {
			return err
		}
		return tx.(tasktwin.Loader).Load(t.Context(), rows)
	}, nil)
}

// If several fill a database at the same time, only one succeeds.
func TestLockEmptyLetsOneFill(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	conn := connect(t, url)
	execute(t, conn, "BEGIN", "LOCK TABLE organizations IN SHARE ROW EXCLUSIVE MODE")
	errs := make(chan error)
	for range 3 {
		go func() {
			db, err := pgdb.Open(t.Context(), url, pgdb.Options{})
			if err == nil {
				err = errors.Join(fill(t, db, cases.RowsToLoad(2)), db.Close())
			}
			errs <- err
		}()
	}
	awaitWaiters(t, conn, 3)
	execute(t, conn, "COMMIT")
	filled := 0
	for range 3 {
		if err := <-errs; err == nil {
			filled++
		} else {
			require.ErrorIs(t, err, pgdb.ErrNotEmpty)
			require.ErrorContains(t, err, "the database already has rows in table organizations")
		}
	}
	require.Equal(t, 1, filled)
}

// LockEmpty waits for a writer that does not take its lock.
func TestLockEmptyWaitsForWriters(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	db := openAt(t, url, pgdb.Options{})
	conn := connect(t, url)
	execute(t, conn, "BEGIN", insertAgent)
	errs := make(chan error)
	go func() { errs <- fill(t, db, cases.RowsToLoad(2)) }()
	awaitWaiters(t, conn, 1)
	execute(t, conn, "COMMIT")
	require.ErrorContains(t, <-errs, "the database already has rows in table workspace_agents")
}

// LockEmpty refuses a row in any one table, even if there are no foreign keys.
func TestLockEmptyLooksAtEveryTable(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	execute(t, connect(t, url), `DO $$ DECLARE key record; BEGIN
		FOR key IN SELECT conrelid::regclass AS of, conname FROM pg_constraint WHERE contype = 'f' LOOP
			EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', key.of, key.conname);
		END LOOP; END $$`)
	db := openAt(t, url, pgdb.Options{})
	all := reflect.ValueOf(cases.RowsToLoad(1)).Elem()
	for i := range all.NumField() {
		var rows tasktwin.Dump
		reflect.ValueOf(&rows).Elem().Field(i).Set(all.Field(i))
		table := all.Type().Field(i).Tag.Get("json")
		err := db.InTx(t.Context(), func(tx tasktwin.Store) error {
			require.NoError(t, tx.(tasktwin.Loader).Load(t.Context(), &rows), table)
			return pgdb.LockEmpty(t.Context(), tx)
		}, nil)
		require.ErrorIs(t, err, pgdb.ErrNotEmpty, table)
		require.ErrorContains(t, err, "table "+table)
	}
	require.NoError(t, fill(t, db, &tasktwin.Dump{}))
}

func TestLockEmptyTakesATransactionOfPgdb(t *testing.T) {
	t.Parallel()
	require.ErrorContains(t, pgdb.LockEmpty(t.Context(), memdb.New(memdb.Options{})), "*memdb.DB is not a transaction of pgdb")
	require.ErrorContains(t, pgdb.LockEmpty(t.Context(), pgtest.Open(t)), "*pgdb.DB is not a transaction of pgdb")
}

// MigrateEmpty does not even update the schema of a database with rows.
func TestMigrateEmpty(t *testing.T) {
	t.Parallel()
	url := emptyDatabase(t)
	conn := connect(t, url)
	for range 2 {
		require.NoError(t, pgdb.MigrateEmpty(t.Context(), url))
		require.Equal(t, versions(t), migrated(t, conn))
	}
	execute(t, conn, insertAgent)
	require.ErrorIs(t, pgdb.MigrateEmpty(t.Context(), url), pgdb.ErrNotEmpty)
	// As before a migration that adds the table.
	execute(t, conn, "DELETE FROM tasktwin_db_version WHERE version > 1")
	execute(t, conn, "DROP TABLE task_snapshots")
	require.ErrorIs(t, pgdb.MigrateEmpty(t.Context(), url), pgdb.ErrNotEmpty)

	url, conn = earlier(t, 1)
	execute(t, conn, insertAgent)
	before := catalogue(t, conn)
	require.ErrorIs(t, pgdb.MigrateEmpty(t.Context(), url), pgdb.ErrNotEmpty)
	require.Equal(t, before, catalogue(t, conn))
}
