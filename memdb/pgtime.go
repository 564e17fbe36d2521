package memdb

import (
	"database/sql"
	"math"
	"time"
)

// pgTime is a timestamptz in microseconds since 2000-01-01 UTC, as in PostgreSQL. Counted
// from 1970, the microseconds of the last thirty years of timestamptz would overflow int64.
type pgTime int64

// never stands for NULL. It sorts before every timestamptz.
const never = pgTime(math.MinInt64)

// unixToEpoch2000 is the number of seconds from 1970 to 2000.
const unixToEpoch2000 = 946684800

// pgTimeOf converts a time that pgvalue.Timestamptz has accepted.
func pgTimeOf(t time.Time) pgTime {
	return pgTime((t.Unix()-unixToEpoch2000)*1_000_000 + int64(t.Nanosecond()/1000))
}

func pgTimeOfNull(t sql.NullTime) pgTime {
	if !t.Valid {
		return never
	}
	return pgTimeOf(t.Time)
}

func (i pgTime) time() time.Time {
	return time.Unix(unixToEpoch2000+int64(i/1_000_000), int64(i%1_000_000)*1000).UTC()
}

func (i pgTime) nullTime() sql.NullTime {
	if i == never {
		return sql.NullTime{}
	}
	return sql.NullTime{Time: i.time(), Valid: true}
}
