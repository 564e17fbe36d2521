package pgtest_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/pgdb"
)

// A pair replicates, and its standby can take over.
func TestPair(t *testing.T) {
	t.Parallel()
	p := pgtest.Pair(t)
	insert := func(at, name string) error {
		db, err := pgdb.Open(t.Context(), at, pgdb.Options{MaxConns: 1})
		require.NoError(t, err)
		defer func() { require.NoError(t, db.Close()) }()
		_, err = db.InsertWorkspaceAgent(t.Context(), tasktwin.InsertWorkspaceAgentParams{Name: name, LifecycleState: "ready"})
		return err
	}
	count := func(at string) int {
		db, err := pgdb.Open(t.Context(), at, pgdb.Options{MaxConns: 1})
		require.NoError(t, err)
		defer func() { require.NoError(t, db.Close()) }()
		rows, err := db.Dump(t.Context())
		require.NoError(t, err)
		return len(rows.WorkspaceAgents)
	}
	require.NoError(t, insert(p.PrimaryURL(), "a"))
	require.NoError(t, p.AwaitReplay(t.Context()))
	require.Equal(t, 1, count(p.StandbyURL()))
	refused := new(tasktwin.Error)
	require.ErrorAs(t, insert(p.StandbyURL(), "b"), &refused)
	require.Equal(t, tasktwin.ReadOnlySQLTransaction, refused.Code)

	u, err := url.Parse(p.URL("target_session_attrs=read-write"))
	require.NoError(t, err)
	require.Equal(t, "read-write", u.Query().Get("target_session_attrs"))
	require.NoError(t, p.CrashPrimary())
	require.NoError(t, p.Promote(t.Context()))
	require.Equal(t, 1, count(u.String()))
}
