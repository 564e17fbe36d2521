package pgvalue

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// LowerMode says what lower() does, which in PostgreSQL depends on the locale of
// the database.
type LowerMode int

// The modes.
const (
	// LowerCUTF8 maps each code point by itself, as the locale C.UTF-8 does.
	LowerCUTF8 LowerMode = iota
	// LowerC maps ASCII only, as the locale C does.
	LowerC
	// LowerICU maps fully, as ICU does in a locale without rules of its own: İ
	// becomes two code points, and Σ at the end of a word becomes ς.
	LowerICU
)

// Lower returns lower(s) under a mode. s is text that Text has accepted.
func Lower(mode LowerMode, s string) string {
	i := 0
	for ; i < len(s); i++ {
		if c := s[i]; c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' {
			break
		}
	}
	if i == len(s) {
		return s
	}
	switch mode {
	case LowerC:
		return lowerASCII(s, i)
	case LowerICU:
		return lowerFull(s, i)
	default:
		return strings.Map(lowerSimple, s)
	}
}

func lowerASCII(s string, from int) string {
	upper := func(c byte) bool { return 'A' <= c && c <= 'Z' }
	for from < len(s) && !upper(s[from]) {
		from++
	}
	if from == len(s) {
		return s
	}
	b := []byte(s)
	for i := from; i < len(b); i++ {
		if upper(b[i]) {
			b[i] += 'a' - 'A'
		}
	}
	return string(b)
}

func lowerSimple(r rune) rune { return unicode.ToLower(r) }

const (
	capitalIWithDot   = 'İ'
	capitalSigma      = 'Σ'
	smallFinalSigma   = 'ς'
	combiningDotAbove = '\u0307'
)

func lowerFull(s string, from int) string {
	var b strings.Builder
	b.Grow(len(s) + 2)
	b.WriteString(s[:from])
	for i, r := range s[from:] {
		i += from
		switch {
		case r == capitalIWithDot:
			b.WriteRune('i')
			b.WriteRune(combiningDotAbove)
		case r == capitalSigma && endsWord(s[:i], s[i+utf8.RuneLen(r):]):
			b.WriteRune(smallFinalSigma)
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// endsWord reports whether a Σ between before and after is a final sigma: a
// cased letter comes before it and none after, case-ignorable characters aside.
func endsWord(before, after string) bool {
	for _, r := range after {
		if caseIgnorable(r) {
			continue
		}
		if cased(r) {
			return false
		}
		break
	}
	for len(before) > 0 {
		r, size := utf8.DecodeLastRuneInString(before)
		if !caseIgnorable(r) {
			return cased(r)
		}
		before = before[:len(before)-size]
	}
	return false
}

// cased is Unicode's derived property Cased.
func cased(r rune) bool {
	return unicode.In(r, unicode.Upper, unicode.Lower, unicode.Title, unicode.Other_Uppercase, unicode.Other_Lowercase)
}

// caseIgnorable is Unicode's derived property Case_Ignorable. The characters
// listed are those whose Word_Break is MidLetter, MidNumLet or Single_Quote.
func caseIgnorable(r rune) bool {
	switch r {
	case '\'', '.', ':', '\u00b7', '\u0387', '\u055f', '\u05f4', '\u2018', '\u2019', '\u2024', '\u2027',
		'\ufe13', '\ufe52', '\ufe55', '\uff07', '\uff0e', '\uff1a':
		return true
	}
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk)
}
