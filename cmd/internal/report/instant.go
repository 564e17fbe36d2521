package report

import "time"

// instant is a time in microseconds since 1970, as PostgreSQL keeps it.
type instant int64

// The range of times that a browser can show and whose differences do not overflow.
// Times outside of it are clamped.
const (
	minInstant instant = -4_000_000_000_000_000_000
	maxInstant instant = 4_000_000_000_000_000_000
)

func at(t time.Time) instant {
	switch s := t.Unix(); { // does not overflow
	case s < int64(minInstant)/1_000_000:
		return minInstant
	case s > int64(maxInstant)/1_000_000:
		return maxInstant
	}
	return instant(t.UnixMicro())
}

func (i instant) time() time.Time { return time.UnixMicro(int64(i)).UTC() }

// milliseconds rounds down, so that the order of instants is kept.
func (i instant) milliseconds() int64 {
	ms := int64(i) / 1000
	if int64(i)%1000 < 0 {
		ms--
	}
	return ms
}
