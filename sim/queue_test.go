package sim

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestQueueIsInOrder(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var q queue
		var want, got []event
		for range rnd.IntN(300) {
			e := event{at: instant(rnd.IntN(20)), rank: uint64(rnd.IntN(5))}
			q.push(e)
			e.seq = q.seq
			want = append(want, e)
			if rnd.IntN(4) == 0 {
				first := slices.MinFunc(want, compareEvents)
				if e := q.pop(); compareEvents(e, first) != 0 {
					t.Fatalf("popped %+v, want %+v", e, first)
				}
				want = slices.DeleteFunc(want, func(e event) bool { return e.seq == first.seq })
			}
		}
		for len(q.heap) > 0 {
			got = append(got, q.pop())
		}
		slices.SortFunc(want, compareEvents)
		if !slices.EqualFunc(got, want, func(a, b event) bool { return a.seq == b.seq }) {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
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
