package sim

import "testing"

func TestQuantiles(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		n, percent int
		want       int
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
		var sorted []int
		for i := range test.n {
			sorted = append(sorted, i+1)
		}
		if got := Quantile(sorted, float64(test.percent)/100); got != test.want {
			t.Errorf("%d per cent of 1 to %d: %d, want %d", test.percent, test.n, got, test.want)
		}
	}
}
