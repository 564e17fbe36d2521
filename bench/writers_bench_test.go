package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
)

// statementsPerTx is the number of statements of a transaction of BenchmarkWriters.
const statementsPerTx = 10

// Transactions of one and of two goroutines, which update different tasks.
func BenchmarkWriters(b *testing.B) {
	skipLong(b)
	size := bySize(pick([]int{1000}, nil, shortTasks)[0])
	for _, writers := range []int{1, 2} {
		b.Run(fmt.Sprintf("store=memdb/writers=%d", writers), func(b *testing.B) {
			b.ReportAllocs()
			db := memdbs.get(b, size).Fork()
			errs := make([]error, writers)
			b.ResetTimer()
			var wg sync.WaitGroup
			for w := range writers {
				wg.Go(func() {
					for n := w; n < b.N && errs[w] == nil; n += writers {
						errs[w] = updatePrompts(b.Context(), db, size, n, writers)
					}
				})
			}
			wg.Wait()
			b.StopTimer()
			if err := errors.Join(errs...); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.N*statementsPerTx)/b.Elapsed().Seconds(), "statements/s")
		})
	}
}

// updatePrompts is the nth transaction. Those of different writers have no tasks in common.
func updatePrompts(ctx context.Context, db *memdb.DB, size Size, nth, writers int) error {
	return db.InTx(ctx, func(tx tasktwin.Store) error {
		for i := range statementsPerTx {
			task := (nth/writers*statementsPerTx+i)*writers + nth%writers
			params := tasktwin.UpdateTaskPromptParams{ID: TaskID(task % (size.Tasks / writers * writers)), Prompt: "Fix the flaky test"}
			if _, err := tx.UpdateTaskPrompt(ctx, params); err != nil {
				return err
			}
		}
		return nil
	}, nil)
}

// A transaction that inserts a million statuses, alone and while another goroutine makes
// 10,000 updates outside of transactions.
func BenchmarkLongTransaction(b *testing.B) {
	skipLong(b)
	size := bySize(pick([]int{1000}, nil, shortTasks)[0])
	rows := pick([]int{1_000_000}, nil, 1000)[0]
	like := newStatuses(size, size.Tasks)
	for _, updates := range []int{0, rows / 100} {
		b.Run(fmt.Sprintf("store=memdb/updates=%d", updates), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				db := memdbs.get(b, size).Fork()
				b.StartTimer()
				stop := update(b, db, size, updates)
				err := db.InTx(b.Context(), func(tx tasktwin.Store) error { return insertMany(b.Context(), tx, like, rows) }, nil)
				if err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				stop()
				b.StartTimer()
			}
		})
	}
}

// insertMany inserts rows like the given ones, as many as asked for.
func insertMany(ctx context.Context, s statusInserter, like []tasktwin.InsertWorkspaceAppStatusParams, rows int) error {
	for n := range rows {
		row := like[n%len(like)]
		row.ID = id(kindOther, n)
		if _, err := s.InsertWorkspaceAppStatus(ctx, row); err != nil {
			return err
		}
	}
	return nil
}

// update makes updates in the background. The returned function waits for their end.
func update(b *testing.B, db *memdb.DB, size Size, updates int) (wait func()) {
	b.Helper()
	done := make(chan error, 1)
	go func() {
		for n := range updates {
			params := tasktwin.UpdateTaskPromptParams{ID: TaskID(n % size.Tasks), Prompt: "Fix the flaky test"}
			if _, err := db.UpdateTaskPrompt(b.Context(), params); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	return func() {
		if err := <-done; err != nil {
			b.Error(err)
		}
	}
}
