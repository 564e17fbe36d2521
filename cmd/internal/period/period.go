// Package period reads durations of days and weeks, too.
package period

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Parse reads a duration as Go writes it, which may begin with weeks and
// days: 1h30m, 7d, 1w2d12h. It reports whether text is one, which is not negative.
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
	// A sum beyond the type's end has turned negative.
	return sum + d, err == nil && d >= 0 && sum >= 0 && sum+d >= 0
}
