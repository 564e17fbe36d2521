package twin_test

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/conformance/twin"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/pgdb"
)

// open opens a database with one connection.
func open(t *testing.T, mode pgx.QueryExecMode) *pgdb.DB {
	t.Helper()
	config, err := pgxpool.ParseConfig(pgtest.URL(t))
	require.NoError(t, err)
	config.MaxConns, config.ConnConfig.DefaultQueryExecMode = 1, mode
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	return pgdb.New(pool)
}

// run runs a program on PostgreSQL and on a memdb that answers like it.
func run(t *testing.T, mode pgx.QueryExecMode, p parity.Program, accept []parity.Difference) *parity.Report {
	t.Helper()
	db := open(t, mode)
	opts, err := twin.Options(t.Context(), db)
	require.NoError(t, err)
	report, err := parity.Run(t.Context(), db, memdb.New(opts), parity.Options{Program: p, Accept: accept})
	require.NoError(t, err)
	return report
}

// Each accepted difference still occurs, and has a name and a reason.
func TestAcceptedDifferencesOccur(t *testing.T) {
	t.Parallel()
	version, err := pgtest.Open(t).ServerVersion(t.Context())
	require.NoError(t, err)
	for mode, accepted := range map[pgx.QueryExecMode][]parity.Difference{
		pgx.QueryExecModeCacheStatement: twin.Accepted(version),
		pgx.QueryExecModeSimpleProtocol: twin.AcceptedInSimpleProtocol(),
	} {
		for _, d := range accepted {
			t.Run(d.Name, func(t *testing.T) {
				t.Parallel()
				require.NotEmpty(t, d.Reason)
				require.NotEmpty(t, d.Program)
				report := run(t, mode, d.Program, []parity.Difference{d})
				require.Empty(t, report.Mismatches)
				require.Len(t, report.Accepted, 1)
				require.Equal(t, d.Name, report.Accepted[0].Name)
				require.NotZero(t, report.Accepted[0].Count, "the difference is gone: take it out")
				require.NotEmpty(t, run(t, mode, d.Program, nil).Mismatches)
			})
		}
	}
}

// The differences of the simple protocol do not occur in the extended one.
func TestOnlyTheSimpleProtocolDiffers(t *testing.T) {
	t.Parallel()
	for _, d := range twin.AcceptedInSimpleProtocol() {
		require.Empty(t, run(t, pgx.QueryExecModeCacheStatement, d.Program, nil).Mismatches, d.Name)
	}
}

func TestAcceptedOfAMode(t *testing.T) {
	t.Parallel()
	names := func(mode pgx.QueryExecMode) []string {
		db := open(t, mode)
		opts, err := twin.Options(t.Context(), db)
		require.NoError(t, err)
		var names []string
		for _, d := range twin.AcceptedOf(db, opts) {
			names = append(names, d.Name)
		}
		return names
	}
	simple := twin.AcceptedInSimpleProtocol()
	require.NotContains(t, names(pgx.QueryExecModeCacheStatement), simple[0].Name)
	require.NotContains(t, names(pgx.QueryExecModeExec), simple[0].Name)
	require.Equal(t, append(names(pgx.QueryExecModeCacheStatement), simple[0].Name), names(pgx.QueryExecModeSimpleProtocol))
}
