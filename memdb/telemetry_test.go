package memdb

import (
	"slices"
	"testing"

	"github.com/tasktwin/tasktwin/internal/testrand"
)

func TestSortedByID(t *testing.T) {
	t.Parallel()
	r := testrand.New(t)
	for _, n := range []int{0, 1, radixBuckets - 1, radixBuckets, 20_000} {
		for name, id := range map[string]func() uuidKey{
			"random":      func() uuidKey { return uuidKey{r.Uint64(), r.Uint64()} },
			"low numbers": func() uuidKey { return uuidKey{0, r.Uint64()} },
			"at the ends": func() uuidKey { return uuidKey{^uint64(0) * r.Uint64N(2), r.Uint64N(10)} },
		} {
			entries := make([]listEntry, n)
			for i := range entries {
				entries[i] = listEntry{id: id(), slot: uint32(i)}
			}
			want := slices.Clone(entries)
			got := sortedByID(slices.Clone(entries))
			slices.SortFunc(want, func(a, b listEntry) int { return a.id.compare(b.id) })
			if !slices.EqualFunc(got, want, func(a, b listEntry) bool { return a.id == b.id }) {
				t.Errorf("%d %s ids are not sorted", n, name)
			}
		}
	}
}
