package replay

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// dayNumber reads a spreadsheet's day number, such as 45352.375 or 45352,375, to
// the millisecond.
func dayNumber(value string) (time.Time, bool) {
	const longest = 24
	if len(value) > longest || strings.Trim(value, "0123456789.,") != "" {
		return time.Time{}, false
	}
	days, err := strconv.ParseFloat(strings.Replace(value, ",", ".", 1), 64)
	if err != nil || days < firstDayNumber || days >= endDayNumber {
		return time.Time{}, false
	}
	whole, fraction := math.Modf(days)
	const perDay = float64(24 * time.Hour / time.Millisecond)
	at := time.Date(1899, 12, 30+int(whole), 0, 0, 0, 0, time.UTC)
	return at.Add(time.Duration(math.Round(fraction*perDay)) * time.Millisecond), true
}

// hasTimeOfDay reports whether a value is a day number with a time of day, which is
// a whole second as far as its digits tell: 45352.375 is 9 o'clock. Most other
// numbers are not.
func hasTimeOfDay(value string) (fraction, whole bool) {
	_, digits, fraction := strings.Cut(strings.Replace(value, ",", ".", 1), ".")
	if !fraction {
		return false, true
	}
	part, err := strconv.ParseFloat("0."+digits, 64)
	seconds := part * float64(24*time.Hour/time.Second)
	const tolerance = 0.01
	return part > 0, err == nil && math.Abs(seconds-math.Round(seconds)) <= tolerance
}
