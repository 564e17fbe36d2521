package pgvalue

import (
	"fmt"
	"time"

	"github.com/tasktwin/tasktwin"
)

// PostgreSQL counts microseconds from 2000-01-01 UTC and holds those from
// 4714-11-24 BC up to, and not including, 294277-01-01.
const (
	unixToEpoch2000 = 946684800_000000
	minTimestamp    = -211813488000_000000
	endTimestamp    = 9223371331200_000000
)

// Timestamptz returns what a timestamptz column holds of t, in UTC and without a
// monotonic reading: t cut to microseconds, towards the past. A time that the
// type does not hold is SQLSTATE 22008.
//
// pgx counts the microseconds in an int64 that wraps around, so a time more than
// some 292,000 years away from 2000 may become another one, here too. Two of the
// counts that only wrapping reaches, the lowest and the highest, mean minus
// infinity and infinity: PostgreSQL stores these and pgx refuses to read them
// back as a time; here they are 22008.
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
