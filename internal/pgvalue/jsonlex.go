package pgvalue

import (
	"unicode/utf16"
	"unicode/utf8"

	"github.com/tasktwin/tasktwin"
)

// token is the kind of a JSON token: its first character, except for kinds with
// several first characters.
type token byte

const (
	tokenEnd    token = 0
	tokenString token = '"'
	tokenNumber token = '0'
	tokenTrue   token = 't'
	tokenFalse  token = 'f'
	tokenNull   token = 'n'
)

// lexer reads the tokens of a JSON text. Like PostgreSQL's, it is one token ahead,
// which decides which of two errors is reported.
type lexer struct {
	in  []byte
	pos int

	// The current token. The bounds are those of a scalar; of a string without its
	// quotes. An escaped string's bounds are in unescaped, not in the input.
	tok        token
	start, end int
	escaped    bool

	unescaped []byte
}

func syntaxError() error {
	return fail(tasktwin.InvalidTextRepresentation, "invalid input syntax for type json")
}

// next reads the next token.
func (l *lexer) next() error {
	in, i := l.in, l.pos
	for i < len(in) && (in[i] == ' ' || in[i] == '\n' || in[i] == '\t' || in[i] == '\r') {
		i++
	}
	l.start, l.escaped = i, false
	if i == len(in) {
		l.tok, l.pos = tokenEnd, i
		return nil
	}
	switch c := in[i]; {
	case c == '"':
		return l.string(i + 1)
	case c == '{' || c == '}' || c == '[' || c == ']' || c == ',' || c == ':':
		l.tok, l.pos = token(c), i+1
		return nil
	case c == '-' || '0' <= c && c <= '9':
		return l.number(i)
	}
	for i < len(in) && alphanumeric(in[i]) {
		i++
	}
	switch string(in[l.start:i]) {
	case "true":
		l.tok = tokenTrue
	case "false":
		l.tok = tokenFalse
	case "null":
		l.tok = tokenNull
	default:
		return syntaxError()
	}
	l.pos, l.end = i, i
	return nil
}

func alphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c >= utf8.RuneSelf
}

func (l *lexer) number(i int) error {
	in := l.in
	if in[i] == '-' {
		i++
	}
	digits := countDigits(in[i:])
	if digits == 0 || digits > 1 && in[i] == '0' {
		return syntaxError()
	}
	i += digits
	if i < len(in) && in[i] == '.' {
		if digits = countDigits(in[i+1:]); digits == 0 {
			return syntaxError()
		}
		i += 1 + digits
	}
	if i < len(in) && (in[i] == 'e' || in[i] == 'E') {
		i++
		if i < len(in) && (in[i] == '+' || in[i] == '-') {
			i++
		}
		if digits = countDigits(in[i:]); digits == 0 {
			return syntaxError()
		}
		i += digits
	}
	if i < len(in) && alphanumeric(in[i]) {
		return syntaxError()
	}
	l.tok, l.pos, l.end = tokenNumber, i, i
	return nil
}

// string reads a string whose first character is at i.
func (l *lexer) string(i int) error {
	in := l.in
	l.tok, l.start = tokenString, i
	for ; i < len(in); i++ {
		switch c := in[i]; {
		case c == '"':
			l.end, l.pos = i, i+1
			return nil
		case c == '\\':
			return l.escapedString(i)
		case c < ' ':
			return syntaxError()
		}
	}
	return syntaxError()
}

// escapedString continues with a string at its first escape, at i.
func (l *lexer) escapedString(i int) error {
	in := l.in
	begin := len(l.unescaped)
	out := l.unescaped
	out = append(out, in[l.start:i]...)
	// high is a high surrogate without its low surrogate so far.
	high := rune(-1)
	for i < len(in) {
		c := in[i]
		if c == '\\' && i+1 < len(in) && in[i+1] == 'u' {
			r, ok := hex4(in[i+2:])
			if !ok {
				return syntaxError()
			}
			i += 6
			switch {
			case high < 0 && 0xd800 <= r && r < 0xdc00:
				high = r
				continue
			case high >= 0:
				if r = utf16.DecodeRune(high, r); r == utf8.RuneError {
					return syntaxError()
				}
				high = -1
			case utf16.IsSurrogate(r):
				return syntaxError()
			case r == 0:
				return fail(tasktwin.UntranslatableCharacter, "unsupported Unicode escape sequence")
			}
			out = utf8.AppendRune(out, r)
			continue
		}
		if high >= 0 || c < ' ' {
			return syntaxError()
		}
		switch c {
		case '"':
			l.unescaped = out
			l.start, l.end, l.escaped, l.pos = begin, len(out), true, i+1
			return nil
		case '\\':
			i++
			if i == len(in) {
				return syntaxError()
			}
			if c = unescape(in[i]); c == 0 {
				return syntaxError()
			}
		}
		out = append(out, c)
		i++
	}
	return syntaxError()
}

// unescape returns the character that a backslash and c encode, or 0.
func unescape(c byte) byte {
	switch c {
	case '"', '\\', '/':
		return c
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return 0
}

func hex4(s []byte) (r rune, ok bool) {
	if len(s) < 4 {
		return 0, false
	}
	for _, c := range s[:4] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
