package sim

import (
	"math"
	"testing"
	"time"
)

func at(text string) simTime {
	t, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		panic(err)
	}
	return simTimeOf(t)
}

// nineToFive has attention from nine to five, from Monday to Friday.
func nineToFive() Rhythm {
	var r Rhythm
	for h := 9; h < 17; h++ {
		r.Hours[h] = 2 // only ratios matter
	}
	return r
}

func TestAttentionRunsAsPeopleDo(t *testing.T) {
	t.Parallel()
	half := nineToFive()
	half.Hours[12] = 1
	east := nineToFive()
	east.UTCOffset = 2 * time.Hour
	weekend := nineToFive()
	weekend.Weekend = 0.5
	for _, test := range []struct {
		name   string
		rhythm Rhythm
		from   string
		takes  time.Duration
		until  string
	}{
		{"within the day", nineToFive(), "2026-01-05 10:00", time.Hour, "2026-01-05 11:00"},
		{"before the day", nineToFive(), "2026-01-05 03:00", time.Hour, "2026-01-05 10:00"},
		{"over night", nineToFive(), "2026-01-05 16:30", time.Hour, "2026-01-06 09:30"},
		{"over the weekend", nineToFive(), "2026-01-09 16:30", time.Hour, "2026-01-12 09:30"},
		{"from the weekend", nineToFive(), "2026-01-10 12:00", 30 * time.Minute, "2026-01-12 09:30"},
		{"four weeks", nineToFive(), "2026-01-05 10:00", 4 * 40 * time.Hour, "2026-02-02 10:00"},
		{"half an hour's attention at noon", half, "2026-01-05 12:00", 30 * time.Minute, "2026-01-05 13:00"},
		{"on another clock", east, "2026-01-05 06:00", time.Hour, "2026-01-05 08:00"},
		{"by day on another clock", east, "2026-01-05 10:00", time.Hour, "2026-01-05 11:00"},
		{"near the evening of another clock", east, "2026-01-05 14:30", time.Hour, "2026-01-06 07:30"},
		{"a slow weekend", weekend, "2026-01-10 09:00", time.Hour, "2026-01-10 11:00"},
		{"always", Always(), "2026-01-05 10:00", 100 * time.Hour, "2026-01-09 14:00"},
		{"before 1970's first Monday", Always(), "1970-01-02 10:00", time.Hour, "1970-01-02 11:00"},
	} {
		got := newAttention(test.rhythm).after(at(test.from), float64(spanOf(test.takes)))
		if diff := got - at(test.until); diff < -1 || diff > 1 {
			t.Errorf("%s: %s, want %s", test.name, got.time(), test.until)
		}
	}
}

// Attention is additive, and after always advances.
func TestAttentionAddsUp(t *testing.T) {
	t.Parallel()
	a := newAttention(DefaultParams().Rhythm)
	s := source(3)
	from := at("2026-01-01 00:00")
	for n := range uint64(20_000) {
		begin := from + simTime(s.uniform(forArrival, n)*float64(30*24*hour))
		x, y := s.exponential(forWork, n)*float64(hour), s.exponential(forReport, n)*float64(hour)
		one, two := a.after(begin, x+y), a.after(a.after(begin, x), y)
		// At a hundredth of the speed, a microsecond of attention takes a hundred.
		if got := a.between(begin, one); math.Abs(got-x-y) > 2 {
			t.Fatalf("%v from %s are %v back", x+y, begin.time(), got)
		}
		if diff := one - two; diff < -1000 || diff > 1000 || one <= begin {
			t.Fatalf("%v and %v from %s: %s at once, %s in two", x, y, begin.time(), one.time(), two.time())
		}
	}
	for _, us := range []float64{0, -1, 1e-9} {
		if got := a.after(from, us); got != from+1 {
			t.Errorf("%v later is %d microseconds later", us, got-from)
		}
	}
	for _, us := range []float64{math.Inf(1), math.NaN(), 1e300, float64(maxSpan) - 1} {
		if got := a.after(from, us); got < from+simTime(maxSpan)/100 || got > from+simTime(maxSpan) {
			t.Errorf("%v later is %s", us, got.time())
		}
	}
}
