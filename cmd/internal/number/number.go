// Package number formats numbers for people.
package number

import (
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

var english = message.NewPrinter(language.English)

// Count formats a number with commas between thousands.
func Count(n int) string { return english.Sprintf("%d", n) }

// Fixed formats a number with the given digits after the decimal point and commas
// between thousands.
func Fixed(v float64, digits int) string { return english.Sprintf("%.*f", digits, v) }
