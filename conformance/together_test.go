package conformance

import (
	"errors"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/lockstep"
	"github.com/tasktwin/tasktwin/memdb"
)

// onGoroutine calls fn on another goroutine and waits for it.
func onGoroutine(fn func()) {
	var wg sync.WaitGroup
	wg.Go(fn)
	wg.Wait()
}

// togetherLog calls fn with a store of two, and returns what the test would report.
func togetherLog(t *testing.T, reference tasktwin.Store, fn func(both tasktwin.Store)) (log string, failed bool) {
	t.Helper()
	var r recorder
	failed = r.run(t, func(tb testing.TB) { fn(Together(tb, reference, memdb.New(memdb.Options{}))) })
	return r.log(), failed
}

func TestTogetherOfNothing(t *testing.T) {
	t.Parallel()
	db := memdb.New(memdb.Options{})
	for want, call := range map[string]func(testing.TB){
		"conformance: Together: the reference store is nil": func(tb testing.TB) { Together(tb, nil, db) },
		"conformance: Together: the subject store is nil":   func(tb testing.TB) { Together(tb, db, nil) },
		"conformance: option 1 is nil":                      func(tb testing.TB) { Together(tb, db, db, nil) },
	} {
		var r recorder
		assert.True(t, r.run(t, call))
		assert.Contains(t, r.log(), want)
	}
}

// onAgent inserts, deletes or gets a workspace agent.
func onAgent(t *testing.T, s tasktwin.Store, kind string, key uint64) error {
	t.Helper()
	ready := tasktwin.WorkspaceAgentLifecycleStateReady
	var err error
	switch kind {
	case "insert":
		_, err = s.InsertWorkspaceAgent(t.Context(), tasktwin.InsertWorkspaceAgentParams{ID: id(key), LifecycleState: ready})
	case "delete":
		_, err = s.DeleteWorkspaceAgentByID(t.Context(), id(key))
	default:
		_, err = s.GetWorkspaceAgentByID(t.Context(), id(key))
	}
	return err
}

// While a transaction is open, the store's calls on another goroutine fail and name both
// calls. The transaction goes on, and the engines do not differ.
func TestTogetherRefusesSessionsThatOverlap(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]func(*testing.T, tasktwin.Store) error{
		"InsertWorkspaceAgent": func(t *testing.T, s tasktwin.Store) error { t.Helper(); return onAgent(t, s, "insert", 1) },
		"InTx": func(t *testing.T, s tasktwin.Store) error {
			t.Helper()
			return s.InTx(t.Context(), func(tasktwin.Store) error {
				t.Error("the function runs")
				return nil
			}, nil)
		},
		"Dump": func(t *testing.T, s tasktwin.Store) error {
			t.Helper()
			_, err := s.(tasktwin.Dumper).Dump(t.Context())
			return err
		},
		"Load": func(t *testing.T, s tasktwin.Store) error {
			t.Helper()
			return s.(tasktwin.Loader).Load(t.Context(), &tasktwin.Dump{})
		},
		"Ping":  func(t *testing.T, s tasktwin.Store) error { t.Helper(); return s.Ping(t.Context()) },
		"Close": func(t *testing.T, s tasktwin.Store) error { t.Helper(); return s.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log, failed := togetherLog(t, memdb.New(memdb.Options{}), func(both tasktwin.Store) {
				began, refused := make(chan struct{}), make(chan struct{})
				var first sync.WaitGroup
				first.Go(func() {
					err := both.InTx(t.Context(), func(tx tasktwin.Store) error {
						err := onAgent(t, tx, "insert", 1)
						close(began)
						<-refused
						return errors.Join(err, onAgent(t, tx, "insert", 2))
					}, nil)
					assert.NoError(t, err)
				})
				<-began
				err := call(t, both)
				close(refused)
				first.Wait()
				overlap, ok := errors.AsType[*lockstep.OverlapError](err)
				require.True(t, ok, "%v", err)
				assert.Equal(t, lockstep.OverlapError{Call: name, Last: "InsertWorkspaceAgent"}, *overlap)
				assert.NoError(t, onAgent(t, both, "get", 2), "what the transaction has inserted")
			})
			assert.True(t, failed)
			assert.Equal(t, (&lockstep.OverlapError{Call: name, Last: "InsertWorkspaceAgent"}).Error(), log)
		})
	}
}

// Goroutines that come one after the other are compared like one, those that share a
// transaction as well.
func TestTogetherOnGoroutinesInTurn(t *testing.T) {
	t.Parallel()
	log, failed := togetherLog(t, openPgdb(t), func(both tasktwin.Store) {
		for n := range uint64(3) {
			onGoroutine(func() {
				err := both.InTx(t.Context(), func(tx tasktwin.Store) error {
					err := onAgent(t, tx, "insert", 10*n)
					onGoroutine(func() {
						err = errors.Join(err, onAgent(t, tx, "insert", 10*n+1), tx.InTx(t.Context(), func(sp tasktwin.Store) error {
							return onAgent(t, sp, "insert", 10*n+2)
						}, nil))
					})
					return err
				}, nil)
				assert.NoError(t, err)
			})
			assert.NoError(t, onAgent(t, both, "get", 10*n+2))
		}
	})
	assert.False(t, failed, log)
}

// On the goroutine of a transaction's function, the store is another session.
func TestTogetherInsideOfItsTransaction(t *testing.T) {
	t.Parallel()
	log, failed := togetherLog(t, memdb.New(memdb.Options{}), func(both tasktwin.Store) {
		err := both.InTx(t.Context(), func(tx tasktwin.Store) error {
			assert.NoError(t, onAgent(t, tx, "insert", 1))
			assert.NoError(t, onAgent(t, both, "insert", 2))
			require.ErrorIs(t, onAgent(t, both, "insert", 1), tasktwin.ErrStoreInTx)
			return both.InTx(t.Context(), func(second tasktwin.Store) error {
				// The first transaction is another session than the second.
				onGoroutine(func() { assert.ErrorAs(t, onAgent(t, tx, "insert", 3), new(*lockstep.OverlapError)) })
				return onAgent(t, second, "insert", 4)
			}, nil)
		}, nil)
		assert.NoError(t, err)
	})
	assert.True(t, failed)
	assert.Equal(t, (&lockstep.OverlapError{Call: "InsertWorkspaceAgent", Last: ""}).Error(), log)
}

// A panic and an exit of a transaction's goroutine end its turn.
func TestTogetherAfterAPanic(t *testing.T) {
	t.Parallel()
	log, failed := togetherLog(t, memdb.New(memdb.Options{}), func(both tasktwin.Store) {
		for _, end := range []func(){func() { panic("on purpose") }, (&recorder{}).FailNow} {
			onGoroutine(func() {
				defer func() { _ = recover() }()
				_ = both.InTx(t.Context(), func(tasktwin.Store) error {
					end()
					return nil
				}, nil)
			})
			assert.ErrorContains(t, onAgent(t, both, "get", 1), "no rows")
		}
	})
	assert.False(t, failed, log)
}

// Goroutines make calls on few rows at the same time: outside of transactions, in one that
// they share, and in one for each goroutine. The engines never differ. Only the last are
// refused.
func TestTogetherOnGoroutinesAtTheSameTime(t *testing.T) {
	t.Parallel()
	const goroutines = 8
	seed := setting(t, envSeed, rand.Uint64())
	t.Logf("replay with %s=%d", envSeed, seed)
	all := func(t *testing.T, s func(fn func(tasktwin.Store) error) error) (refused int) {
		t.Helper()
		var mu sync.Mutex
		var running sync.WaitGroup
		for n := range uint64(goroutines) {
			r := rand.New(rand.NewPCG(seed, n))
			running.Go(func() {
				for range 20 {
					kind, key := []string{"insert", "get", "delete"}[r.IntN(3)], r.Uint64N(2)
					err := s(func(s tasktwin.Store) error { return onAgent(t, s, kind, key) })
					if _, ok := errors.AsType[*lockstep.OverlapError](err); ok {
						mu.Lock()
						refused++
						mu.Unlock()
					}
				}
			})
		}
		running.Wait()
		return refused
	}
	for name, run := range map[string]func(t *testing.T, both tasktwin.Store){
		"outside": func(t *testing.T, both tasktwin.Store) {
			t.Helper()
			assert.Zero(t, all(t, func(fn func(tasktwin.Store) error) error { return fn(both) }))
		},
		"in one transaction": func(t *testing.T, both tasktwin.Store) {
			t.Helper()
			_ = both.InTx(t.Context(), func(tx tasktwin.Store) error {
				assert.Zero(t, all(t, func(fn func(tasktwin.Store) error) error { return fn(tx) }))
				return nil
			}, nil)
		},
		"in transactions": func(t *testing.T, both tasktwin.Store) {
			t.Helper()
			all(t, func(fn func(tasktwin.Store) error) error { return both.InTx(t.Context(), fn, nil) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log, _ := togetherLog(t, openPgdb(t), func(both tasktwin.Store) { run(t, both) })
			assert.NotContains(t, log, "differs")
			assert.NotContains(t, log, "panic")
		})
	}
}
