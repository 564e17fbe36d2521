// Package report makes Markdown tables of benchmark results: comparisons of stores,
// and targets with the measured values.
package report

import (
	"math"
	"strconv"
	"strings"
)

// format formats a value.
type format func(float64) string

// duration formats seconds in the unit with one to three digits before the point.
func duration(seconds float64) string {
	for _, u := range []struct {
		name string
		size float64
	}{{"s", 1}, {"ms", 1e-3}, {"µs", 1e-6}} {
		if seconds >= 0.9995*u.size {
			return significant(seconds/u.size) + " " + u.name
		}
	}
	return significant(seconds/1e-9) + " ns"
}

// bytes formats bytes in the unit with one to four digits before the point.
func bytes(n float64) string {
	for _, u := range []struct {
		name string
		size float64
	}{{"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if n >= u.size {
			return significant(n/u.size) + " " + u.name
		}
	}
	return significant(n) + " B"
}

// times formats a ratio.
func times(ratio float64) string { return significant(ratio) + "×" }

// perSecond formats a rate.
func perSecond(rate float64) string { return count(rate) + "/s" }

// percent formats a share.
func percent(part float64) string { return strconv.FormatFloat(100*part, 'f', 0, 64) + " %" }

// count formats a whole number, from a million on with three significant digits.
func count(n float64) string {
	if n >= 1e6 {
		digits := math.Pow(10, math.Floor(math.Log10(n))-2)
		n = math.Round(n/digits) * digits
	}
	return commas(strconv.FormatFloat(n, 'f', 0, 64))
}

// significant rounds to three significant digits, and to whole numbers from a hundred.
func significant(v float64) string {
	decimals := 0
	switch {
	case v < 9.995:
		decimals = 2
	case v < 99.95:
		decimals = 1
	}
	s := strconv.FormatFloat(v, 'f', decimals, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
	}
	return commas(s)
}

// commas groups the digits of a number by three.
func commas(s string) string {
	whole, rest, found := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0 && whole[i-1] != '-'; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if found {
		return whole + "." + rest
	}
	return whole
}
