package pgvalue

import (
	"fmt"
	"time"

	"github.com/tasktwin/tasktwin"
)

// PostgreSQL counts microseconds from 2000-01-01 UTC. The range is from 4714-11-24 BC
// to 294277-01-01, exclusive.
const (
	unixToEpoch2000 = 946684800_000000
	minTimestamp    = -211813488000_000000
	endTimestamp    = 9223371331200_000000
)

// Timestamptz returns the value that a timestamptz column stores for t: in UTC,
// without a monotonic reading, truncated to microseconds towards the past. A time out
// of range is SQLSTATE 22008.
//
// pgx counts the microseconds in an int64 that wraps around. So a time more than about
// 292,000 years away from 2000 may become another time, as here. The lowest and the highest
// int64, which are reached only by wrapping around, mean minus infinity and infinity.
// PostgreSQL stores them, but pgx cannot read them back; here they are 22008.
func Timestamptz(t time.Time) (time.Time, error) {
	micros := t.Unix()*1_000_000 + int64(t.Nanosecond())/1000 - unixToEpoch2000
	if micros < minTimestamp || micros >= endTimestamp {
		return time.Time{}, fail(tasktwin.DatetimeFieldOverflow, "timestamp out of range")
	}
	return time.Unix(unixToEpoch2000/1_000_000+micros/1_000_000, micros%1_000_000*1000).UTC(), nil
}

// TimestamptzText returns the text of a result of Timestamptz in the time zone UTC
// and the DateStyle ISO.
func TimestamptzText(t time.Time) string {
	t = t.UTC()
	year, era := t.Year(), ""
	if year <= 0 {
		year, era = 1-year, " BC"
	}
	return fmt.Sprintf("%04d%s%s", year, t.Format("-01-02 15:04:05.999999+00"), era)
}
