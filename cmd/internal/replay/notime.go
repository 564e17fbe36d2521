package replay

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Day numbers of spreadsheets, which count from the end of 1899, for the range of
// years in which Unix times are accepted.
const (
	firstDayNumber = 32_874 // 1990-01-01
	endDayNumber   = 73_051 // 2100-01-01
)

// whyNoTime explains why a value is not a time. It returns "" if it has no
// explanation or a layout parses the value.
func whyNoTime(value string) string {
	if parsesAny(value, layout.parse) {
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
	if parsesAny(value, layout.parseAny) {
		return fmt.Sprintf("the year is not within %d to %d", firstYear, lastYear)
	}
	if zone := lastWord(value); zone != "" {
		if before := strings.TrimSpace(strings.TrimSuffix(value, zone)); strings.Contains(before, ":") && parsesAny(before, layout.parse) {
			return fmt.Sprintf("the time zone %q is not known, write an offset such as +02:00", shorten(zone))
		}
	}
	return ""
}

// parsesAny reports whether any layout parses a value.
func parsesAny(value string, parse func(layout, string) (time.Time, bool)) bool {
	return slices.ContainsFunc(layouts, func(l layout) bool {
		_, ok := parse(l, value)
		return ok
	})
}

// lastWord returns the letters at the end of a value.
func lastWord(value string) string {
	return value[len(strings.TrimRightFunc(value, unicode.IsLetter)):]
}
