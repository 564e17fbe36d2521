package memdb

import (
	"database/sql"
	"math"
	"time"
)

// instant is a timestamptz as PostgreSQL counts it, in microseconds from 2000:
// of the last thirty years that the type holds, the microseconds from 1970 do
// not fit.
type instant int64

// never is NULL, and the earliest of all.
const never = instant(math.MinInt64)

// unixToEpoch2000 is the seconds from 1970 to PostgreSQL's epoch.
const unixToEpoch2000 = 946684800

// at returns the instant of a time that pgvalue.Timestamptz has accepted.
func at(t time.Time) instant {
	return instant((t.Unix()-unixToEpoch2000)*1_000_000 + int64(t.Nanosecond()/1000))
}

func atNull(t sql.NullTime) instant {
	if !t.Valid {
		return never
	}
	return at(t.Time)
}

func (i instant) time() time.Time {
	return time.Unix(unixToEpoch2000+int64(i/1_000_000), int64(i%1_000_000)*1000).UTC()
}

func (i instant) null() sql.NullTime {
	if i == never {
		return sql.NullTime{}
	}
	return sql.NullTime{Time: i.time(), Valid: true}
}
