package report

import "time"

// pageTime is a time of the page in microseconds since 1970, the resolution of PostgreSQL.
// It is between minPageTime and maxPageTime.
type pageTime int64

// The range of times that a browser can show and whose differences do not overflow. Times
// outside of it are clamped.
const (
	minPageTime pageTime = -4_000_000_000_000_000_000
	maxPageTime pageTime = 4_000_000_000_000_000_000
)

func pageTimeOf(t time.Time) pageTime {
	switch s := t.Unix(); { // does not overflow
	case s < int64(minPageTime)/1_000_000:
		return minPageTime
	case s > int64(maxPageTime)/1_000_000:
		return maxPageTime
	}
	return pageTime(t.UnixMicro())
}

func (i pageTime) time() time.Time { return time.UnixMicro(int64(i)).UTC() }

// milliseconds rounds down, so that the order of times is kept.
func (i pageTime) milliseconds() int64 {
	ms := int64(i) / 1000
	if int64(i)%1000 < 0 {
		ms--
	}
	return ms
}
