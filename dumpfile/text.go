package dumpfile

import (
	"errors"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// appendText appends a JSON string.
func appendText(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	from := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, s[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\t':
			dst = append(dst, '\\', 't')
		case '\r':
			dst = append(dst, '\\', 'r')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	dst = append(dst, s[from:]...)
	return append(dst, '"')
}

// The kinds of values in a row.
type kind byte

const (
	kindText   kind = '"'
	kindNumber kind = '0'
	kindWord   kind = 'w' // null, true, false
)

// scanner reads a line: a row, which is an array of strings, numbers and words,
// or an object.
type scanner struct {
	line    []byte
	at      int
	scratch []byte // holds the last string that had escapes
}

var (
	errSyntax = errors.New("it is not an array of JSON's strings, numbers, true, false and null")
	errValue  = errors.New("it is not one of JSON's strings, numbers, true, false and null")
)

// next reads the next value of an array, after open, which is '[' or ','. The
// text is valid until the next call. Escapes in strings are resolved.
func (s *scanner) next(open byte) (kind, []byte, error) {
	if !s.take(open) {
		return 0, nil, errSyntax
	}
	return s.value()
}

// value reads a string, a number or a word.
func (s *scanner) value() (kind, []byte, error) {
	s.space()
	if s.at == len(s.line) {
		return 0, nil, errValue
	}
	if s.line[s.at] == '"' {
		s.at++
		text, err := s.text()
		return kindText, text, err
	}
	from := s.at
	for s.at < len(s.line) && (isDigit(s.line[s.at]) || s.line[s.at] == '-' || 'a' <= s.line[s.at] && s.line[s.at] <= 'z') {
		s.at++
	}
	switch text := s.line[from:s.at]; {
	case len(text) == 0:
		return 0, nil, errValue
	case string(text) == "null" || string(text) == "true" || string(text) == "false":
		return kindWord, text, nil
	default:
		return kindNumber, text, nil
	}
}

// end reports whether the array and the line end here.
func (s *scanner) end() bool {
	if !s.take(']') {
		return false
	}
	s.space()
	return s.at == len(s.line)
}

func (s *scanner) take(c byte) bool {
	s.space()
	if s.at < len(s.line) && s.line[s.at] == c {
		s.at++
		return true
	}
	return false
}

func (s *scanner) space() {
	for s.at < len(s.line) && (s.line[s.at] == ' ' || s.line[s.at] == '\t') {
		s.at++
	}
}

// text reads a string whose opening quote has been read.
func (s *scanner) text() ([]byte, error) {
	from, escaped := s.at, false
	for ; s.at < len(s.line); s.at++ {
		switch c := s.line[s.at]; {
		case c == '"':
			raw := s.line[from:s.at]
			s.at++
			if !utf8.Valid(raw) {
				return nil, errors.New("a string is not valid UTF-8")
			}
			if escaped {
				return s.unescape(raw)
			}
			return raw, nil
		case c == '\\':
			escaped = true
			s.at++
		case c < ' ':
			return nil, errors.New("a string has a control character")
		}
	}
	return nil, errors.New("a string does not end")
}

var escapes = map[byte]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

func (s *scanner) unescape(raw []byte) ([]byte, error) {
	out := s.scratch[:0]
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			out = append(out, raw[i])
			continue
		}
		i++ // text has made sure that a byte follows
		if raw[i] != 'u' {
			c, ok := escapes[raw[i]]
			if !ok {
				return nil, errors.New("a string has an unknown escape: \\" + string(raw[i:i+1]))
			}
			out = append(out, c)
			continue
		}
		r, ok := unit(raw[i-1:])
		i += 4
		if ok && utf16.IsSurrogate(r) {
			var low rune
			if low, ok = unit(raw[i+1:]); ok {
				r, i = utf16.DecodeRune(r, low), i+6
				ok = r != utf8.RuneError
			}
		}
		if !ok {
			return nil, errors.New("a string has a \\u that is no character")
		}
		out = utf8.AppendRune(out, r)
	}
	s.scratch = out
	return out, nil
}

// unit reads a UTF-16 code unit in the form \uXXXX.
func unit(text []byte) (rune, bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	return rune(n), err == nil
}
