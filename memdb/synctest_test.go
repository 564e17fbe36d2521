package memdb_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
)

// newAgent returns a store with an agent, and a function that updates the agent.
func newAgent(t *testing.T) (db *memdb.DB, update func(context.Context, tasktwin.Store, tasktwin.WorkspaceAgentLifecycleState) error) {
	t.Helper()
	db = memdb.New(memdb.Options{})
	id := uuid.UUID{15: 1}
	_, err := db.InsertWorkspaceAgent(t.Context(), tasktwin.InsertWorkspaceAgentParams{
		ID: id, LifecycleState: tasktwin.WorkspaceAgentLifecycleStateCreated,
	})
	if err != nil {
		t.Fatal(err)
	}
	return db, func(ctx context.Context, s tasktwin.Store, state tasktwin.WorkspaceAgentLifecycleState) error {
		_, err := s.UpdateWorkspaceAgentLifecycleStateByID(ctx, tasktwin.UpdateWorkspaceAgentLifecycleStateByIDParams{
			ID: id, LifecycleState: state,
		})
		return err
	}
}

// In a bubble of testing/synctest, a statement that waits is durably blocked: synctest.Wait
// returns, and a test needs neither sleeps nor polling.
func TestWaitsInABubble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		db, update := newAgent(t)
		var errB error
		isEnded := false
		err := db.InTx(tasktwin.WithSession(t.Context(), "A"), func(tx tasktwin.Store) error {
			if err := update(t.Context(), tx, tasktwin.WorkspaceAgentLifecycleStateStarting); err != nil {
				return err
			}
			go func() {
				errB = update(tasktwin.WithSession(t.Context(), "B"), db, tasktwin.WorkspaceAgentLifecycleStateReady)
				isEnded = true
			}()
			synctest.Wait()
			waits := db.Waits()
			if isEnded || len(waits) != 1 || waits[0].Session != "B" || waits[0].For[0] != "A" {
				t.Errorf("B has ended: %t, waits: %v", isEnded, waits)
			}
			return nil
		}, nil)
		synctest.Wait()
		if err != nil || errB != nil || !isEnded {
			t.Errorf("A: %v, B: %v, B has ended: %t", err, errB, isEnded)
		}
	})
}

// The time of the bubble goes on while a statement waits: its deadline ends the wait at once.
func TestDeadlinesInABubble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		db, update := newAgent(t)
		start := time.Now()
		err := db.InTx(t.Context(), func(tx tasktwin.Store) error {
			if err := update(t.Context(), tx, tasktwin.WorkspaceAgentLifecycleStateStarting); err != nil {
				return err
			}
			ended := make(chan error)
			go func() {
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				ended <- db.InTx(ctx, func(tx tasktwin.Store) error {
					return update(ctx, tx, tasktwin.WorkspaceAgentLifecycleStateReady)
				}, nil)
			}()
			if err := <-ended; !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("the statement that waited: %v", err)
			}
			return nil
		}, nil)
		if took := time.Since(start); err != nil || took != time.Hour {
			t.Errorf("%v after %s", err, took)
		}
	})
}

// A store starts no goroutine that outlives a call, and no timer: a bubble, which waits for
// its goroutines, ends without a Close, and its time does not go on.
func TestNothingRunsAfterACall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		db, update := newAgent(t)
		fork := db.Fork()
		for _, s := range []*memdb.DB{db, fork} {
			ended := make(chan error)
			err := s.InTx(t.Context(), func(tx tasktwin.Store) error {
				if err := update(t.Context(), tx, tasktwin.WorkspaceAgentLifecycleStateReady); err != nil {
					return err
				}
				go func() { ended <- update(t.Context(), s, tasktwin.WorkspaceAgentLifecycleStateOff) }()
				synctest.Wait()
				return nil
			}, &tasktwin.TxOptions{Isolation: tasktwin.Serializable})
			if errors.Join(err, <-ended) != nil {
				t.Errorf("the transaction: %v", err)
			}
			if _, err := s.GetTelemetryTaskEvents(t.Context(), tasktwin.GetTelemetryTaskEventsParams{}); err != nil {
				t.Error(err)
			}
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("the calls took %s of the bubble's time", took)
		}
	})
}

// The store may have been made outside of the bubble, for example as a fixture.
func TestStoresFromOutsideOfABubble(t *testing.T) {
	t.Parallel()
	db, update := newAgent(t)
	synctest.Test(t, func(t *testing.T) {
		ended := make(chan error, 1)
		err := db.InTx(t.Context(), func(tx tasktwin.Store) error {
			if err := update(t.Context(), tx, tasktwin.WorkspaceAgentLifecycleStateStarting); err != nil {
				return err
			}
			go func() { ended <- update(t.Context(), db, tasktwin.WorkspaceAgentLifecycleStateReady) }()
			synctest.Wait()
			if len(db.Waits()) != 1 {
				t.Errorf("waits: %v", db.Waits())
			}
			return nil
		}, nil)
		if err := errors.Join(err, <-ended); err != nil {
			t.Error(err)
		}
	})
}
