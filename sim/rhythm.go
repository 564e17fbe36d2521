package sim

import (
	"sort"
	"time"
)

// hoursPerWeek is the period of a rhythm.
const hoursPerWeek = 7 * 24

// Rhythm is how much people do by hour and day. Only the weights' proportions
// count.
type Rhythm struct {
	// Hours is the weight of each hour of a working day, from midnight.
	Hours [24]float64 `json:"hours"`
	// Weekend multiplies the weights on Saturdays and Sundays.
	Weekend float64 `json:"weekend"`
	// UTCOffset is what the users' clocks are ahead of UTC.
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

// attention turns a rhythm into a clock that runs as people do: at full speed in
// the hour with the highest weight, slower at other hours. What is drawn on that
// clock has the rhythm: a Poisson process becomes one whose rate follows it, and
// an answer that would take an hour at noon takes until the morning at night.
type attention struct {
	offset span
	// until[h] is how much attention there is from Monday, midnight, to the
	// beginning of hour h, in hours.
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

// perWeek is in hours.
func (a *attention) perWeek() float64 { return a.until[hoursPerWeek] }

// monday is a Monday's midnight: 1970-01-05.
const monday = 4 * 24 * hour

// week is how long it takes until a rhythm begins again.
const week = hoursPerWeek * hour

// place is the Monday, on the users' clock, on or before t, and how much attention
// there is from then to t, in hours.
func (a *attention) place(t instant) (begin span, since float64) {
	local := span(t) + a.offset - monday
	begin = local / week * week
	if local < begin {
		begin -= week
	}
	into := local - begin
	h := int(into / hour)
	return begin, a.until[h] + (a.until[h+1]-a.until[h])*float64(into%hour)/float64(hour)
}

// between is how much attention there is from one instant to a later one, in
// microseconds.
func (a *attention) between(from, to instant) float64 {
	begin, before := a.place(from)
	end, after := a.place(to)
	return (float64((end-begin)/week)*a.perWeek() + after - before) * float64(hour)
}

// after is when as much attention as given, in microseconds, has passed since t,
// and at least a microsecond later.
func (a *attention) after(t instant, us float64) instant {
	if !(us < float64(longest)) {
		return t + instant(longest)
	}
	begin, now := a.place(t)
	goal := now + us/float64(hour)
	weeks := span(goal / a.perWeek())
	if weeks >= longest/week {
		return t + instant(longest)
	}
	rest := goal - float64(weeks)*a.perWeek()
	h := min(sort.Search(hoursPerWeek, func(h int) bool { return a.until[h+1] >= rest }), hoursPerWeek-1)
	part := 0.0
	if w := a.until[h+1] - a.until[h]; w > 0 {
		part = min(max((rest-a.until[h])/w, 0), 1)
	}
	at := begin + weeks*week + span(h)*hour + span(part*float64(hour)) - a.offset + monday
	return max(instant(at), t+1)
}
