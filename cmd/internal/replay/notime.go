package replay

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// What spreadsheets count from the end of 1899: the days of the years that a Unix
// time may be of.
const (
	firstDayNumber = 32_874 // 1990-01-01
	endDayNumber   = 73_051 // 2100-01-01
)

// whyNoTime says what a value looks like that is not a time, or "" if that is
// not known or a layout reads it.
func whyNoTime(value string) string {
	if reads(value, layout.parse) {
		return ""
	}
	if strings.Trim(value, "0123456789.,") == "" {
		n, err := strconv.ParseFloat(strings.Replace(value, ",", ".", 1), 64)
		switch {
		case err != nil:
			return ""
		case n >= firstDayNumber && n < endDayNumber:
			return "it looks like a spreadsheet's day number"
		default:
			return fmt.Sprintf("as a Unix time, it is not within the years %d to %d", firstUnixYear, lastYear)
		}
	}
	if reads(value, layout.parseAny) {
		return fmt.Sprintf("the year is not within %d to %d", firstYear, lastYear)
	}
	if zone := lastWord(value); zone != "" {
		if before := strings.TrimSpace(strings.TrimSuffix(value, zone)); strings.Contains(before, ":") && reads(before, layout.parse) {
			return fmt.Sprintf("the time zone %q is not known, write an offset such as +02:00", shorten(zone))
		}
	}
	return ""
}

// reads reports whether any layout reads a value.
func reads(value string, parse func(layout, string) (time.Time, bool)) bool {
	return slices.ContainsFunc(layouts, func(l layout) bool {
		_, ok := parse(l, value)
		return ok
	})
}

// lastWord returns the letters at the end of a value.
func lastWord(value string) string {
	return value[len(strings.TrimRightFunc(value, unicode.IsLetter)):]
}
