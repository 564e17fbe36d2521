// Package suggest finds what somebody who mistyped a word may have meant.
package suggest

import (
	"fmt"
	"strings"
	"unicode"
)

// For returns the words that are most like a mistyped one, best first and at most
// three: those that differ only in case and in characters other than letters and
// digits, else those with the fewest typing mistakes, of which a word may have one
// for each three letters, else those that begin with it.
func For(typed string, words []string) []string {
	plain := []rune(normalize(typed))
	if len(plain) == 0 {
		return nil
	}
	best, fewest := []string(nil), 1+(len(plain)+1)/3
	for _, word := range words {
		switch n := distance(plain, []rune(normalize(word))); {
		case n >= fewest && (n > fewest || len(best) == 0): // too many, or more than others
		case n == fewest:
			best = append(best, word)
		default:
			best, fewest = []string{word}, n
		}
	}
	if best == nil {
		for _, word := range words {
			if len(plain) > 1 && strings.HasPrefix(normalize(word), string(plain)) {
				best = append(best, word)
			}
		}
	}
	return best[:min(len(best), 3)]
}

// Question returns the words of [For] as the end of a message, such as
// `; did you mean "Case ID"?`, or an empty text if there are none.
func Question(typed string, words []string) string {
	found := For(typed, words)
	if len(found) == 0 {
		return ""
	}
	for i, word := range found {
		found[i] = fmt.Sprintf("%q", word)
	}
	return "; did you mean " + strings.Join(found, " or ") + "?"
}

func normalize(word string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, word)
}

// distance returns how many characters have to be inserted, deleted, replaced or
// swapped with their neighbour to get from a to b, without changing one twice: the
// optimal string alignment distance.
func distance(a, b []rune) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		before, last, row = last, row, before
		row[0] = i + 1
		for j := range b {
			replaced := last[j]
			if a[i] != b[j] {
				replaced++
			}
			row[j+1] = min(replaced, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
	}
	return row[len(b)]
}
