// Package number prints numbers for readers.
package number

import (
	"strconv"
	"strings"
)

// Count prints a number with a comma between thousands.
func Count(n int) string { return grouped(strconv.Itoa(n)) }

// Fixed prints a number with so many digits after the point, and a comma between
// thousands.
func Fixed(v float64, digits int) string { return grouped(strconv.FormatFloat(v, 'f', digits, 64)) }

// grouped adds the commas.
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
