package report

import "time"

// instant is a time in microseconds since 1970, as PostgreSQL keeps it.
type instant int64

// The times that a browser can show, and that are few enough for the difference
// of two to fit: what lies outside counts as the nearest.
const (
	minInstant instant = -4_000_000_000_000_000_000
	maxInstant instant = 4_000_000_000_000_000_000
)

func at(t time.Time) instant {
	switch s := t.Unix(); { // which always fits
	case s < int64(minInstant)/1_000_000:
		return minInstant
	case s > int64(maxInstant)/1_000_000:
		return maxInstant
	}
	return instant(t.UnixMicro())
}

func (i instant) time() time.Time { return time.UnixMicro(int64(i)).UTC() }

// milliseconds rounds down, so that instants in order stay in order.
func (i instant) milliseconds() int64 {
	ms := int64(i) / 1000
	if int64(i)%1000 < 0 {
		ms--
	}
	return ms
}
