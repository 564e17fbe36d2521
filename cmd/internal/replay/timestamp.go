package replay

import (
	"strconv"
	"strings"
	"time"
)

// layout is the format of the dates of a column. What follows the date (a time of
// day with or without seconds, a fraction, AM or PM, a zone) may differ from row
// to row, because exports omit what is zero.
type layout struct {
	kind layoutKind
	sep  byte
	zone Timezone // of times without an offset
}

type layoutKind int

const (
	layoutYMD     layoutKind = iota + 1
	layoutCompact            // YYYYMMDD
	layoutDMY
	layoutMDY
	layoutShortYMD // YY-MM-DD
	layoutDayName  // 2 Jan 2006
	layoutMonthName
	layoutSeconds
	layoutMillis
	layoutMicros
	layoutNanos
	// layoutDayNumber is a spreadsheet's. It is no layout of layouts, because it is
	// used only if no other one is possible.
	layoutDayNumber
)

// layouts has all layouts. If several parse the same number of values, the first
// one is used: unless other values of the column decide, 1/2/2016 is January 2,
// and 1.2.2016 and 1-2-2016 are February 1.
var layouts = []layout{
	{kind: layoutYMD, sep: '-'},
	{kind: layoutYMD, sep: '/'},
	{kind: layoutYMD, sep: '.'},
	{kind: layoutCompact},
	{kind: layoutMDY, sep: '/'},
	{kind: layoutDMY, sep: '/'},
	{kind: layoutDMY, sep: '.'},
	{kind: layoutMDY, sep: '.'},
	{kind: layoutDMY, sep: '-'},
	{kind: layoutMDY, sep: '-'},
	{kind: layoutShortYMD, sep: '-'},
	{kind: layoutShortYMD, sep: '/'},
	{kind: layoutShortYMD, sep: '.'},
	{kind: layoutDayName},
	{kind: layoutMonthName},
	{kind: layoutSeconds},
	{kind: layoutMillis},
	{kind: layoutMicros},
	{kind: layoutNanos},
}

// String returns the layout in the usual notation.
func (l layout) String() string {
	sep := string(rune(l.sep))
	switch l.kind {
	case layoutYMD:
		return "YYYY" + sep + "MM" + sep + "DD"
	case layoutCompact:
		return "YYYYMMDD"
	case layoutDMY:
		return "DD" + sep + "MM" + sep + "YYYY"
	case layoutMDY:
		return "MM" + sep + "DD" + sep + "YYYY"
	case layoutShortYMD:
		return "YY" + sep + "MM" + sep + "DD"
	case layoutDayName:
		return "DD Mon YYYY"
	case layoutMonthName:
		return "Mon DD, YYYY"
	case layoutSeconds:
		return "Unix seconds"
	case layoutMillis:
		return "Unix milliseconds"
	case layoutMicros:
		return "Unix microseconds"
	case layoutDayNumber:
		return "a spreadsheet's day numbers"
	case layoutNanos:
		return "Unix nanoseconds"
	default:
		return "no layout"
	}
}

// The accepted years, of dates and of Unix times. Unix times start later, because
// most numbers that are not Unix times would be in the first years after 1970.
// Placeholders of exports, such as 0001-01-01 and 9999-12-31, are not accepted.
const (
	firstYear     = 1900
	firstUnixYear = 1990
	lastYear      = 2099
)

// parse parses a timestamp of an accepted year. Without a zone it is in UTC. It
// is truncated to microseconds, the precision of stores.
func (l layout) parse(s string) (time.Time, bool) {
	first := firstYear
	if l.kind >= layoutSeconds {
		first = firstUnixYear
	}
	t, ok := l.parseAny(s)
	if !ok || t.Year() < first || t.Year() > lastYear {
		return time.Time{}, false
	}
	return t, true
}

// parseAny parses a timestamp of any year.
func (l layout) parseAny(s string) (time.Time, bool) {
	if l.kind == layoutDayNumber {
		local, ok := dayNumber(s)
		if !ok {
			return local, false
		}
		return l.zone.resolve(local, "")
	}
	if l.kind >= layoutSeconds {
		return l.parseUnix(s)
	}
	c := cursor{s}
	year, month, day, ok := l.parseDate(&c)
	if !ok || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return time.Time{}, false
	}
	clock, zone, ok := parseClock(&c, l.kind == layoutCompact)
	if !ok {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Add(clock).Truncate(time.Microsecond)
	if zone.given {
		return t.Add(-zone.offset), true
	}
	return l.zone.resolve(t, zone.name)
}

func daysIn(year, month int) int {
	switch time.Month(month) {
	case time.February:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case time.April, time.June, time.September, time.November:
		return 30
	default:
		return 31
	}
}

func (l layout) parseDate(c *cursor) (year, month, day int, ok bool) {
	switch l.kind {
	case layoutYMD:
		ok = c.number(4, 4, &year) && c.byte(l.sep) && c.number(1, 2, &month) && c.byte(l.sep) && c.number(1, 2, &day)
	case layoutCompact:
		ok = c.number(4, 4, &year) && c.number(2, 2, &month) && c.number(2, 2, &day)
	case layoutDMY:
		ok = c.number(1, 2, &day) && c.byte(l.sep) && c.number(1, 2, &month) && c.byte(l.sep) && c.year(&year)
	case layoutMDY:
		ok = c.number(1, 2, &month) && c.byte(l.sep) && c.number(1, 2, &day) && c.byte(l.sep) && c.year(&year)
	case layoutShortYMD:
		if ok = c.number(2, 2, &year) && c.byte(l.sep) && c.number(1, 2, &month) && c.byte(l.sep) && c.number(1, 2, &day); ok {
			year = fullYear(year)
		}
	case layoutDayName:
		c.weekday()
		ok = c.number(1, 2, &day) && c.gap() && c.month(&month) && c.gap() && c.year(&year)
	case layoutMonthName:
		c.weekday()
		ok = c.month(&month) && c.gap() && c.number(1, 2, &day) && c.gap() && c.year(&year)
	default: // the others are Unix times
	}
	return year, month, day, ok
}

// parseClock parses what follows a date: nothing, or a time of day that may have
// a zone. In the compact form the colons are optional.
func parseClock(c *cursor, compact bool) (clock time.Duration, zone givenZone, ok bool) {
	if c.rest == "" {
		return 0, zone, true
	}
	separated := c.any(" Tt,")
	for c.byte(' ') {
	}
	if !separated && !compact {
		return 0, zone, false
	}
	var hour, minute, second int
	if !c.number(1, 2, &hour) {
		return 0, zone, false
	}
	colon := c.byte(':')
	if !colon && !compact || !c.number(2, 2, &minute) {
		return 0, zone, false
	}
	seconds := colon && c.byte(':') || !colon && c.digit()
	if seconds && !c.number(2, 2, &second) {
		return 0, zone, false
	}
	var fraction time.Duration
	if seconds && c.any(".,") {
		if fraction, ok = c.fraction(); !ok {
			return 0, zone, false
		}
	}
	for c.byte(' ') {
	}
	if hour, ok = c.halfDay(hour); !ok || hour > 23 || minute > 59 || second > 59 {
		return 0, zone, false
	}
	for c.byte(' ') {
	}
	if zone, ok = c.zone(); !ok || c.rest != "" {
		return 0, zone, false
	}
	clock = time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second + fraction
	return clock, zone, true
}

// unixUnits has the units of Unix times. No number is in the accepted years in
// two units.
var unixUnits = map[layoutKind]time.Duration{
	layoutSeconds: time.Second, layoutMillis: time.Millisecond, layoutMicros: time.Microsecond, layoutNanos: time.Nanosecond,
}

func (l layout) parseUnix(s string) (time.Time, bool) {
	whole, decimals, _ := strings.Cut(strings.Replace(s, ",", ".", 1), ".")
	n, err := strconv.ParseUint(whole, 10, 63)
	if err != nil {
		return time.Time{}, false
	}
	c := cursor{decimals}
	fraction, ok := c.fraction()
	if decimals != "" && !ok || c.rest != "" {
		return time.Time{}, false
	}
	unit := unixUnits[l.kind]
	perSecond := int64(time.Second / unit)
	seconds, rest := int64(n)/perSecond, int64(n)%perSecond
	return time.Unix(seconds, rest*int64(unit)+int64(fraction)/perSecond).UTC().Truncate(time.Microsecond), true
}
