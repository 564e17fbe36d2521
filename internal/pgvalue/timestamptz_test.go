package pgvalue_test

import (
	"math"
	"testing"
	"time"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/pgvalue"
)

// micros returns the time n microseconds after 2000.
func micros(n int64) time.Time {
	return time.Unix(pgvalue.UnixToEpoch2000/1_000_000+n/1_000_000, n%1_000_000*1000)
}

// wrapped returns a time whose count of microseconds after 2000 wraps around to n.
func wrapped(n int64) time.Time {
	sinceUnix := n + pgvalue.UnixToEpoch2000 // may wrap around
	// 2^64 is 18446744073709 seconds and 551616 microseconds.
	return time.Unix(sinceUnix/1_000_000+18446744073709, (sinceUnix%1_000_000+551616)*1000)
}

func TestTimestamptz(t *testing.T) {
	t.Parallel()
	date := func(year, ns int) time.Time { return time.Date(year, 3, 4, 5, 6, 7, ns, time.UTC) }
	for _, test := range []struct {
		name     string
		in, want time.Time
	}{
		{"nanoseconds are cut", date(2025, 123456999), date(2025, 123456000)},
		{"towards the past before 2000", date(1999, 1999), date(1999, 1000)},
		{"towards the past before 1970", date(1950, 999), date(1950, 0)},
		{"the last nanosecond before 2000", time.Unix(946684799, 999999999), time.Unix(946684799, 999999000)},
		{"the zero time", time.Time{}, time.Time{}},
		{"1970", time.Unix(0, 0), time.Unix(0, 0)},
		{"2000", micros(0), micros(0)},
		{"the first", micros(pgvalue.MinTimestamp), time.Date(-4713, 11, 24, 0, 0, 0, 0, time.UTC)},
		{"the last", micros(pgvalue.EndTimestamp - 1), time.Date(294276, 12, 31, 23, 59, 59, 999999000, time.UTC)},
		{"the last, with nanoseconds", micros(pgvalue.EndTimestamp - 1).Add(999), micros(pgvalue.EndTimestamp - 1)},
		{"a count that wraps around", wrapped(0), micros(0)},
		{"a count that wraps around to the first", wrapped(pgvalue.MinTimestamp), micros(pgvalue.MinTimestamp)},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := pgvalue.Timestamptz(test.in)
			assertError(t, err, "", "")
			if want := test.want.UTC(); got != want { // location and monotonic reading count
				t.Errorf("%v is held as %v, want %v", test.in, got, want)
			}
		})
	}
}

func TestTimestamptzOutOfRange(t *testing.T) {
	t.Parallel()
	for _, in := range []time.Time{
		micros(pgvalue.MinTimestamp - 1), micros(pgvalue.MinTimestamp).Add(-1), micros(pgvalue.EndTimestamp),
		time.Date(-4713, 11, 23, 0, 0, 0, 0, time.UTC), time.Date(294277, 1, 1, 0, 0, 0, 0, time.UTC),
		micros(math.MinInt64), micros(math.MaxInt64), wrapped(math.MinInt64), wrapped(math.MaxInt64),
		wrapped(pgvalue.MinTimestamp - 1), wrapped(pgvalue.EndTimestamp),
	} {
		got, err := pgvalue.Timestamptz(in)
		assertError(t, err, tasktwin.DatetimeFieldOverflow, "timestamp out of range")
		if !got.IsZero() {
			t.Errorf("%v is held as %v, want none", in, got)
		}
	}
}

func TestTimestamptzIsUTCWithoutMonotonicReading(t *testing.T) {
	t.Parallel()
	now := time.Now()
	got, err := pgvalue.Timestamptz(now.In(time.FixedZone("east", 3600)))
	assertError(t, err, "", "")
	want := time.UnixMicro(now.UnixMicro()).UTC()
	if got != want { // location and monotonic reading count
		t.Errorf("%#v, want %#v", got, want)
	}
}

func TestTimestamptzText(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("", -12652)
	for want, at := range map[string]time.Time{
		"2024-02-29 23:59:59+00":          time.Date(2024, 2, 29, 23, 59, 59, 0, time.UTC),
		"2024-02-29 23:59:59.1+00":        time.Date(2024, 2, 29, 23, 59, 59, 100_000_000, time.UTC),
		"2024-02-29 23:59:59.000001+00":   time.Date(2024, 2, 29, 23, 59, 59, 1000, time.UTC),
		"2024-03-01 03:30:51.12+00":       time.Date(2024, 2, 29, 23, 59, 59, 120_000_000, zone),
		"0999-01-01 00:00:00+00":          time.Date(999, 1, 1, 0, 0, 0, 0, time.UTC),
		"0001-01-01 00:00:00+00":          time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC),
		"0001-12-31 00:00:00+00 BC":       time.Date(0, 12, 31, 0, 0, 0, 0, time.UTC),
		"4714-11-24 00:00:00+00 BC":       time.Date(-4713, 11, 24, 0, 0, 0, 0, time.UTC),
		"294276-12-31 23:59:59.999999+00": time.Date(294276, 12, 31, 23, 59, 59, 999_999_000, time.UTC),
	} {
		if got := pgvalue.TimestamptzText(at); got != want {
			t.Errorf("%v gives %s, want %s", at, got, want)
		}
	}
}
