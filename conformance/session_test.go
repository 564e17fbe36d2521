package conformance

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/conformance/twin"
	"github.com/tasktwin/tasktwin/pgdb"
)

// sessionOps is the number of operations in each kind of session.
const sessionOps = 20_000

// The session's time zone and the way in which pgx sends statements make no
// difference.
func TestParityInAllSessions(t *testing.T) {
	t.Parallel()
	sessions := map[string]func(*pgxpool.Config){
		"time zone": func(c *pgxpool.Config) { c.ConnConfig.RuntimeParams["timezone"] = "America/St_Johns" },
	}
	for _, mode := range []pgx.QueryExecMode{
		pgx.QueryExecModeCacheStatement, pgx.QueryExecModeCacheDescribe, pgx.QueryExecModeDescribeExec,
		pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol,
	} {
		sessions[mode.String()] = func(c *pgxpool.Config) { c.ConnConfig.DefaultQueryExecMode = mode }
	}
	for name, change := range sessions {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reference := func(t testing.TB) tasktwin.Store {
				config, err := pgxpool.ParseConfig(pgtest.URL(t))
				require.NoError(t, err)
				change(config)
				pool, err := pgxpool.NewWithConfig(t.Context(), config)
				require.NoError(t, err)
				t.Cleanup(pool.Close)
				return pgdb.New(pool)
			}
			var accept []Difference
			if name == pgx.QueryExecModeSimpleProtocol.String() {
				accept = twin.AcceptedInSimpleProtocol()
			}
			compare(t, reference, openTwin, parity.Options{Seed: 1, Ops: short(sessionOps), Check: parity.CheckEnd}, "seed 1", Accept(accept...))
		})
	}
}
