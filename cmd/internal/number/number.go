// Package number formats numbers for people. Reports as text and pages use it, so that
// they show the same figure in the same way.
package number

import (
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// None stands for a figure that does not exist, such as the median of nothing.
const None = "–"

var english = message.NewPrinter(language.English)

// Count formats a number with commas between thousands.
func Count(n int) string { return english.Sprintf("%d", n) }

// Fixed formats a number with the given digits after the decimal point and commas
// between thousands.
func Fixed(v float64, digits int) string { return english.Sprintf("%.*f", digits, v) }

// Hours formats milliseconds as hours with one digit after the decimal point.
func Hours(ms int64) string { return Fixed(float64(ms)/float64(time.Hour.Milliseconds()), 1) }

// Percent formats a share, 1 being all, as a number of per cent with one digit after the
// decimal point.
func Percent(share float64) string { return Fixed(100*share, 1) }

// Plural formats a number of things, whose name is that of one of them: task, reply.
func Plural(n int, what string) string {
	stem, y := strings.CutSuffix(what, "y")
	switch {
	case n == 1:
	case y && !strings.ContainsAny(stem[max(0, len(stem)-1):], "aeou"): // reply, not day
		what = stem + "ies"
	default:
		what += "s"
	}
	return Count(n) + " " + what
}

// Duration formats milliseconds in two units at most, rounded to the smaller one: 1d 4h,
// 3m 20s, 7.5s, 450ms.
func Duration(ms int64) string {
	if ms < 0 {
		return "-" + Duration(-max(ms, -math.MaxInt64))
	}
	const second, minute, hour, day = 1000, 60_000, 3_600_000, 86_400_000
	switch {
	case ms == 0:
		return "0s"
	case ms < second:
		return Count(int(ms)) + "ms"
	case ms < minute-50: // else it is a minute when it is rounded
		return strings.TrimSuffix(Fixed(float64(ms)/second, 1), ".0") + "s"
	}
	switch {
	case ms < hour-second/2:
		return inUnits(ms, minute, second, "m", "s")
	case ms < day-minute/2:
		return inUnits(ms, hour, minute, "h", "m")
	default:
		return inUnits(ms, day, hour, "d", "h")
	}
}

// Seconds is Duration of milliseconds rounded to seconds.
func Seconds(ms int64) string { return Duration((ms + 500) / 1000 * 1000) }

// inUnits formats milliseconds in two units.
func inUnits(ms, large, small int64, largeName, smallName string) string {
	rounded := ms/small + (ms%small+small/2)/small // small may not be added to a huge number
	text := Count(int(rounded/(large/small))) + largeName
	if rest := rounded % (large / small); rest > 0 {
		text += " " + Count(int(rest)) + smallName
	}
	return text
}

// Align pads numbers with spaces on the right, so that their decimal points are below
// each other if the texts end in the same column. A text without digits has none.
func Align(numbers ...string) []string {
	after := func(s string) int {
		if i := strings.LastIndexByte(s, '.'); i >= 0 {
			return len(s) - i
		}
		return 0
	}
	most := 0
	for _, s := range numbers {
		most = max(most, after(s))
	}
	out := make([]string, len(numbers))
	for i, s := range numbers {
		out[i] = s + strings.Repeat(" ", most-after(s))
	}
	return out
}

// Cut shortens a text to a number of characters, of which the last is an ellipsis.
func Cut(s string, length int) string {
	if utf8.RuneCountInString(s) <= length {
		return s
	}
	return string([]rune(s)[:max(length-1, 0)]) + "…"
}
