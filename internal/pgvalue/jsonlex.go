package pgvalue

import (
	"fmt"
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

// lexer reads the tokens of a JSON text. Like PostgreSQL's lexer, it reads one token ahead,
// which determines which of two errors is reported.
type lexer struct {
	in  []byte
	pos int

	// tok is the current token, and begin its start. For a scalar, start and end are its
	// bounds in the input, without the quotes of a string. For an escaped string they are
	// bounds in unescaped.
	tok        token
	begin      int
	start, end int
	escaped    bool

	unescaped []byte
}

// syntaxError returns the error of invalid JSON. The details are the same in all versions
// of PostgreSQL, with one exception: for a control character after a high surrogate, the
// detail is about the character up to version 15, and about the surrogate from 16 on, as
// here.
func syntaxError(detail string) error {
	return &tasktwin.Error{
		Code: tasktwin.InvalidTextRepresentation, Message: "invalid input syntax for type json", Detail: detail,
	}
}

// invalidToken returns the error of a token that ends before end.
func (l *lexer) invalidToken(end int) error {
	return syntaxError(fmt.Sprintf(`Token "%s" is invalid.`, l.in[l.begin:end]))
}

func errUnescaped(c byte) error {
	return syntaxError(fmt.Sprintf("Character with value 0x%02x must be escaped.", c))
}

func errLoneSurrogate() error {
	return syntaxError("Unicode low surrogate must follow a high surrogate.")
}

// next reads the next token.
func (l *lexer) next() error {
	in, i := l.in, l.pos
	for i < len(in) && (in[i] == ' ' || in[i] == '\n' || in[i] == '\t' || in[i] == '\r') {
		i++
	}
	l.begin, l.start, l.escaped = i, i, false
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
		return l.invalidToken(max(i, l.begin+1))
	}
	l.pos, l.end = i, i
	return nil
}

func alphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c >= utf8.RuneSelf
}

// number reads a number and the characters after it that would be part of its token.
func (l *lexer) number(i int) error {
	in := l.in
	if in[i] == '-' {
		i++
	}
	digits := countDigits(in[i:])
	valid := digits > 0
	if valid && in[i] == '0' {
		digits = 1
	}
	i += digits
	if i < len(in) && in[i] == '.' {
		digits = countDigits(in[i+1:])
		valid = valid && digits > 0
		i += 1 + digits
	}
	if i < len(in) && (in[i] == 'e' || in[i] == 'E') {
		i++
		if i < len(in) && (in[i] == '+' || in[i] == '-') {
			i++
		}
		digits = countDigits(in[i:])
		valid = valid && digits > 0
		i += digits
	}
	for i < len(in) && alphanumeric(in[i]) {
		valid = false
		i++
	}
	if !valid {
		return l.invalidToken(i)
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
			return errUnescaped(c)
		}
	}
	return l.invalidToken(len(in))
}

// escapedString continues with a string at its first escape, at i.
func (l *lexer) escapedString(i int) error {
	in := l.in
	begin := len(l.unescaped)
	out := l.unescaped
	out = append(out, in[l.start:i]...)
	// high is a high surrogate whose low surrogate has not been read yet, or negative.
	high := rune(-1)
	for i < len(in) {
		c := in[i]
		switch {
		case c == '\\' && i+1 == len(in):
			return l.invalidToken(len(in))
		case c == '\\' && in[i+1] == 'u':
			r, err := l.codePoint(i+2, &high)
			if err != nil {
				return err
			}
			i += 6
			if high < 0 {
				out = utf8.AppendRune(out, r)
			}
			continue
		case high >= 0:
			return errLoneSurrogate()
		case c < ' ':
			return errUnescaped(c)
		case c == '"':
			l.unescaped = out
			l.start, l.end, l.escaped, l.pos = begin, len(out), true, i+1
			return nil
		case c == '\\':
			i++
			if c = unescape(in[i]); c == 0 {
				_, size := utf8.DecodeRune(in[i:])
				return syntaxError(fmt.Sprintf(`Escape sequence "\%s" is invalid.`, in[i:i+size]))
			}
		}
		out = append(out, c)
		i++
	}
	return l.invalidToken(len(in))
}

// codePoint returns the code point of the four hexadecimal digits at i. high is the high
// surrogate of a pair whose low surrogate has not been read yet, or negative.
func (l *lexer) codePoint(i int, high *rune) (rune, error) {
	r, digits := hex4(l.in[i:])
	switch {
	case digits < 4 && i+digits == len(l.in):
		return 0, l.invalidToken(len(l.in))
	case digits < 4:
		return 0, syntaxError(`"\u" must be followed by four hexadecimal digits.`)
	case 0xd800 <= r && r < 0xdc00:
		if *high >= 0 {
			return 0, syntaxError("Unicode high surrogate must not follow a high surrogate.")
		}
		*high = r
	case *high >= 0:
		if r = utf16.DecodeRune(*high, r); r == utf8.RuneError {
			return 0, errLoneSurrogate()
		}
		*high = -1
	case utf16.IsSurrogate(r):
		return 0, errLoneSurrogate()
	case r == 0:
		return 0, &tasktwin.Error{
			Code: tasktwin.UntranslatableCharacter, Message: "unsupported Unicode escape sequence",
			Detail: `\u0000 cannot be converted to text.`,
		}
	}
	return r, nil
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

// hex4 reads up to four hexadecimal digits and returns their value and their number.
func hex4(s []byte) (r rune, digits int) {
	for digits < min(4, len(s)) {
		c := s[digits]
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, digits
		}
		r = r<<4 | rune(c)
		digits++
	}
	return r, digits
}
