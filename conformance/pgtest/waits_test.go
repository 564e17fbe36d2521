package pgtest_test

import (
	"context"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/pgdb"
)

// agent is a row for sessions to contend for.
var agent = tasktwin.InsertWorkspaceAgentParams{ID: [16]byte{1}, Name: "agent", LifecycleState: tasktwin.WorkspaceAgentLifecycleStateReady}

func TestWaits(t *testing.T) {
	t.Parallel()
	db := pgtest.Open(t)
	_, err := db.InsertWorkspaceAgent(t.Context(), agent)
	require.NoError(t, err)
	waits, err := pgtest.Waits(t.Context(), db)
	require.NoError(t, err)
	assert.Empty(t, waits)

	update := func(ctx context.Context, s tasktwin.Store) error {
		_, err := s.UpdateWorkspaceAgentLifecycleStateByID(ctx, tasktwin.UpdateWorkspaceAgentLifecycleStateByIDParams{
			ID: agent.ID, LifecycleState: agent.LifecycleState,
		})
		return err
	}
	ended := make(chan error, 2)
	err = db.InTx(tasktwin.WithSession(t.Context(), "A"), func(tx tasktwin.Store) error {
		require.NoError(t, update(t.Context(), tx))
		for _, name := range []string{"B", "C"} {
			go func() { ended <- update(tasktwin.WithSession(t.Context(), name), db) }()
		}
		const table = "workspace_agents"
		assert.Eventually(t, func() bool {
			waits, err := pgtest.Waits(t.Context(), db)
			return err == nil && assert.ObjectsAreEqual([]tasktwin.Wait{
				{Session: "B", For: []string{"A"}, Table: table}, {Session: "C", For: []string{"A"}, Table: table},
			}, waits)
		}, time.Minute, time.Millisecond)
		return nil
	}, nil)
	require.NoError(t, err)
	require.NoError(t, <-ended)
	require.NoError(t, <-ended)
}

// A connection has the name of the session that uses it.
func TestSessionsHaveNames(t *testing.T) {
	t.Parallel()
	const own = "tests"
	address, err := url.Parse(pgtest.URL(t))
	require.NoError(t, err)
	parameters := address.Query()
	parameters.Set("application_name", own)
	address.RawQuery = parameters.Encode()
	db, err := pgdb.Open(t.Context(), address.String(), pgdb.Options{MaxConns: 1})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, db.Close()) })
	name := func(ctx context.Context) (name string) {
		require.NoError(t, db.Pool().QueryRow(ctx, "SELECT current_setting('application_name')").Scan(&name))
		return name
	}
	require.Equal(t, own, name(t.Context()))
	a, b := tasktwin.WithSession(t.Context(), "A"), tasktwin.WithSession(t.Context(), "it's B")
	for _, c := range []struct {
		ctx  context.Context
		want string
	}{{a, "A"}, {b, "it's B"}, {b, "it's B"}, {t.Context(), own}, {t.Context(), own}, {a, "A"}} {
		assert.Equal(t, c.want, name(c.ctx))
	}
	_, err = db.ListTasks(tasktwin.WithSession(t.Context(), "a\x00b"), tasktwin.ListTasksParams{})
	require.Error(t, err)
	assert.Equal(t, own, name(t.Context()))
}
