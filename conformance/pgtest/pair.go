package pgtest

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/tasktwin/tasktwin/conformance/pgserver"
	"github.com/tasktwin/tasktwin/pgdb"
)

// Pair starts a primary and a standby that replicates it, for one test, and migrates the
// database postgres. They are stopped when the test ends. The binaries are those of an
// installed PostgreSQL, even if the environment names a server. Without one it skips the
// test, or fails it if TASKTWIN_REQUIRE_POSTGRES=1 is set and no server is named.
func Pair(t testing.TB) *pgserver.Pair {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), startTimeout)
	defer cancel()
	p, err := pgserver.StartPair(ctx)
	if errors.Is(err, ErrNotFound) && (!required() || os.Getenv("TASKTWIN_POSTGRES_URL") != "") {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := errors.Join(pgdb.Migrate(ctx, p.PrimaryURL()), p.AwaitReplay(ctx)); err != nil {
		t.Fatal(err)
	}
	return p
}
