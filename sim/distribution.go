package sim

import (
	"math"
	"time"
)

// instant is microseconds since 1970, PostgreSQL's resolution of time.
type instant int64

// span is a length of time in microseconds.
type span int64

func instantOf(t time.Time) instant { return instant(t.UnixMicro()) }

// time is in UTC.
func (i instant) time() time.Time { return time.UnixMicro(int64(i)).UTC() }

const (
	second = span(time.Second / time.Microsecond)
	hour   = 3600 * second
	// longest is more than any run lasts, and can be added to any instant of one.
	longest = 1_000_000 * hour
)

func spanOf(d time.Duration) span { return span(d / time.Microsecond) }

// bounded rounds microseconds to a span from one microsecond to the longest:
// whatever takes time ends later than it begins.
func bounded(us float64) span {
	if !(us > 1) {
		return 1
	}
	if us >= float64(longest) {
		return longest
	}
	return span(us)
}

// LogNormal is a distribution of durations whose logarithm is normal.
type LogNormal struct {
	// Median: half of the durations are shorter.
	Median time.Duration `json:"median"`
	// Sigma is the standard deviation of the natural logarithm. At 1, one in six
	// is longer than 2.7 times the median and the mean is 1.65 times the median.
	// At 0 all are the median.
	Sigma float64 `json:"sigma"`
}

// at is the duration to a draw of the standard normal distribution.
func (d LogNormal) at(z float64) span {
	return bounded(float64(spanOf(d.Median)) * math.Exp(d.Sigma*z))
}

// Lomax is a distribution of durations with a heavy tail, a Pareto distribution
// that begins at zero: the chance of more than t is (1 + t/scale)^-Alpha.
type Lomax struct {
	// Median: half of the durations are shorter.
	Median time.Duration `json:"median"`
	// Alpha is the exponent of the tail: ten times as long is 10^Alpha times as
	// rare. Up to 1 there is no mean.
	Alpha float64 `json:"alpha"`
}

// at is the duration to a draw of the uniform distribution, in microseconds and
// without bounds.
func (d Lomax) at(u float64) float64 {
	scale := float64(spanOf(d.Median)) / math.Expm1(math.Ln2/d.Alpha)
	return scale * math.Expm1(-math.Log1p(-u)/d.Alpha)
}
