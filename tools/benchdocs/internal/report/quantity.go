package report

import (
	"regexp"

	"github.com/tasktwin/tasktwin/tools/benchdocs/internal/results"
)

// quantity computes a number from results. It returns false if a result is
// missing.
type quantity func(*results.Set) (float64, bool)

// median is the median of a benchmark's values in a unit.
func median(name, unit string) quantity {
	return func(s *results.Set) (float64, bool) { return s.Get(name, unit).Median() }
}

// seconds is the median time of one operation of a benchmark.
func seconds(name string) quantity { return median(name, results.Seconds) }

// matching is the median time of the first benchmark whose name matches.
func matching(pattern string) quantity {
	re := regexp.MustCompile(pattern)
	return func(s *results.Set) (float64, bool) { return s.Match(re, results.Seconds).Median() }
}

// ratio is a divided by b.
func ratio(a, b quantity) quantity {
	return func(s *results.Set) (float64, bool) {
		x, okX := a(s)
		y, okY := b(s)
		if !okX || !okY || y == 0 {
			return 0, false
		}
		return x / y, true
	}
}
