package memdb

import (
	"slices"
	"testing"

	"github.com/tasktwin/tasktwin/internal/testrand"
)

func TestSortedByID(t *testing.T) {
	t.Parallel()
	r := testrand.New(t)
	for _, n := range []int{0, 1, digits - 1, digits, 20_000} {
		for name, id := range map[string]func() wideID{
			"random":      func() wideID { return wideID{r.Uint64(), r.Uint64()} },
			"low numbers": func() wideID { return wideID{0, r.Uint64()} },
			"at the ends": func() wideID { return wideID{^uint64(0) * r.Uint64N(2), r.Uint64N(10)} },
		} {
			entries := make([]listed, n)
			for i := range entries {
				entries[i] = listed{id: id(), slot: uint32(i)}
			}
			want := slices.Clone(entries)
			got := sortedByID(slices.Clone(entries))
			slices.SortFunc(want, func(a, b listed) int { return a.id.compare(b.id) })
			if !slices.EqualFunc(got, want, func(a, b listed) bool { return a.id == b.id }) {
				t.Errorf("%d %s ids are not sorted", n, name)
			}
		}
	}
}
