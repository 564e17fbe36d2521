package bench

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
)

// agentStore has agents that no task is bound to. Their reads and updates are the cheapest of
// all, so that what readers and writers cost each other shows most.
type agentStore struct {
	*memdb.DB
	ids []uuid.UUID
}

func newAgentStore(b *testing.B) agentStore {
	b.Helper()
	s := agentStore{DB: memdb.New(memdb.Options{})}
	for n := range 1000 {
		a := tasktwin.InsertWorkspaceAgentParams{
			ID: id(kindAgent, n), Name: "main", CreatedAt: Now, UpdatedAt: Now, LifecycleState: tasktwin.WorkspaceAgentLifecycleStateStarting,
		}
		_, err := s.InsertWorkspaceAgent(b.Context(), a)
		require.NoError(b, err)
		s.ids = append(s.ids, a.ID)
	}
	return s
}

func (s agentStore) read(ctx context.Context, n int) error {
	_, err := s.GetWorkspaceAgentByID(ctx, s.ids[n%len(s.ids)])
	return err
}

func (s agentStore) update(ctx context.Context, n int) error {
	_, err := s.UpdateWorkspaceAgentLifecycleStateByID(ctx, tasktwin.UpdateWorkspaceAgentLifecycleStateByIDParams{
		ID: s.ids[n%len(s.ids)], LifecycleState: tasktwin.WorkspaceAgentLifecycleStateReady, UpdatedAt: Now,
	})
	return err
}

// keepUpdating updates agents until the context ends, one in each interval. It does not sleep
// in between, because timers are not as exact.
func (s agentStore) keepUpdating(ctx context.Context, updates *atomic.Int64, interval time.Duration) error {
	next := time.Now()
	for n := 0; ctx.Err() == nil; n++ {
		if err := s.update(ctx, n); err != nil {
			return err
		}
		updates.Store(int64(n))
		for next = next.Add(interval); interval > 0 && time.Now().Before(next); {
			runtime.Gosched()
		}
	}
	return nil
}

// A goroutine that reads agents: alone, beside one that makes 10,000 updates a second, and
// beside one that updates as fast as it can. They are plain goroutines, or locked to threads.
func BenchmarkReaderBesideAWriter(b *testing.B) {
	skipLong(b)
	for _, locked := range []bool{false, true} {
		for _, w := range []struct {
			name     string
			writes   bool
			interval time.Duration
		}{{"none", false, 0}, {"10000", true, 100 * time.Microsecond}, {"all", true, 0}} {
			b.Run(fmt.Sprintf("store=memdb/locked=%t/writes=%s", locked, w.name), func(b *testing.B) {
				s := newAgentStore(b)
				var updates atomic.Int64
				if w.writes {
					defer inBackground(b, func(ctx context.Context) error {
						if locked {
							runtime.LockOSThread()
							defer runtime.UnlockOSThread()
						}
						return s.keepUpdating(ctx, &updates, w.interval)
					})()
				}
				if locked {
					runtime.LockOSThread()
					defer runtime.UnlockOSThread()
				}
				b.ResetTimer()
				before := updates.Load()
				for n := range b.N {
					if err := s.read(b.Context(), n); err != nil {
						b.Fatal(err)
					}
				}
				b.StopTimer()
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "reads/s")
				b.ReportMetric(float64(updates.Load()-before)/b.Elapsed().Seconds(), "writes/s")
			})
		}
	}
}

// One goroutine that updates agents, and nobody reads.
func BenchmarkAgentUpdates(b *testing.B) {
	skipLong(b)
	b.Run("store=memdb", func(b *testing.B) {
		s := newAgentStore(b)
		b.ReportAllocs()
		b.ResetTimer()
		for n := range b.N {
			if err := s.update(b.Context(), n); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
	})
}

// What a service does: goroutines that read nine times for each write.
func BenchmarkService(b *testing.B) {
	skipLong(b)
	for _, goroutines := range []int{1, 64} {
		b.Run(fmt.Sprintf("store=memdb/goroutines=%d", goroutines), func(b *testing.B) {
			s := newAgentStore(b)
			b.ResetTimer()
			var wg sync.WaitGroup
			for g := range goroutines {
				wg.Go(func() {
					for n := g; n < b.N; n += goroutines {
						do := s.read
						if n/goroutines%10 == 0 {
							do = s.update
						}
						if err := do(b.Context(), n); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
		})
	}
}
