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
)

// Reads by one and by two goroutines, alone and beside one that writes as fast as
// it can. Where there are fewer processors than goroutines they share them, so
// besides the reads a second of the clock it reports the reads a second of the
// readers' own processor time, where the system tells it: what a read costs,
// whoever else is running.
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
			// The processor time is that of the thread.
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

// keepWriting changes prompts and bindings as fast as it can, which commits and
// does not grow the store, until the function that it returns is called.
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

// inBackground runs a function until the one that it returns is called.
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

// How long a read takes, in the middle and at the end of the scale: alone, while
// a transaction is writing many rows (and, once it has, rolls back and begins
// anew), and while it has written them and has not ended.
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
			// Room for what is measured, so that measuring does not allocate.
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
			b.ReportMetric(float64(took[len(took)/2]), "p50-ns")
			b.ReportMetric(float64(took[len(took)*99/100]), "p99-ns")
		})
	}
}
