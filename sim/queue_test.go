package sim

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// As in a run, many events are scheduled, and each event schedules later ones.
func TestQueueIsInOrder(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, waiting := range []int{0, 1, 4, 5, 21, 300, 3000} {
		// Events are scheduled up to a power of two ahead.
		for _, bits := range []int{1, 6, 40} {
			var q queue
			var planned, happened []event
			plan := func(after simTime) {
				// Later than all events that were popped.
				e := event{at: after + 1 + simTime(rnd.IntN(1<<rnd.IntN(bits))), rank: uint64(rnd.IntN(5))}
				q.push(e)
				e.seq = q.seq
				planned = append(planned, e)
			}
			for range waiting {
				plan(0)
			}
			for len(q.heap) > 0 {
				e := q.pop()
				happened = append(happened, e)
				// Checking a large heap completely each time would be slow.
				if len(happened)%64 == 0 || len(q.heap) <= 64 {
					if i := outOfOrder(&q); i > 0 {
						t.Fatalf("%d waiting, %d bits: the heap is broken at %d of %d", waiting, bits, i, len(q.heap))
					}
				}
				for len(planned) < 50*waiting && len(q.heap) < waiting {
					plan(e.at)
				}
			}
			slices.SortFunc(planned, compareEvents)
			if !slices.EqualFunc(happened, planned, func(a, b event) bool { return a.seq == b.seq }) {
				t.Errorf("%d waiting, %d bits: out of order", waiting, bits)
			}
		}
	}
}

// outOfOrder returns the index of an event that is before its parent, or zero. The pops of a
// broken heap can be in order by chance, so they do not show it.
func outOfOrder(q *queue) int {
	for i := len(q.heap) - 1; i > 0; i-- {
		if q.heap[i].before(&q.heap[(i-1)/children]) {
			return i
		}
	}
	return 0
}

func compareEvents(a, b event) int {
	switch {
	case a.before(&b):
		return -1
	case b.before(&a):
		return 1
	}
	return 0
}
