package pgvalue

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// LowerMode selects the behaviour of lower(), which in PostgreSQL depends on the
// locale of the database.
//
// Letters follow the Unicode version of Go's tables, 15.0. glibc 2.36 and ICU 72 have the
// same version, so with them no code point differs. A server with another version differs
// in the capital letters that were added in between: in 11.0 the Georgian (U+1C90 to
// U+1CBF) and Medefaidrin ones (U+16E40 to U+16E5F) and U+A7B8; in 12.0 U+A7BA, A7BC, A7BE,
// A7C2 and A7C4 to A7C6; in 13.0 U+A7C7, A7C9 and A7F5; in 14.0 Glagolitic Caudate Chri
// (U+2C2F), the Vithkuqi ones (U+10570 to U+10595) and U+A7C0, A7D0, A7D6 and A7D8; in 16.0
// Cyrillic Tje (U+1C89), the Garay ones (U+10D50 to U+10D65) and U+A7CB, A7CC, A7DA and
// A7DC; in 17.0 the Beria Erfe ones (U+16EA0 to U+16EB8) and U+A7CE, A7D2 and A7D4. Those
// that begin with A7 are Latin.
type LowerMode int

// The modes.
const (
	// LowerCUTF8 maps each code point separately, as the locale C.UTF-8 does.
	LowerCUTF8 LowerMode = iota
	// LowerC maps ASCII only, as the locale C does.
	LowerC
	// LowerICU uses the full mapping, as ICU does in all locales but Turkish,
	// Azerbaijani and Lithuanian: İ becomes two code points, and Σ at the end of a
	// word becomes ς.
	LowerICU
	// LowerUnicodeFast is like LowerICU, but a Σ with nothing but case-ignorable characters
	// before it becomes ς, too, as in PostgreSQL's own locale PG_UNICODE_FAST (18).
	LowerUnicodeFast
)

// Lower returns lower(s) in a mode. s must be valid by Text.
func Lower(mode LowerMode, s string) string {
	i := 0
	for ; i < len(s); i++ {
		if c := s[i]; c >= utf8.RuneSelf || upperASCII(c) {
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
		return lowerFull(s, i, false)
	case LowerUnicodeFast:
		return lowerFull(s, i, true)
	default:
		return strings.Map(unicode.ToLower, s)
	}
}

func lowerASCII(s string, from int) string {
	for from < len(s) && !upperASCII(s[from]) {
		from++
	}
	if from == len(s) {
		return s
	}
	b := []byte(s)
	for i := from; i < len(b); i++ {
		if upperASCII(b[i]) {
			b[i] += 'a' - 'A'
		}
	}
	return string(b)
}

func upperASCII(c byte) bool { return 'A' <= c && c <= 'Z' }

const (
	capitalIWithDot   = 'İ'
	capitalSigma      = 'Σ'
	smallFinalSigma   = 'ς'
	combiningDotAbove = '\u0307'
)

func lowerFull(s string, from int, endsIgnorables bool) string {
	var b strings.Builder
	b.Grow(len(s) + 2)
	b.WriteString(s[:from])
	for i, r := range s[from:] {
		i += from
		switch {
		case r == capitalIWithDot:
			b.WriteRune('i')
			b.WriteRune(combiningDotAbove)
		case r == capitalSigma && endsWord(s[:i], s[i+utf8.RuneLen(r):], endsIgnorables):
			b.WriteRune(smallFinalSigma)
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// endsWord reports whether a Σ between before and after is a final sigma: apart from
// case-ignorable characters, a cased letter precedes it and none follows it. endsIgnorables is
// the answer if the text begins with case-ignorable characters, up to the Σ.
func endsWord(before, after string, endsIgnorables bool) bool {
	for _, r := range after {
		if caseIgnorable(r) {
			continue
		}
		if cased(r) {
			return false
		}
		break
	}
	if before == "" {
		return false
	}
	for len(before) > 0 {
		r, size := utf8.DecodeLastRuneInString(before)
		if !caseIgnorable(r) {
			return cased(r)
		}
		before = before[:len(before)-size]
	}
	return endsIgnorables
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
