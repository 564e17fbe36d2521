package conformance

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/lockstep"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/pgdb"
)

// A difference stands in the register for as long as it occurs.
func TestAcceptedDifferencesOccur(t *testing.T) {
	t.Parallel()
	require.Len(t, lockstep.Accepted, 4, "each accepted difference has a test here")

	pg, err := pgdb.Open(t.Context(), pgtest.URL(t), pgdb.Options{MaxConns: 1})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, pg.Close()) })
	memory := twin(t)
	agent := func(n uint64, name string) tasktwin.InsertWorkspaceAgentParams {
		return tasktwin.InsertWorkspaceAgentParams{ID: id(n), Name: name, LifecycleState: tasktwin.WorkspaceAgentLifecycleStateReady}
	}
	tooLong := func(s tasktwin.Store) lockstep.ErrorFacts {
		var failure error
		_ = s.InTx(t.Context(), func(tx tasktwin.Store) error {
			_, failure = tx.InsertWorkspaceAgent(t.Context(), agent(99, strings.Repeat("a", 65)))
			return failure
		}, &tasktwin.TxOptions{ReadOnly: true})
		return lockstep.Describe(failure)
	}
	for n := range uint64(12) { // PostgreSQL makes a generic plan after five
		for _, s := range []tasktwin.Store{pg, memory} {
			_, err := s.InsertWorkspaceAgent(t.Context(), agent(n+1, "a"))
			require.NoError(t, err)
		}
	}
	ref, sub := tooLong(pg), tooLong(memory)
	require.NotEqual(t, ref, sub, "the difference is gone: take it out of the register")
	require.True(t, lockstep.IsAccepted(Op{}, ref, sub, false), "%v, %v", ref, sub)
}

func TestSimpleProtocolDiffers(t *testing.T) {
	t.Parallel()
	config, err := pgxpool.ParseConfig(pgtest.URL(t))
	require.NoError(t, err)
	config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	failures := func(s tasktwin.Store) (nul, aborted lockstep.ErrorFacts) {
		_, err := s.UpdateTaskPrompt(t.Context(), tasktwin.UpdateTaskPromptParams{Prompt: "\x00"})
		nul = lockstep.Describe(err)
		_ = s.InTx(t.Context(), func(tx tasktwin.Store) error {
			_, _ = tx.UpdateTaskPrompt(t.Context(), tasktwin.UpdateTaskPromptParams{Prompt: "\xff"})
			_, err = tx.UpdateTaskPrompt(t.Context(), tasktwin.UpdateTaskPromptParams{Prompt: "\xff"})
			aborted = lockstep.Describe(err)
			return nil
		}, nil)
		return nul, aborted
	}
	refNUL, refAborted := failures(pgdb.New(pool))
	subNUL, subAborted := failures(twin(t))
	for _, pair := range [][2]lockstep.ErrorFacts{{refNUL, subNUL}, {refAborted, subAborted}} {
		require.NotEqual(t, pair[0], pair[1], "the difference is gone: take it out of the register")
		require.True(t, lockstep.IsAccepted(Op{}, pair[0], pair[1], true), pair)
		require.False(t, lockstep.IsAccepted(Op{}, pair[0], pair[1], false), pair)
	}
}

func TestControlCharacterAfterASurrogateDiffersUpTo15(t *testing.T) {
	t.Parallel()
	pg := pgtest.Open(t)
	version, err := pg.ServerVersion(t.Context())
	require.NoError(t, err)
	snapshot := func(s tasktwin.Store) lockstep.ErrorFacts {
		return lockstep.Describe(s.UpsertTaskSnapshot(t.Context(), tasktwin.UpsertTaskSnapshotParams{LogSnapshot: []byte("\"\\ud83d\x01\"")}))
	}
	ref, sub := snapshot(pg), snapshot(twin(t))
	if version >= 16 {
		require.Equal(t, ref, sub)
		return
	}
	require.NotEqual(t, ref, sub, "the difference is gone: take it out of the register")
	require.True(t, lockstep.IsAccepted(Op{}, ref, sub, false), "%v, %v", ref, sub)
}

// An app that takes the slot of one that is gone comes first in memdb, and last in
// PostgreSQL, both in the table's file and in the index of the slugs.
func TestRowOfACascadeDiffers(t *testing.T) {
	t.Parallel()
	refused := func(s tasktwin.Store) (Op, lockstep.ErrorFacts) {
		f := newFixture(t, s)
		e := f.everything(false)
		agent, another := f.agent(tasktwin.WorkspaceAgentLifecycleStateReady), f.agent(tasktwin.WorkspaceAgentLifecycleStateReady)
		var apps []tasktwin.WorkspaceApp
		for _, slug := range []string{"gone", "a", "b"} {
			apps = append(apps, must[tasktwin.WorkspaceApp](t)(f.InsertWorkspaceApp(f.ctx, tasktwin.InsertWorkspaceAppParams{
				ID: f.next(), AgentID: agent.ID, Slug: slug, Health: tasktwin.WorkspaceAppHealthHealthy,
			})))
			if slug == "a" {
				_, err := f.DeleteWorkspaceAppByID(f.ctx, apps[0].ID)
				require.NoError(t, err)
			}
		}
		for _, app := range apps[1:] {
			app.AgentID = another.ID // so that nothing refers to the agent itself
			f.status(app, e.workspace.ID, tasktwin.WorkspaceAppStatusStateIdle, 1)
		}
		_, err := f.DeleteWorkspaceAgentByID(f.ctx, agent.ID)
		return Op{Name: "DeleteWorkspaceAgentByID", Arg: agent.ID}, lockstep.Describe(err)
	}
	op, ref := refused(pgtest.Open(t))
	_, sub := refused(twin(t))
	require.NotEqual(t, ref, sub, "the difference is gone: take it out of the register")
	require.True(t, lockstep.IsAccepted(op, ref, sub, false), "%v, %v", ref, sub)
	require.False(t, lockstep.IsAccepted(op, ref, lockstep.ErrorFacts{Kind: "failure", Code: foreign}, false))
	own := sub
	own.Detail = strings.Replace(own.Detail, own.Detail[10:46], fmt.Sprint(op.Arg), 1)
	require.False(t, lockstep.IsAccepted(op, ref, own, false), "%v, %v", ref, own)
}
