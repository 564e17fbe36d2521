package conformance

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/pgdb"
)

// A difference stands in the register for as long as it occurs.
func TestAcceptedDifferencesOccur(t *testing.T) {
	t.Parallel()
	require.Len(t, accepted, 3, "each accepted difference has a test here")

	pg, err := pgdb.Open(t.Context(), pgtest.URL(t), pgdb.Options{MaxConns: 1})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, pg.Close()) })
	memory := twin(t)
	agent := func(n uint64, name string) tasktwin.InsertWorkspaceAgentParams {
		return tasktwin.InsertWorkspaceAgentParams{ID: id(n), Name: name, LifecycleState: tasktwin.WorkspaceAgentLifecycleStateReady}
	}
	tooLong := func(s tasktwin.Store) errorFacts {
		var failure error
		_ = s.InTx(t.Context(), func(tx tasktwin.Store) error {
			_, failure = tx.InsertWorkspaceAgent(t.Context(), agent(99, strings.Repeat("a", 65)))
			return failure
		}, &tasktwin.TxOptions{ReadOnly: true})
		return describe(failure)
	}
	for n := range uint64(12) { // PostgreSQL makes a generic plan after five
		for _, s := range []tasktwin.Store{pg, memory} {
			_, err := s.InsertWorkspaceAgent(t.Context(), agent(n+1, "a"))
			require.NoError(t, err)
		}
	}
	ref, sub := tooLong(pg), tooLong(memory)
	require.NotEqual(t, ref, sub, "the difference is gone: take it out of the register")
	require.True(t, isAccepted(Op{}, ref, sub, false), "%v, %v", ref, sub)
}

func TestSimpleProtocolDiffers(t *testing.T) {
	t.Parallel()
	config, err := pgxpool.ParseConfig(pgtest.URL(t))
	require.NoError(t, err)
	config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	failures := func(s tasktwin.Store) (nul, aborted errorFacts) {
		_, err := s.UpdateTaskPrompt(t.Context(), tasktwin.UpdateTaskPromptParams{Prompt: "\x00"})
		nul = describe(err)
		_ = s.InTx(t.Context(), func(tx tasktwin.Store) error {
			_, _ = tx.UpdateTaskPrompt(t.Context(), tasktwin.UpdateTaskPromptParams{Prompt: "\xff"})
			_, err = tx.UpdateTaskPrompt(t.Context(), tasktwin.UpdateTaskPromptParams{Prompt: "\xff"})
			aborted = describe(err)
			return nil
		}, nil)
		return nul, aborted
	}
	refNUL, refAborted := failures(pgdb.New(pool))
	subNUL, subAborted := failures(twin(t))
	for _, pair := range [][2]errorFacts{{refNUL, subNUL}, {refAborted, subAborted}} {
		require.NotEqual(t, pair[0], pair[1], "the difference is gone: take it out of the register")
		require.True(t, isAccepted(Op{}, pair[0], pair[1], true), pair)
		require.False(t, isAccepted(Op{}, pair[0], pair[1], false), pair)
	}
}

func TestControlCharacterAfterASurrogateDiffersUpTo15(t *testing.T) {
	t.Parallel()
	pg := pgtest.Open(t)
	version, err := pg.ServerVersion(t.Context())
	require.NoError(t, err)
	snapshot := func(s tasktwin.Store) errorFacts {
		return describe(s.UpsertTaskSnapshot(t.Context(), tasktwin.UpsertTaskSnapshotParams{LogSnapshot: []byte("\"\\ud83d\x01\"")}))
	}
	ref, sub := snapshot(pg), snapshot(twin(t))
	if version >= 16 {
		require.Equal(t, ref, sub)
		return
	}
	require.NotEqual(t, ref, sub, "the difference is gone: take it out of the register")
	require.True(t, isAccepted(Op{}, ref, sub, false), "%v, %v", ref, sub)
}
