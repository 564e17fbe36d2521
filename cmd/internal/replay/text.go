package replay

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// EncodingError reports a log that is not text in UTF-8. Such a log is refused as
// a whole: replacing invalid bytes could make different names equal.
type EncodingError struct {
	Encoding string // the detected encoding, or empty
	Line     int    // of the first byte that is not text
	Column   int    // position of that byte in the line, from 1
	Byte     byte
	BadLines int // number of lines with such bytes
	Lines    int
}

// Error says where the first invalid byte is, how many lines have such bytes and
// how to fix the file.
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

// textReader passes a log through and looks for bytes that are not text in UTF-8.
// When it returns such a byte, bad is already set.
type textReader struct {
	in   io.Reader
	head []byte // the first bytes, used to detect other encodings
	tail []byte // the beginning of a character that is not complete yet
	buf  []byte
	line int // the current line, from 0
	at   int // number of bytes read of the current line
	bad  *EncodingError
	last int // the last line counted in bad.BadLines
}

// headSize is the length of the longest byte order mark.
const headSize = 4

func (r *textReader) Read(p []byte) (int, error) {
	n, err := r.in.Read(p)
	r.head = append(r.head, p[:min(n, headSize-len(r.head))]...)
	r.check(p[:n], errors.Is(err, io.EOF))
	return n, err
}

// check examines the next bytes.
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

// err returns an [EncodingError] if the text has invalid bytes. It reads the rest
// of the log first, to count its lines.
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

// encodingOf detects UTF-16 and UTF-32 by their byte order mark, and UTF-16 also
// by two ASCII characters.
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

// wholeCharacters returns the length of the text without an incomplete character
// at its end.
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

// firstBad returns the index of the first byte that is NUL or not UTF-8, or -1.
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
