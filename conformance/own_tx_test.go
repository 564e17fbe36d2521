package conformance

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
)

const (
	created = tasktwin.WorkspaceAgentLifecycleStateCreated
	ready   = tasktwin.WorkspaceAgentLifecycleStateReady
	off     = tasktwin.WorkspaceAgentLifecycleStateOff
)

// newAgent inserts an agent, which is created.
func newAgent(t *testing.T, s tasktwin.Store) uuid.UUID {
	t.Helper()
	id := uuid.New()
	_, err := s.InsertWorkspaceAgent(t.Context(), tasktwin.InsertWorkspaceAgentParams{ID: id, Name: "agent", LifecycleState: created})
	require.NoError(t, err)
	return id
}

// setAgent updates an agent.
func setAgent(ctx context.Context, s tasktwin.Store, id uuid.UUID, state tasktwin.WorkspaceAgentLifecycleState) error {
	arg := tasktwin.UpdateWorkspaceAgentLifecycleStateByIDParams{ID: id, LifecycleState: state}
	_, err := s.UpdateWorkspaceAgentLifecycleStateByID(ctx, arg)
	return err
}

// requireAgent requires that an agent has a state.
func requireAgent(t *testing.T, s tasktwin.Store, id uuid.UUID, state tasktwin.WorkspaceAgentLifecycleState) {
	t.Helper()
	agent, err := s.GetWorkspaceAgentByID(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, state, agent.LifecycleState)
}

// newApp inserts an app of an agent.
func newApp(ctx context.Context, s tasktwin.Store, agent uuid.UUID) error {
	_, err := s.InsertWorkspaceApp(ctx, tasktwin.InsertWorkspaceAppParams{
		ID: uuid.New(), AgentID: agent, Health: tasktwin.WorkspaceAppHealthHealthy,
	})
	return err
}

// A call on the store that would wait for the transaction in whose function it is made
// fails, has done nothing, and leaves the transaction as it was.
func TestWaitForTheOwnTransaction(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, db overlapping) {
		ctx := limited(t, "outer")
		agent, parent, user := newAgent(t, db), newAgent(t, db), newUser("ada")
		err := db.InTx(t.Context(), func(tx tasktwin.Store) error {
			require.NoError(t, setAgent(t.Context(), tx, agent, ready))
			require.NoError(t, newApp(t.Context(), tx, parent))
			require.NoError(t, insertUser(t.Context(), tx, user))
			require.ErrorIs(t, setAgent(ctx, db, agent, off), tasktwin.ErrStoreInTx, "the same row")
			require.ErrorIs(t, insertUser(ctx, db, newUser("Ada")), tasktwin.ErrStoreInTx, "the same key")
			_, err := db.DeleteWorkspaceAgentByID(ctx, parent)
			require.ErrorIs(t, err, tasktwin.ErrStoreInTx, "the parent of a new row")
			rows := &tasktwin.Dump{Users: []tasktwin.User{{ID: uuid.New(), Username: "before"}, {ID: user.ID, Username: "again"}}}
			require.ErrorIs(t, db.Store.(tasktwin.Loader).Load(ctx, rows), tasktwin.ErrStoreInTx, "a load")
			require.NoError(t, insertUser(ctx, db, newUser("before")), "the load has done nothing")
			require.NoError(t, setAgent(t.Context(), tx, parent, ready), "the transaction goes on")
			return nil
		}, nil)
		require.NoError(t, err)
		requireAgent(t, db, agent, ready)
		requireAgent(t, db, parent, ready)
	})
}

// The waits of others are followed: who waits for a session that waits for the
// transaction waits for the transaction.
func TestWaitForTheOwnTransactionThroughAnother(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, db overlapping) {
		ctxB := limited(t, "B")
		mine, theirs := newAgent(t, db), newAgent(t, db)
		ended := make(chan error, 1)
		err := db.InTx(tasktwin.WithSession(t.Context(), "A"), func(tx tasktwin.Store) error {
			require.NoError(t, setAgent(t.Context(), tx, mine, ready))
			go func() {
				ended <- db.InTx(ctxB, func(tx tasktwin.Store) error {
					if err := setAgent(ctxB, tx, theirs, off); err != nil {
						return err
					}
					return setAgent(ctxB, tx, mine, off)
				}, nil)
			}()
			db.awaitWait(t, "B", "A")
			require.ErrorIs(t, setAgent(limited(t, "outer"), db, theirs, created), tasktwin.ErrStoreInTx)
			return nil
		}, nil)
		require.NoError(t, err)
		require.NoError(t, <-ended)
		requireAgent(t, db, mine, off)
		requireAgent(t, db, theirs, off)
	})
}

// A transaction inside the function of another fails like any that fails, and the one
// around it goes on.
func TestWaitOfATransactionInsideAnother(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, db overlapping) {
		ctx := limited(t, "inner")
		outside, inside := newAgent(t, db), newAgent(t, db)
		err := db.InTx(t.Context(), func(outer tasktwin.Store) error {
			require.NoError(t, setAgent(t.Context(), outer, outside, ready))
			err := db.InTx(ctx, func(inner tasktwin.Store) error {
				require.NoError(t, setAgent(ctx, inner, inside, off))
				require.ErrorIs(t, setAgent(ctx, inner, outside, off), tasktwin.ErrStoreInTx)
				failed, ok := errors.AsType[*tasktwin.Error](setAgent(ctx, inner, inside, ready))
				require.True(t, ok && failed.Code == tasktwin.InFailedSQLTransaction, "%v", failed)
				return nil
			}, nil)
			require.ErrorIs(t, err, tasktwin.ErrCommitAborted)
			requireAgent(t, outer, inside, created)
			return setAgent(t.Context(), outer, inside, ready)
		}, nil)
		require.NoError(t, err)
		requireAgent(t, db, outside, ready)
		requireAgent(t, db, inside, ready)
	})
}

// A savepoint of the transaction inside can be rolled back after the failure.
func TestWaitOfASavepointInsideAnotherTransaction(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, db overlapping) {
		ctx := limited(t, "inner")
		outside, inside := newAgent(t, db), newAgent(t, db)
		err := db.InTx(t.Context(), func(outer tasktwin.Store) error {
			require.NoError(t, setAgent(t.Context(), outer, outside, ready))
			return db.InTx(ctx, func(inner tasktwin.Store) error {
				err := inner.InTx(ctx, func(sp tasktwin.Store) error { return setAgent(ctx, sp, outside, off) }, nil)
				require.ErrorIs(t, err, tasktwin.ErrStoreInTx)
				return setAgent(ctx, inner, inside, off)
			}, nil)
		}, nil)
		require.NoError(t, err)
		requireAgent(t, db, outside, ready)
		requireAgent(t, db, inside, off)
	})
}

// A statement of the transaction around another waits for the other as well.
func TestWaitForATransactionInside(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, db overlapping) {
		ctx := limited(t, "outer")
		agent := newAgent(t, db)
		err := db.InTx(ctx, func(outer tasktwin.Store) error {
			return db.InTx(t.Context(), func(inner tasktwin.Store) error {
				require.NoError(t, setAgent(t.Context(), inner, agent, ready))
				require.ErrorIs(t, setAgent(ctx, outer, agent, off), tasktwin.ErrStoreInTx)
				return nil
			}, nil)
		}, nil)
		require.ErrorIs(t, err, tasktwin.ErrCommitAborted)
		requireAgent(t, db, agent, ready)
	})
}

// Readers wait for no transaction, also not for their own.
func TestReadBesideTheOwnTransaction(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, db overlapping) {
		ctx := limited(t, "outer")
		agent, deleted := newAgent(t, db), newAgent(t, db)
		err := db.InTx(t.Context(), func(tx tasktwin.Store) error {
			require.NoError(t, setAgent(t.Context(), tx, agent, ready))
			_, err := tx.DeleteWorkspaceAgentByID(t.Context(), deleted)
			require.NoError(t, err)
			requireAgent(t, db, agent, created)
			requireAgent(t, db, deleted, created)
			dump, err := db.Store.(tasktwin.Dumper).Dump(ctx)
			require.NoError(t, err)
			require.Len(t, dump.WorkspaceAgents, 2)
			return nil
		}, nil)
		require.NoError(t, err)
		requireAgent(t, db, agent, ready)
	})
}

// What counts is where the function runs, and not who has made the transaction's writes.
func TestWaitForWhatAHelperWrote(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, db overlapping) {
		agent := newAgent(t, db)
		err := db.InTx(t.Context(), func(tx tasktwin.Store) error {
			written := make(chan error)
			go func() { written <- setAgent(t.Context(), tx, agent, ready) }()
			require.NoError(t, <-written)
			require.ErrorIs(t, setAgent(limited(t, "outer"), db, agent, off), tasktwin.ErrStoreInTx)
			return nil
		}, nil)
		require.NoError(t, err)
		requireAgent(t, db, agent, ready)
	})
}

// A call on another goroutine waits, until its context ends or the transaction does.
func TestWaitOfAHelper(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, db overlapping) {
		agent := newAgent(t, db)
		ended := make(chan error, 1)
		err := db.InTx(tasktwin.WithSession(t.Context(), "holder"), func(tx tasktwin.Store) error {
			require.NoError(t, setAgent(t.Context(), tx, agent, ready))
			ctx, cancel := context.WithCancel(limited(t, "cancelled"))
			go func() { ended <- setAgent(ctx, db, agent, off) }()
			db.awaitWait(t, "cancelled", "holder")
			cancel()
			require.ErrorIs(t, <-ended, context.Canceled)
			ctx = limited(t, "patient")
			go func() { ended <- setAgent(ctx, db, agent, off) }()
			db.awaitWait(t, "patient", "holder")
			return nil
		}, nil)
		require.NoError(t, err)
		require.NoError(t, <-ended)
		requireAgent(t, db, agent, off)
	})
}

// A call inside a function may wait for a transaction of another goroutine.
func TestWaitForAnotherBesideTheOwnTransaction(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, db overlapping) {
		ctxB := limited(t, "B")
		mine, theirs := newAgent(t, db), newAgent(t, db)
		locked, ended := make(chan struct{}), make(chan error, 1)
		go func() {
			ended <- db.InTx(ctxB, func(tx tasktwin.Store) error {
				err := setAgent(ctxB, tx, theirs, ready)
				close(locked)
				if err == nil {
					err = db.untilWaits(ctxB, "outer", "B")
				}
				if err == nil && db.looked != nil {
					err = db.looked(ctxB)
				}
				return err
			}, nil)
		}()
		<-locked
		err := db.InTx(t.Context(), func(tx tasktwin.Store) error {
			require.NoError(t, setAgent(t.Context(), tx, mine, ready))
			require.NoError(t, setAgent(limited(t, "outer"), db, theirs, off))
			return nil
		}, nil)
		require.NoError(t, err)
		require.NoError(t, <-ended)
		requireAgent(t, db, mine, ready)
		requireAgent(t, db, theirs, off)
	})
}
