package dumpfile

import (
	"fmt"
	"time"
)

// appendInstant appends a time in RFC 3339, in UTC, without trailing zeros in its
// fraction. RFC 3339 has only years of four digits. Other years have a sign as in
// ISO 8601: +294276, and -4713 for 4714 BC.
func appendInstant(dst []byte, t time.Time) []byte {
	const rest = "-01-02T15:04:05.999999999Z"
	t = t.UTC()
	if t.Year() < 0 || t.Year() > 9999 {
		return t.AppendFormat(fmt.Appendf(dst, "%+05d", t.Year()), rest)
	}
	return t.AppendFormat(dst, "2006"+rest)
}

// parseInstant parses exactly what appendInstant writes.
func parseInstant(text []byte) (time.Time, bool) {
	const rest = "-01-02T15:04:05"
	year, i, negative := 0, 0, false
	if len(text) > 0 && (text[0] == '+' || text[0] == '-') {
		negative = text[0] == '-'
		i++
	}
	for ; i < len(text) && i < 8 && isDigit(text[i]); i++ {
		year = year*10 + int(text[i]-'0')
	}
	if negative {
		year = -year
	}
	text, whole := text[i:], text
	if len(text) < len(rest)+1 {
		return time.Time{}, false
	}
	nanos := 0
	if text[len(rest)] == '.' && len(text) > len(rest)+1 {
		unit := 100_000_000
		for _, c := range text[len(rest)+1 : len(text)-1] {
			nanos += int(c-'0') * unit
			unit /= 10
		}
	}
	two := func(at int) int { return int(text[at]-'0')*10 + int(text[at+1]-'0') }
	t := time.Date(year, time.Month(two(1)), two(4), two(7), two(10), two(13), nanos, time.UTC)
	// The encoding is canonical: if anything was skipped or normalized above,
	// encoding the time gives another text.
	var again [40]byte
	return t, string(appendInstant(again[:0], t)) == string(whole)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
