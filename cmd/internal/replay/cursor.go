package replay

import (
	"slices"
	"strings"
	"time"
)

// cursor parses a timestamp from left to right. A method that fails may have
// consumed a part of the text.
type cursor struct{ rest string }

func (c *cursor) digit() bool {
	return c.rest != "" && c.rest[0] >= '0' && c.rest[0] <= '9'
}

// number reads a number of least to most digits.
func (c *cursor) number(least, most int, into *int) bool {
	n, v := 0, 0
	for n < most && n < len(c.rest) && c.rest[n] >= '0' && c.rest[n] <= '9' {
		v = v*10 + int(c.rest[n]-'0')
		n++
	}
	if n < least {
		return false
	}
	*into, c.rest = v, c.rest[n:]
	return true
}

// year reads a year of four digits, or of two digits for 1969 to 2068.
func (c *cursor) year(into *int) bool {
	before := len(c.rest)
	if !c.number(2, 4, into) {
		return false
	}
	switch before - len(c.rest) {
	case 4:
		return true
	case 2:
		*into = fullYear(*into)
		return true
	default:
		return false
	}
}

// fullYear returns the year from 1969 to 2068 that ends in these two digits.
func fullYear(digits int) int {
	if digits < 69 {
		return 2000 + digits
	}
	return 1900 + digits
}

func (c *cursor) byte(b byte) bool {
	if c.rest == "" || c.rest[0] != b {
		return false
	}
	c.rest = c.rest[1:]
	return true
}

// any reads one byte of the set.
func (c *cursor) any(set string) bool {
	if c.rest == "" || strings.IndexByte(set, c.rest[0]) < 0 {
		return false
	}
	c.rest = c.rest[1:]
	return true
}

// gap reads the separators between the parts of a date that has the name of a
// month.
func (c *cursor) gap() bool {
	rest := strings.TrimLeft(c.rest, " -/.,")
	took := len(rest) < len(c.rest)
	c.rest = rest
	return took
}

// word reads letters, and returns them in lower case.
func (c *cursor) word() string {
	n := 0
	for n < len(c.rest) && (c.rest[n]|0x20 >= 'a' && c.rest[n]|0x20 <= 'z') {
		n++
	}
	w := strings.ToLower(c.rest[:n])
	c.rest = c.rest[n:]
	return w
}

// isWeekday reports whether a lower-case word is the name of a weekday or an
// abbreviation of one.
func isWeekday(word string) bool {
	days := []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}
	return len(word) >= 3 && slices.ContainsFunc(days, func(day string) bool { return strings.HasPrefix(day, word) })
}

// weekday skips the name of a weekday and the separator after it, if there is
// one.
func (c *cursor) weekday() {
	before := c.rest
	if w := c.word(); isWeekday(w) && c.gap() {
		return
	}
	c.rest = before
}

func (c *cursor) month(into *int) bool {
	w := c.word()
	if w == "sept" {
		w = "sep"
	}
	for m := time.January; m <= time.December; m++ {
		name := strings.ToLower(m.String())
		if w == name || w == name[:3] {
			*into = int(m)
			return true
		}
	}
	return false
}

// fraction reads the digits after the decimal point of the seconds.
func (c *cursor) fraction() (time.Duration, bool) {
	if !c.digit() {
		return 0, false
	}
	var v time.Duration
	for unit := time.Second / 10; c.digit(); unit /= 10 {
		v += time.Duration(c.rest[0]-'0') * unit
		c.rest = c.rest[1:]
	}
	return v, true
}

// halfDay reads AM or PM, if present, and returns the hour of the day.
func (c *cursor) halfDay(hour int) (int, bool) {
	if len(c.rest) < 2 || c.rest[1]|0x20 != 'm' {
		return hour, true
	}
	half := c.rest[0] | 0x20
	if half != 'a' && half != 'p' {
		return hour, true
	}
	c.rest = c.rest[2:]
	if hour < 1 || hour > 12 {
		return 0, false
	}
	hour %= 12
	if half == 'p' {
		hour += 12
	}
	return hour, true
}

// givenZone is the zone that a time has: an offset, or a name other than UTC.
type givenZone struct {
	given  bool
	offset time.Duration
	name   string
}

// zone reads Z, UTC, GMT or an offset, which may be followed by the name of a
// zone, or another name of a zone, if there is one.
func (c *cursor) zone() (givenZone, bool) {
	if c.rest == "" {
		return givenZone{}, true
	}
	if c.rest[0] != '+' && c.rest[0] != '-' {
		switch name := c.word(); name {
		case "z", "utc", "gmt":
			return givenZone{given: true}, true
		default:
			return givenZone{name: name}, name != ""
		}
	}
	negative := c.rest[0] == '-'
	c.rest = c.rest[1:]
	var hours, minutes int
	if !c.number(2, 2, &hours) {
		return givenZone{}, false
	}
	if (c.byte(':') || c.digit()) && !c.number(2, 2, &minutes) {
		return givenZone{}, false
	}
	if c.byte(' ') && c.word() == "" || hours > 23 || minutes > 59 {
		return givenZone{}, false
	}
	offset := time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if negative {
		offset = -offset
	}
	return givenZone{given: true, offset: offset}, true
}
