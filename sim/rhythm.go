package sim

import (
	"sort"
	"time"
)

// hoursPerWeek is the period of a rhythm.
const hoursPerWeek = 7 * 24

// Rhythm is the users' activity by hour and day. Only the ratios of the weights
// matter.
type Rhythm struct {
	// Hours is the weight of each hour of a working day, from midnight.
	Hours [24]float64 `json:"hours"`
	// Weekend multiplies the weights on Saturdays and Sundays.
	Weekend float64 `json:"weekend"`
	// UTCOffset is the offset of the users' local time from UTC.
	UTCOffset time.Duration `json:"utc_offset"`
}

// Always is a rhythm without day and night.
func Always() Rhythm {
	r := Rhythm{Weekend: 1}
	for i := range r.Hours {
		r.Hours[i] = 1
	}
	return r
}

// attention turns a rhythm into a clock that runs at full speed in the hour with the
// highest weight and slower in other hours. Times drawn on that clock follow the rhythm: a
// Poisson process has the rhythm's rate, and an answer that takes an hour at noon takes
// until the morning if asked for at night.
type attention struct {
	offset span
	// until[h] is the attention from Monday, midnight, to the start of hour h, in
	// hours.
	until [hoursPerWeek + 1]float64
}

func newAttention(r Rhythm) *attention {
	a := &attention{offset: spanOf(r.UTCOffset)}
	most := 0.0
	weight := func(h int) float64 {
		w := r.Hours[h%24]
		if h >= 5*24 {
			w *= r.Weekend
		}
		return w
	}
	for h := range hoursPerWeek {
		most = max(most, weight(h))
	}
	for h := range hoursPerWeek {
		a.until[h+1] = a.until[h] + weight(h)/most
	}
	return a
}

// perWeek returns the attention of a week, in hours.
func (a *attention) perWeek() float64 { return a.until[hoursPerWeek] }

// monday is 1970-01-05, a Monday, at midnight.
const monday = 4 * 24 * hour

// week is the period of a rhythm.
const week = hoursPerWeek * hour

// weekPosition returns the start of t's week, a Monday in local time, and the
// attention from then to t, in hours.
func (a *attention) weekPosition(t simTime) (begin span, since float64) {
	local := span(t) + a.offset - monday
	begin = local / week * week
	if local < begin {
		begin -= week
	}
	into := local - begin
	h := int(into / hour)
	return begin, a.until[h] + (a.until[h+1]-a.until[h])*float64(into%hour)/float64(hour)
}

// between returns the attention from one time to a later one, in microseconds.
func (a *attention) between(from, to simTime) float64 {
	begin, before := a.weekPosition(from)
	end, after := a.weekPosition(to)
	return (float64((end-begin)/week)*a.perWeek() + after - before) * float64(hour)
}

// after returns the time at which the given attention, in microseconds, has passed since
// t. It is at least a microsecond later than t.
func (a *attention) after(t simTime, us float64) simTime {
	if !(us < float64(maxSpan)) {
		return t + simTime(maxSpan)
	}
	begin, now := a.weekPosition(t)
	goal := now + us/float64(hour)
	weeks := span(goal / a.perWeek())
	if weeks >= maxSpan/week {
		return t + simTime(maxSpan)
	}
	rest := goal - float64(weeks)*a.perWeek()
	h := min(sort.Search(hoursPerWeek, func(h int) bool { return a.until[h+1] >= rest }), hoursPerWeek-1)
	part := 0.0
	if w := a.until[h+1] - a.until[h]; w > 0 {
		part = min(max((rest-a.until[h])/w, 0), 1)
	}
	at := begin + weeks*week + span(h)*hour + span(part*float64(hour)) - a.offset + monday
	return max(simTime(at), t+1)
}
