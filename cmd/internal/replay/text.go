package replay

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// EncodingError reports a log with bytes that are not text. Such a log is refused
// as a whole: replacing invalid bytes could make different names equal.
type EncodingError struct {
	// Encoding is the encoding in which the log was read.
	Encoding Encoding
	Line     int // of the first byte that is not text
	Column   int // position of that byte in the line, from 1
	Byte     byte
	BadLines int // number of lines with such bytes
	Lines    int
	// Clear is the encoding of the log if its bytes leave no doubt, or empty.
	Clear Encoding
	// Possible describes the encodings in which the log is a likely text.
	Possible []string
	mixed    bool // other lines are in UTF-8
	given    bool // the encoding was given
}

// Error says where the first invalid byte is, how many lines have such bytes and
// what to do about it.
func (e *EncodingError) Error() string {
	at := fmt.Sprintf("line %d, byte %d: ", e.Line, e.Column)
	lines := fmt.Sprintf(" (%d of %d lines have such bytes): ", e.BadLines, e.Lines)
	switch {
	case e.Byte == 0:
		return at + "a NUL byte is not text" + lines + "the file must be text"
	case e.Encoding != "":
		return fmt.Sprintf("line %d: a character is not %s (%d of %d lines have such): correct the file, or give its encoding with --encoding",
			e.Line, e.Encoding, e.BadLines, e.Lines)
	}
	at += fmt.Sprintf("byte 0x%02X is not UTF-8", e.Byte) + lines
	switch {
	case e.mixed:
		return at + "its encoding is not clear, because other characters are UTF-8: correct the file, or give its encoding with --encoding"
	case e.given:
		return at + "correct the file, or give its encoding with --encoding"
	case e.Clear != "":
		return at + fmt.Sprintf("use --encoding %s", e.Clear)
	case len(e.Possible) > 0:
		return at + fmt.Sprintf("its encoding is not clear, a word may be %s: give the encoding with --encoding", strings.Join(e.Possible, ", "))
	default:
		return at + "its encoding is not clear: give it with --encoding, such as --encoding windows-1252"
	}
}

// textReader passes a log through and looks for bytes that are not text in UTF-8.
// When it returns such a byte, bad is already set.
type textReader struct {
	in      io.Reader
	given   bool     // the encoding is known
	decoded Encoding // in decodes from this encoding, and has U+FFFD for what it cannot decode
	found   evidence
	tail    []byte // the beginning of a character that is not complete yet
	buf     []byte
	line    int // the current line, from 0
	at      int // number of bytes read of the current line
	bad     *EncodingError
	last    int // the last line counted in bad.BadLines
}

func (r *textReader) Read(p []byte) (int, error) {
	n, err := r.in.Read(p)
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
		if i := r.firstBad(line); i >= 0 {
			r.count(line[i], r.at+i+1)
			r.found.add(line)
		} else if !r.found.utf8 && !r.given {
			r.found.utf8 = slices.ContainsFunc(line, func(b byte) bool { return b >= utf8.RuneSelf })
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
	if _, err := io.Copy(io.Discard, r); err != nil {
		return errors.Join(r.bad, err)
	}
	r.bad.Lines = r.line
	if r.at > 0 {
		r.bad.Lines++
	}
	r.bad.Encoding, r.bad.given = r.decoded, r.given
	if !r.given && r.bad.Byte != 0 {
		r.bad.mixed = r.found.utf8
		r.bad.Clear, r.bad.Possible = r.found.decide()
	}
	return r.bad
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

// firstBad returns the index of the first byte that is not text, or -1.
func (r *textReader) firstBad(line []byte) int {
	if r.decoded != "" {
		return bytes.IndexFunc(line, func(c rune) bool { return c == 0 || c == utf8.RuneError })
	}
	return firstBad(line)
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
