package memdb

import (
	"runtime"
	"sync"
)

// inParallel does n pieces of work, in ranges that together are all of it. It starts as many
// goroutines as there are processors, if each gets at least perWorker pieces, and waits for
// them.
func inParallel(n, perWorker int, do func(from, to int)) {
	workers := max(1, min(runtime.GOMAXPROCS(0), n/perWorker))
	var others sync.WaitGroup
	for w := 1; w < workers; w++ {
		others.Go(func() { do(n*w/workers, n*(w+1)/workers) })
	}
	do(0, n/workers)
	others.Wait()
}
