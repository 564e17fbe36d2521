package memdb

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

// Each piece of work is done once, by at most as many goroutines as there are processors.
func TestInParallel(t *testing.T) {
	t.Parallel()
	const perWorker = 10
	processors := runtime.GOMAXPROCS(0)
	for n := range 5 * perWorker * processors {
		done := make([]atomic.Int32, n)
		var lock sync.Mutex
		ranges := 0
		inParallel(n, perWorker, func(from, to int) {
			for i := from; i < to; i++ {
				done[i].Add(1)
			}
			lock.Lock()
			defer lock.Unlock()
			ranges++
		})
		for i := range done {
			if got := done[i].Load(); got != 1 {
				t.Fatalf("of %d pieces, number %d was done %d times", n, i, got)
			}
		}
		if want := max(1, min(processors, n/perWorker)); ranges != want {
			t.Errorf("%d pieces are done in %d ranges, want %d", n, ranges, want)
		}
	}
}
