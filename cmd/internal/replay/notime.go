package replay

import (
	"fmt"
	"regexp"
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

// exponent matches numbers such as 1.45675E+09.
var exponent = regexp.MustCompile(`^[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+$`)

// whyNoTime explains why a value is not a time. It returns "" if it has no
// explanation or a layout parses the value.
func whyNoTime(value string, zone Timezone) string {
	if parsesAny(value, layout.parse) {
		return ""
	}
	if strings.Trim(value, "0123456789.,") == "" {
		n, err := strconv.ParseFloat(strings.Replace(value, ",", ".", 1), 64)
		switch {
		case err != nil:
			return ""
		case n >= firstDayNumber && n < endDayNumber:
			at, _ := dayNumber(value)
			return "it looks like a spreadsheet's day number, " + at.Format(time.DateTime)
		default:
			return fmt.Sprintf("as a Unix time, it is not within the years %d to %d", firstUnixYear, lastYear)
		}
	}
	if parsesAny(value, layout.parseAny) {
		return fmt.Sprintf("the year is not within %d to %d", firstYear, lastYear)
	}
	if name := lastWord(value); name != "" {
		before := strings.TrimSpace(strings.TrimSuffix(value, name))
		switch {
		case !strings.Contains(before, ":") || !parsesAny(before, layout.parse):
		case zone.Set():
			return fmt.Sprintf("the time zone %q is none of %s", shorten(name), zone.at)
		default:
			return fmt.Sprintf("the time zone %q is not known, write an offset such as +02:00, or name the place with --timezone", shorten(name))
		}
	}
	if exponent.MatchString(value) {
		return "it has an exponent, which spreadsheets write where they drop digits"
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
