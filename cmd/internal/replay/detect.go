package replay

import (
	"fmt"
	"strings"
	"time"
)

// detector chooses the layout of a column: the one that parses most of its
// values.
type detector struct {
	fits   []int // number of values that each layout parses, by index in layouts
	first  []string
	active []bool // the layout has parsed a value
	values int
	zone   Timezone
	// dayNumbers is the number of values that may be a spreadsheet's day numbers, and
	// fractions the number of those with a time of day.
	dayNumbers, fractions int
}

func newDetector(zone Timezone) *detector {
	return &detector{zone: zone, fits: make([]int, len(layouts)), active: make([]bool, len(layouts))}
}

// add counts the layouts that parse a value. Layouts that have not parsed any
// value yet are tried only if all others fail.
func (d *detector) add(value string) {
	if isNoTime(value) {
		return
	}
	d.values++
	if len(d.first) < 3 {
		d.first = append(d.first, value)
	}
	if d.count(value, true) || d.count(value, false) {
		return
	}
	if _, ok := dayNumber(value); ok {
		if fraction, whole := hasTimeOfDay(value); whole {
			d.dayNumbers++
			if fraction {
				d.fractions++
			}
		}
	}
}

// areDayNumbers reports whether the values are day numbers beyond doubt: all of
// them are, to a whole second, and one has a time of day.
func (d *detector) areDayNumbers() bool { return d.dayNumbers == d.values && d.fractions > 0 }

func (d *detector) count(value string, active bool) bool {
	found := false
	for i, l := range layouts {
		if d.active[i] != active {
			continue
		}
		l.zone = d.zone
		if _, ok := l.parse(value); ok {
			d.fits[i]++
			d.active[i] = true
			found = true
		}
	}
	return found
}

// detection is the result for a column.
type detection struct {
	layout layout
	ok     bool // the layout parses at least one value
	// ambiguous means that a layout with day and month swapped parses as many
	// values.
	ambiguous bool
	// yearFirst means that a layout with a two-digit year in place of the day parses
	// as many values.
	yearFirst bool
}

// best returns the layout that parses most values.
func (d *detector) best() detection {
	best := 0
	for i := range layouts {
		if d.fits[i] > d.fits[best] {
			best = i
		}
	}
	if d.fits[best] == 0 {
		return detection{}
	}
	f := detection{layout: layouts[best], ok: true}
	f.layout.zone = d.zone
	for i, other := range layouts {
		if i != best && d.fits[i] == d.fits[best] && dayMonth(f.layout.kind) {
			f.ambiguous = f.ambiguous || dayMonth(other.kind)
			f.yearFirst = f.yearFirst || other.kind == layoutShortYMD
		}
	}
	return f
}

func dayMonth(k layoutKind) bool { return k == layoutDMY || k == layoutMDY }

// LayoutError reports a column of timestamps that no layout can parse.
type LayoutError struct {
	Flag   string
	Column string
	Values []string // the first values
	Count  int      // number of values tried
	zone   Timezone
}

// Error shows the first values and the accepted formats.
func (e *LayoutError) Error() string {
	values := make([]string, len(e.Values))
	for i, v := range e.Values {
		values[i] = fmt.Sprintf("%q", shorten(v))
		if why := whyNoTime(v, e.zone); why != "" {
			values[i] += " is not a time: " + why
		}
	}
	return fmt.Sprintf("--%s: column %q holds no readable timestamps in the first %d rows that have one (%s); a timestamp is a date "+
		"(2006-01-02, 2006/01/02, 20060102, 02.01.2006, 01/02/2006, 2 Jan 2006), "+
		"perhaps with a time of day (15:04, 15:04:05.000, 3:04 PM) and a zone (Z, +02:00), or a Unix time",
		e.Flag, e.Column, e.Count, strings.Join(values, ", "))
}

// timeReader parses the timestamps of one column.
type timeReader struct {
	flag   string
	name   string
	layout layout
}

func (r *timeReader) read(line int, value string) (time.Time, *BadRow) {
	t, ok := r.layout.parse(value)
	if ok {
		return t, nil
	}
	detail := fmt.Sprintf("column %q: %q is not a time", r.name, shorten(value))
	if why := whyNoTime(value, r.layout.zone); why != "" {
		detail += ": " + why
	} else {
		detail += fmt.Sprintf(" as the column has them: %s", r.layout)
	}
	return t, &BadRow{Line: line, Reason: ReasonTime, Detail: detail}
}

// shorten truncates a value for use in a message.
func shorten(s string) string {
	const most = 60
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	return string(runes[:most]) + "…"
}
