package replay

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// EncodingError is a log that is not text in UTF-8. Such a log is refused as a
// whole: replacing its bytes would make one name of two.
type EncodingError struct {
	Encoding string // what the log is in instead, if that is certain
	Line     int    // of the first byte that is not text
	Column   int    // its number in the line, from 1
	Byte     byte
	BadLines int // how many lines have such bytes
	Lines    int
}

// Error says where the first byte is, how many lines have one and what to do.
func (e *EncodingError) Error() string {
	if e.Encoding != "" {
		return fmt.Sprintf("the file is in %s: convert it to UTF-8, as with iconv -f %s -t UTF-8", e.Encoding, e.Encoding)
	}
	what := fmt.Sprintf("byte 0x%02X is not UTF-8", e.Byte)
	if e.Byte == 0 {
		what = "a NUL byte is not text"
	}
	return fmt.Sprintf("line %d, byte %d: %s (%d of %d lines have such bytes): "+
		"the file must be in UTF-8, convert it as with iconv -f WINDOWS-1252 -t UTF-8",
		e.Line, e.Column, what, e.BadLines, e.Lines)
}

// textReader passes a log on, and finds the bytes that are not text in UTF-8. A
// reader of its lines sees no such byte before bad is set.
type textReader struct {
	in   io.Reader
	head []byte // the first bytes, by which other encodings are known
	tail []byte // the begin of a character, whose rest is not read yet
	buf  []byte
	line int // the current one, from 0
	at   int // bytes of the current line so far
	bad  *EncodingError
	last int // the last line that was counted as bad
}

// headSize is the length of the longest byte order mark.
const headSize = 4

func (r *textReader) Read(p []byte) (int, error) {
	n, err := r.in.Read(p)
	r.head = append(r.head, p[:min(n, headSize-len(r.head))]...)
	r.check(p[:n], errors.Is(err, io.EOF))
	return n, err
}

// check looks at the next bytes.
func (r *textReader) check(p []byte, last bool) {
	r.buf = append(append(r.buf[:0], r.tail...), p...)
	text := r.buf
	if !last {
		text = text[:wholeCharacters(text)]
	}
	r.tail = append(r.tail[:0], r.buf[len(text):]...)
	for len(text) > 0 {
		line, rest, ends := bytes.Cut(text, []byte("\n"))
		if i := firstBad(line); i >= 0 {
			r.count(line[i], r.at+i+1)
		}
		r.at += len(line)
		if ends {
			r.line, r.at = r.line+1, 0
		}
		text = rest
	}
}

func (r *textReader) count(b byte, column int) {
	if r.bad == nil {
		r.bad = &EncodingError{Line: r.line + 1, Column: column, Byte: b}
	} else if r.last == r.line {
		return
	}
	r.last = r.line
	r.bad.BadLines++
}

// err returns an [EncodingError] if a byte was not text. The rest of the log is
// read first, for the number of lines.
func (r *textReader) err() error {
	if r.bad == nil {
		return nil
	}
	if r.bad.Encoding = encodingOf(r.head); r.bad.Encoding == "" {
		if _, err := io.Copy(io.Discard, r); err != nil {
			return errors.Join(r.bad, err)
		}
	}
	r.bad.Lines = r.line
	if r.at > 0 {
		r.bad.Lines++
	}
	return r.bad
}

// encodingOf knows UTF-16 and UTF-32 by the mark, and UTF-16 also by two ASCII
// characters.
func encodingOf(head []byte) string {
	for _, mark := range []struct{ encoding, bytes string }{
		{"UTF-32", "\xff\xfe\x00\x00"}, {"UTF-32", "\x00\x00\xfe\xff"}, {"UTF-16", "\xff\xfe"}, {"UTF-16", "\xfe\xff"},
	} {
		if bytes.HasPrefix(head, []byte(mark.bytes)) {
			return mark.encoding
		}
	}
	if len(head) < headSize {
		return ""
	}
	zero := [headSize]bool{}
	for i, b := range head {
		zero[i] = b == 0
	}
	switch zero {
	case [headSize]bool{false, true, false, true}:
		return "UTF-16LE"
	case [headSize]bool{true, false, true, false}:
		return "UTF-16BE"
	default:
		return ""
	}
}

// wholeCharacters is the length of text without a character at its end whose
// rest is missing.
func wholeCharacters(text []byte) int {
	for i := 1; i < utf8.UTFMax && i <= len(text); i++ {
		if start := len(text) - i; utf8.RuneStart(text[start]) {
			if utf8.FullRune(text[start:]) {
				break
			}
			return start
		}
	}
	return len(text)
}

// firstBad is the index of the first byte that is NUL or not UTF-8, or -1.
func firstBad(line []byte) int {
	zero := bytes.IndexByte(line, 0)
	if utf8.Valid(line) {
		return zero
	}
	i := 0
	for {
		r, size := utf8.DecodeRune(line[i:])
		if r == utf8.RuneError && size == 1 || i == zero {
			return i
		}
		i += size
	}
}
