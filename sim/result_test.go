package sim

import "testing"

func TestPercentiles(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		n, p int
		want span
	}{
		{0, 50, 0},
		{1, 50, 1},
		{1, 95, 1},
		{2, 50, 1},
		{3, 50, 2},
		{19, 95, 19},
		{20, 95, 19},
		{21, 95, 20},
		{100, 50, 50},
		{100, 95, 95},
		{101, 95, 96},
	} {
		var sorted []span
		for i := range test.n {
			sorted = append(sorted, span(i+1))
		}
		if got := percentile(sorted, test.p); got != test.want {
			t.Errorf("%d per cent of 1 to %d: %d, want %d", test.p, test.n, got, test.want)
		}
	}
}
