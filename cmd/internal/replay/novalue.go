package replay

import (
	"slices"
	"strings"
)

// noValues are what exports write for a time that is not known, in lower case.
var noValues = []string{"na", "n/a", "#n/a", "nan", "nat", "null", "(null)", "nil", "none", `\n`, "-", "--", "?"}

// isNoTime reports whether a value stands for no time: an empty one, a word such as
// NULL, or a date of zeros such as 0000-00-00 00:00:00.
func isNoTime(value string) bool {
	if value == "" {
		return true
	}
	const longestWord = 8
	if len(value) <= longestWord && slices.Contains(noValues, strings.ToLower(value)) {
		return true
	}
	return strings.Contains(value, "0") && strings.Trim(value, "0-/.: TZ+") == ""
}
