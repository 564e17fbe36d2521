package rel

import (
	"sync"
	"testing"
)

// Each of many goroutines that live at once has a number of its own.
func TestGoroutineID(t *testing.T) {
	t.Parallel()
	const many = 500
	var ready, running sync.WaitGroup
	ids := make([]uint64, many)
	ready.Add(many)
	for i := range ids {
		running.Go(func() {
			ids[i] = goroutineID()
			ready.Done()
			ready.Wait() // for the others, so that all live
			if again := goroutineID(); again != ids[i] {
				t.Errorf("a goroutine is %d, and then %d", ids[i], again)
			}
		})
	}
	running.Wait()
	seen := map[uint64]bool{0: true}
	for _, id := range ids {
		if seen[id] {
			t.Errorf("%d is no goroutine's own number", id)
		}
		seen[id] = true
	}
}
