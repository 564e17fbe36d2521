// Package period parses durations with days and weeks.
package period

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Parse parses a duration in Go's format, which may begin with weeks and days:
// 1h30m, 7d, 1w2d12h. It returns false if the text is not a duration or is
// negative.
func Parse(text string) (time.Duration, bool) {
	var sum time.Duration
	rest := text
	for _, unit := range []struct {
		name string
		size time.Duration
	}{{"w", 7 * 24 * time.Hour}, {"d", 24 * time.Hour}} {
		digits, after, ok := strings.Cut(rest, unit.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseUint(digits, 10, 32)
		if err != nil || n > uint64(math.MaxInt64/unit.size) {
			return 0, false
		}
		sum, rest = sum+time.Duration(n)*unit.size, after
	}
	if rest == "" {
		return sum, text != "" && sum >= 0
	}
	d, err := time.ParseDuration(rest)
	// A sum that overflows is negative.
	return sum + d, err == nil && d >= 0 && sum >= 0 && sum+d >= 0
}
