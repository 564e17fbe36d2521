package sim

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
)

// sample draws n times.
func sample(n int, draw func(s source, i uint64) float64) []float64 {
	s := source(mix(7))
	out := make([]float64, n)
	for i := range out {
		out[i] = draw(s, uint64(i))
	}
	return out
}

func meanAndVariance(values []float64) (mean, variance float64) {
	for _, v := range values {
		mean += v / float64(len(values))
	}
	for _, v := range values {
		variance += (v - mean) * (v - mean) / float64(len(values))
	}
	return mean, variance
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %v, want %v within %v", what, got, want, tolerance)
	}
}

func TestDrawsHaveTheirDistributions(t *testing.T) {
	t.Parallel()
	const n = 200_000
	uniform := sample(n, func(s source, i uint64) float64 { return s.uniform(forWork, i) })
	mean, variance := meanAndVariance(uniform)
	near(t, "the mean of uniform", mean, 0.5, 0.005)
	near(t, "the variance of uniform", variance, 1.0/12, 0.002)
	if least, most := slices.Min(uniform), slices.Max(uniform); least <= 0 || most >= 1 {
		t.Errorf("uniform is from %v to %v", least, most)
	}
	mean, variance = meanAndVariance(sample(n, func(s source, i uint64) float64 { return s.normal(forWork, i) }))
	near(t, "the mean of normal", mean, 0, 0.01)
	near(t, "the variance of normal", variance, 1, 0.02)
	mean, variance = meanAndVariance(sample(n, func(s source, i uint64) float64 { return s.exponential(forWork, i) }))
	near(t, "the mean of exponential", mean, 1, 0.01)
	near(t, "the variance of exponential", variance, 1, 0.03)

	logNormal := LogNormal{Median: time.Minute, Sigma: 0.8}
	drawn := sample(n, func(s source, i uint64) float64 { return float64(logNormal.fromNormal(s.normal(forWork, i))) })
	slices.Sort(drawn)
	near(t, "the median of log-normal", Quantile(drawn, 0.5)/6e7, 1, 0.02)
	near(t, "its quantile of 84.1 %", Quantile(drawn, 0.841)/6e7, math.Exp(0.8), 0.05)
	lomax := Lomax{Median: time.Minute, Alpha: 0.8}
	drawn = sample(n, func(s source, i uint64) float64 { return lomax.fromUniform(s.uniform(forWork, i)) })
	slices.Sort(drawn)
	near(t, "the median of Lomax", Quantile(drawn, 0.5)/6e7, 1, 0.02)
	scale := 1 / (math.Pow(2, 1/0.8) - 1)
	near(t, "its quantile of 99 %", Quantile(drawn, 0.99)/6e7/(scale*(math.Pow(100, 1/0.8)-1)), 1, 0.05)
}

// Draws for one purpose are uncorrelated with draws for another and with the next.
func TestDrawsAreUncorrelated(t *testing.T) {
	t.Parallel()
	const n = 100_000
	for name, other := range map[string]func(s source, i uint64) float64{
		"another purpose":    func(s source, i uint64) float64 { return s.uniform(forReport, i) },
		"the next":           func(s source, i uint64) float64 { return s.uniform(forWork, i+1) },
		"the next entity's":  func(s source, i uint64) float64 { return (s + 1).uniform(forWork, i) },
		"a part of it":       func(s source, i uint64) float64 { return s.sub(0).uniform(forWork, i) },
		"parts of one after": func(s source, i uint64) float64 { return s.sub(i).uniform(forWork, 0) },
	} {
		a := sample(n, func(s source, i uint64) float64 { return s.uniform(forWork, i) })
		b := sample(n, other)
		var sum float64
		for i := range a {
			sum += (a[i] - 0.5) * (b[i] - 0.5) * 12 / n
		}
		near(t, "the correlation with "+name, sum, 0, 0.015)
	}
}

func TestIDsAreUUIDsOfTheirOwn(t *testing.T) {
	t.Parallel()
	seen := map[uuid.UUID]bool{}
	root := source(1)
	for entity := range uint64(100) {
		s := root.sub(entity)
		for k := kindOrganization; k <= kindStatus; k++ {
			for n := range uint64(20) {
				id := s.id(k, n)
				if seen[id] {
					t.Fatalf("%s is twice", id)
				}
				seen[id] = true
				if id.Version() != 8 || id.Variant() != uuid.RFC4122 {
					t.Fatalf("%s has version %d, variant %s", id, id.Version(), id.Variant())
				}
			}
		}
	}
}

func TestDurationsAreBounded(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		got, want span
	}{
		{LogNormal{Median: time.Microsecond, Sigma: 10}.fromNormal(-8), 1},
		{LogNormal{Median: maxDuration, Sigma: 10}.fromNormal(8), maxSpan},
		{LogNormal{Median: time.Second}.fromNormal(3), second},
		{clampSpan(math.NaN()), 1},
		{clampSpan(math.Inf(1)), maxSpan},
	} {
		if test.got != test.want {
			t.Errorf("got %d, want %d", test.got, test.want)
		}
	}
}
