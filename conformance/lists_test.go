package conformance

import (
	"database/sql"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/conformance/twin"
	"github.com/tasktwin/tasktwin/memdb"
)

// listAnswers are what the queries of lists of ids answer, and what is derived from them.
type listAnswers struct {
	Tasks    []tasktwin.TaskWithStatus
	Latest   []tasktwin.WorkspaceAppStatus
	Statuses []tasktwin.WorkspaceAppStatus
	OfApps   map[uuid.UUID]tasktwin.WorkspaceAppStatus
	States   map[uuid.UUID]tasktwin.CurrentState
}

// The lists of generated rows are the same on both engines: in and after transactions
// and savepoints that roll back, on a fork, and on a store with rows that were loaded.
func TestListsOfGeneratedRows(t *testing.T) {
	t.Parallel()
	seed := setting(t, envSeed, rand.Uint64())
	t.Logf("replay with %s=%d", envSeed, seed)
	for _, preset := range []parity.Preset{parity.PresetMixed, parity.PresetTelemetry, parity.PresetCascades} {
		t.Run(string(preset), func(t *testing.T) {
			t.Parallel()
			db := pgtest.Open(t)
			opts, err := twin.Options(t.Context(), db)
			require.NoError(t, err)
			memory := memdb.New(opts)
			p := generate(seed, preset, 1500)
			first, second := p[:1000].Balanced(), p[1000:].Balanced()
			for _, s := range []tasktwin.Store{db, memory} {
				require.NoError(t, parity.Apply(t.Context(), s, first, nil))
			}
			lists := listedBy(seed, p)
			lists.equal(t, db, memory)
			undo := errors.New("roll back")
			var answers []listAnswers
			for _, s := range []tasktwin.Store{db, memory} {
				err := s.InTx(t.Context(), func(tx tasktwin.Store) error {
					err := tx.InTx(t.Context(), func(savepoint tasktwin.Store) error {
						return errors.Join(parity.Apply(t.Context(), savepoint, second, nil), undo)
					}, nil)
					require.ErrorIs(t, err, undo)
					answers = append(answers, lists.ask(t, tx))
					return errors.Join(parity.Apply(t.Context(), tx, second, nil), undo)
				}, &tasktwin.TxOptions{Isolation: tasktwin.RepeatableRead})
				require.ErrorIs(t, err, undo)
				answers = append(answers, lists.ask(t, s))
			}
			require.Empty(t, parity.Compare(answers[:2], answers[2:]))
			require.Empty(t, parity.Compare(answers[0], answers[1]), "what was rolled back")
			rows := dumpOf(t, db)
			loaded := memdb.New(opts)
			require.NoError(t, loaded.Load(t.Context(), rows))
			lists.equal(t, db, loaded)
			fork := memory.Fork()
			for _, s := range []tasktwin.Store{db, fork} {
				require.NoError(t, parity.Apply(t.Context(), s, second, nil))
			}
			lists.equal(t, db, fork)
			require.Empty(t, parity.Compare(answers[3], lists.ask(t, memory)), "the store that was forked")
		})
	}
}

func dumpOf(t *testing.T, s tasktwin.Dumper) *tasktwin.Dump {
	t.Helper()
	rows, err := s.Dump(t.Context())
	require.NoError(t, err)
	return rows
}

// listed are the ids that the lists are about: those of a program's inserts, and some
// that no row has.
type listed struct{ workspaces, apps []uuid.UUID }

func listedBy(seed uint64, p parity.Program) (l listed) {
	for _, op := range p {
		switch arg := op.Arg.(type) {
		case tasktwin.InsertWorkspaceParams:
			l.workspaces = append(l.workspaces, arg.ID)
		case tasktwin.InsertWorkspaceAppParams:
			l.apps = append(l.apps, arg.ID)
		}
	}
	rng := rand.New(rand.NewPCG(seed, 1))
	for _, ids := range []*[]uuid.UUID{&l.workspaces, &l.apps} {
		*ids = slices.Concat(*ids, *ids)
		for range 1000 {
			*ids = append(*ids, program.ID(1<<60+rng.Uint64N(500)))
		}
		rng.Shuffle(len(*ids), func(i, j int) { (*ids)[i], (*ids)[j] = (*ids)[j], (*ids)[i] })
	}
	return l
}

// ask asks for the lists, and for the current states of all tasks.
func (l listed) ask(t *testing.T, q tasktwin.Querier) (a listAnswers) {
	t.Helper()
	ctx := t.Context()
	var err error
	a.Tasks, err = q.GetTasksByWorkspaceIDs(ctx, l.workspaces)
	require.NoError(t, err)
	a.Latest, err = q.GetLatestWorkspaceAppStatusesByWorkspaceIDs(ctx, l.workspaces)
	require.NoError(t, err)
	a.Statuses, err = q.GetWorkspaceAppStatusesByAppIDs(ctx, l.apps)
	require.NoError(t, err)
	a.OfApps, a.States = map[uuid.UUID]tasktwin.WorkspaceAppStatus{}, map[uuid.UUID]tasktwin.CurrentState{}
	for _, id := range l.apps {
		row, err := q.GetLatestWorkspaceAppStatusByAppID(ctx, id)
		if !errors.Is(err, sql.ErrNoRows) {
			require.NoError(t, err)
			a.OfApps[id] = row
		}
	}
	tasks, err := q.ListTasks(ctx, tasktwin.ListTasksParams{})
	require.NoError(t, err)
	for _, task := range tasks {
		state, err := tasktwin.GetCurrentState(ctx, q, task)
		require.NoError(t, err)
		if state != nil {
			a.States[task.ID] = *state
		}
	}
	return a
}

// equal asserts that two stores have the same lists.
func (l listed) equal(t *testing.T, db, memory tasktwin.Store) {
	t.Helper()
	require.Empty(t, parity.Compare(l.ask(t, db), l.ask(t, memory)))
}
