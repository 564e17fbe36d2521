package goroutine_test

import (
	"sync"
	"testing"

	"github.com/tasktwin/tasktwin/internal/goroutine"
)

// Goroutines that run at the same time have different IDs.
func TestID(t *testing.T) {
	t.Parallel()
	const many = 500
	var ready, running sync.WaitGroup
	ids := make([]uint64, many)
	ready.Add(many)
	for i := range ids {
		running.Go(func() {
			ids[i] = goroutine.ID()
			ready.Done()
			ready.Wait() // so that all goroutines run at the same time
			if again := goroutine.ID(); again != ids[i] {
				t.Errorf("a goroutine is %d, and then %d", ids[i], again)
			}
		})
	}
	running.Wait()
	seen := map[uint64]bool{0: true}
	for _, id := range ids {
		if seen[id] {
			t.Errorf("the ID %d is 0 or not unique", id)
		}
		seen[id] = true
	}
}
