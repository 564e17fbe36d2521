package bench

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/sim"
)

// Reads by one and by two goroutines, with and without a goroutine that writes as
// fast as it can. They may share processors. So besides the reads per second, it
// reports the reads per second of the readers' CPU time, if the system supports
// that: it measures the cost of a read independently of other goroutines.
func BenchmarkReadsBesideAWriter(b *testing.B) {
	skipLong(b)
	size := bySize(pick([]int{1000}, nil, shortTasks)[0])
	for _, writing := range []bool{false, true} {
		for _, readers := range []int{1, 2} {
			b.Run(fmt.Sprintf("store=memdb/writing=%t/readers=%d", writing, readers), func(b *testing.B) {
				db := memdbs.get(b, size).Fork()
				if writing {
					defer keepWriting(b, db, size)()
				}
				readInParallel(b, db, size, readers)
			})
		}
	}
}

func readInParallel(b *testing.B, db *memdb.DB, size Size, readers int) {
	b.Helper()
	var (
		wg     sync.WaitGroup
		failed atomic.Pointer[error]
		cpu    atomic.Int64
	)
	b.ResetTimer()
	for r := range readers {
		wg.Go(func() {
			// CPU time is measured per thread.
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			before := threadTime()
			for n := r; n < b.N; n += readers {
				if _, err := db.GetTaskByID(b.Context(), TaskID(n%size.Tasks)); err != nil {
					failed.Store(&err)
					return
				}
			}
			cpu.Add(int64(threadTime() - before))
		})
	}
	wg.Wait()
	b.StopTimer()
	if err := failed.Load(); err != nil {
		b.Fatal(*err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "reads/s")
	if spent := time.Duration(cpu.Load()); spent > 0 {
		b.ReportMetric(float64(b.N)/spent.Seconds(), "reads/cpu-s")
	}
}

// keepWriting updates prompts and bindings as fast as it can, which commits without
// growing the store, until the returned function is called.
func keepWriting(b *testing.B, db *memdb.DB, size Size) (stop func()) {
	b.Helper()
	return inBackground(b, func(ctx context.Context) error {
		for n := 0; ; n = (n + 1) % size.Tasks {
			_, err := db.UpdateTaskPrompt(ctx, tasktwin.UpdateTaskPromptParams{ID: TaskID(n), Prompt: "Fix the flaky test"})
			if err != nil {
				return err
			}
			if _, err := db.UpsertTaskWorkspaceApp(ctx, sameBinding(size, n)); err != nil {
				return err
			}
		}
	})
}

// errRollBack undoes a transaction.
var errRollBack = errors.New("roll back")

func insertStatuses(ctx context.Context, s statusInserter, args []tasktwin.InsertWorkspaceAppStatusParams) error {
	for _, arg := range args {
		if _, err := s.InsertWorkspaceAppStatus(ctx, arg); err != nil {
			return err
		}
	}
	return errRollBack
}

// inBackground runs a function until the returned function is called.
func inBackground(b *testing.B, run func(context.Context) error) (stop func()) {
	b.Helper()
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			b.Error(err)
		}
	}
}

// The median and the 99th percentile of the time of a read: alone, while a
// transaction writes many rows (it then rolls back and starts again), and while a
// transaction that has written them is open.
func BenchmarkReadLatency(b *testing.B) {
	skipLong(b)
	size := bySize(pick([]int{1000}, nil, shortTasks)[0])
	rows := newStatuses(size, pick([]int{100_000}, nil, 100)[0])
	for _, c := range []struct {
		name  string
		begin func(b *testing.B, db *memdb.DB) (end func())
	}{
		{"none", func(*testing.B, *memdb.DB) func() { return func() {} }},
		{"writing", func(b *testing.B, db *memdb.DB) func() {
			b.Helper()
			return inBackground(b, func(ctx context.Context) error {
				for {
					err := db.InTx(ctx, func(tx tasktwin.Store) error { return insertStatuses(ctx, tx, rows) }, nil)
					if !errors.Is(err, errRollBack) {
						return err
					}
				}
			})
		}},
		{"written", func(b *testing.B, db *memdb.DB) func() {
			b.Helper()
			written := make(chan struct{})
			end := inBackground(b, func(ctx context.Context) error {
				return db.InTx(ctx, func(tx tasktwin.Store) error {
					if err := insertStatuses(ctx, tx, rows); !errors.Is(err, errRollBack) {
						return err
					}
					close(written)
					<-ctx.Done()
					return ctx.Err()
				}, nil)
			})
			<-written
			return end
		}},
	} {
		b.Run("store=memdb/transaction="+c.name, func(b *testing.B) {
			db := memdbs.get(b, size).Fork()
			defer c.begin(b, db)()
			// Allocated in advance, so that measuring does not allocate.
			took := make([]time.Duration, 0, 4_000_000)
			for n := 0; b.Loop(); n++ {
				begin := time.Now()
				_, err := db.GetTaskByID(b.Context(), TaskID(n%size.Tasks))
				if len(took) < cap(took) {
					took = append(took, time.Since(begin))
				}
				require.NoError(b, err)
			}
			slices.Sort(took)
			b.ReportMetric(float64(sim.Quantile(took, 0.5)), "p50-ns")
			b.ReportMetric(float64(sim.Quantile(took, 0.99)), "p99-ns")
		})
	}
}
