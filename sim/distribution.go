package sim

import (
	"math"
	"time"
)

// simTime is a virtual time in microseconds since 1970. PostgreSQL has the same resolution.
// Zero means none.
type simTime int64

// span is a length of time in microseconds.
type span int64

func simTimeOf(t time.Time) simTime { return simTime(t.UnixMicro()) }

// time returns the time in UTC.
func (i simTime) time() time.Time { return time.UnixMicro(int64(i)).UTC() }

const (
	second = span(time.Second / time.Microsecond)
	hour   = 3600 * second
	// maxSpan is longer than any run. It can be added to any time of a run without
	// overflow.
	maxSpan = 1_000_000 * hour
)

func spanOf(d time.Duration) span { return span(d / time.Microsecond) }

// clampSpan converts microseconds to a span between one microsecond and maxSpan. So
// everything that takes time ends later than it begins.
func clampSpan(us float64) span {
	if !(us > 1) {
		return 1
	}
	if us >= float64(maxSpan) {
		return maxSpan
	}
	return span(us)
}

// LogNormal is a log-normal distribution of durations.
type LogNormal struct {
	// Median is the median duration.
	Median time.Duration `json:"median"`
	// Sigma is the standard deviation of the natural logarithm. At 1, one in six
	// durations is longer than 2.7 times the median, and the mean is 1.65 times the
	// median. At 0 every duration is the median.
	Sigma float64 `json:"sigma"`
}

// fromNormal converts a standard normal draw to a duration.
func (d LogNormal) fromNormal(z float64) span {
	return clampSpan(float64(spanOf(d.Median)) * math.Exp(d.Sigma*z))
}

// Lomax is a heavy-tailed distribution of durations, a Pareto distribution that
// starts at zero: the probability of more than t is (1 + t/scale)^-Alpha.
type Lomax struct {
	// Median is the median duration.
	Median time.Duration `json:"median"`
	// Alpha is the exponent of the tail: durations ten times as long are 10^Alpha
	// times as rare. The mean exists only if Alpha is above 1.
	Alpha float64 `json:"alpha"`
}

// fromUniform converts a uniform draw to a duration in microseconds. It has no upper bound.
func (d Lomax) fromUniform(u float64) float64 {
	scale := float64(spanOf(d.Median)) / math.Expm1(math.Ln2/d.Alpha)
	return scale * math.Expm1(-math.Log1p(-u)/d.Alpha)
}
