package memdb

import (
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/tasktwin/tasktwin/internal/testrand"
)

// The milliseconds are the exact sum, rounded once, with halves away from zero.
func TestTimelineIsExact(t *testing.T) {
	t.Parallel()
	r := testrand.New(t)
	spans := []int64{2, 1000, 3000, 1_000_000, 1 << 61}
	for range 200_000 {
		span := spans[r.IntN(len(spans))]
		at := func() pgTime { return pgTime(r.Int64N(2*span) - span) }
		entries := make([]timelineEntry, r.IntN(6))
		for i := range entries {
			entries[i] = timelineEntry{at(), r.IntN(3) == 0}
		}
		slices.SortFunc(entries, timelineEntry.compare)
		end := at()
		var line timeline
		sum := new(big.Int)
		for i, e := range entries {
			if !line.endsBefore(e) {
				t.Fatalf("%v does not follow %v", e, line.last)
			}
			line.add(e)
			until := end
			if i+1 < len(entries) {
				until = entries[i+1].at
			}
			if e.working {
				sum.Add(sum, new(big.Int).Sub(big.NewInt(int64(until)), big.NewInt(int64(e.at))))
			}
		}
		half := big.NewInt(500)
		if sum.Sign() < 0 {
			half.Neg(half)
		}
		want := sum.Quo(sum.Add(sum, half), big.NewInt(1000)).Int64()
		if got := line.active(end); got != want {
			t.Fatalf("%v up to %d: %d ms, want %d", entries, end, got, want)
		}
		if len(entries) > 0 && line.endsBefore(timelineEntry{line.last.at - 1, false}) {
			t.Fatal("an earlier entry may follow")
		}
	}
	// Halves and their neighbours.
	for start := pgTime(-2500); start <= 2500; start += 250 {
		for end := pgTime(-2500); end <= 2500; end += 250 {
			var line timeline
			line.add(timelineEntry{start, true})
			if got, want := line.active(end), int64(math.Round(float64(end-start)/1000)); got != want {
				t.Errorf("from %d to %d: %d ms, want %d", start, end, got, want)
			}
		}
	}
	var line timeline
	line.add(timelineEntry{5, true})
	if !line.endsBefore(timelineEntry{5, true}) || !line.endsBefore(timelineEntry{5, false}) {
		t.Error("a working entry does not come before another entry at the same time")
	}
	line.add(timelineEntry{5, false})
	if line.endsBefore(timelineEntry{5, true}) || !line.endsBefore(timelineEntry{5, false}) {
		t.Error("entries at the same time follow in another order")
	}
}
