package pgtest

import (
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/tasktwin/tasktwin/conformance/pgserver"
)

// envRequirePgbouncer makes tests fail instead of being skipped if there is no PgBouncer.
const envRequirePgbouncer = "TASKTWIN_REQUIRE_PGBOUNCER"

// Pgbouncer starts a PgBouncer in front of the database at url, which is one of [URL],
// and returns it and the URL of the database by way of it. Settings are lines of its
// configuration, such as "pool_mode = transaction". It ends with the test. Without a
// PgBouncer it skips the test, or fails it if TASKTWIN_REQUIRE_PGBOUNCER=1 is set.
func Pgbouncer(t testing.TB, url string, settings ...string) (pooler *pgserver.Pgbouncer, pooled string) {
	t.Helper()
	config, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal("pgtest: Pgbouncer: the URL cannot be read")
	}
	pooler, err = pgserver.StartPgbouncer(t.Context(), url, settings...)
	switch {
	case maySkipPooler(err):
		t.Skip(err)
	case err != nil:
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := pooler.Close(); err != nil {
			t.Error(err)
		}
	})
	return pooler, pooler.URL(config.Database)
}

// maySkipPooler reports whether err may skip a test: no PgBouncer is available, and the
// environment does not demand one.
func maySkipPooler(err error) bool {
	return errors.Is(err, pgserver.ErrNoPgbouncer) && !isSet(envRequirePgbouncer)
}
