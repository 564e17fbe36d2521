// Package number formats numbers for people.
package number

import (
	"strconv"
	"strings"
)

// Count formats a number with commas between thousands.
func Count(n int) string { return grouped(strconv.Itoa(n)) }

// Fixed formats a number with the given digits after the decimal point and commas
// between thousands.
func Fixed(v float64, digits int) string { return grouped(strconv.FormatFloat(v, 'f', digits, 64)) }

// grouped adds commas between thousands.
func grouped(s string) string {
	whole, rest := s, ""
	if i := strings.IndexByte(s, '.'); i >= 0 {
		whole, rest = s[:i], s[i:]
	}
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return sign + whole + rest
}
