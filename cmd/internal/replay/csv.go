package replay

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// maxRecord bounds what one record may take, so that a quote that is never
// closed does not pull the rest of the file into memory.
const maxRecord = 1 << 20

// csvReader reads records as RFC 4180 has them, more leniently where nothing is
// ambiguous: a quote inside an unquoted field stands for itself. After a record
// with malformed quotes it goes on with the second line of that record, so that
// one stray quote costs one line.
type csvReader struct {
	in    *bufio.Reader
	delim byte
	line  int      // number of the last line taken
	again [][]byte // lines to be taken once more
	long  []byte
	held  [][]byte
	split splitter
}

func newCSVReader(r io.Reader) *csvReader {
	return &csvReader{in: bufio.NewReaderSize(r, 64<<10), delim: ','}
}

// next returns the next record and the line on which it begins. The fields are
// good until the next call. Lines that are empty are no records.
func (c *csvReader) next() ([][]byte, int, error) {
	var line []byte
	for {
		var tooLong bool
		var err error
		line, tooLong, err = c.takeLine()
		if err != nil {
			return nil, c.line, err
		}
		if tooLong {
			return nil, c.line, &BadRow{Line: c.line, Reason: ReasonTooLong, Detail: fmt.Sprintf("the line is longer than %d bytes", maxRecord)}
		}
		if len(line) > 0 {
			break
		}
	}
	start, size := c.line, len(line)
	c.split.reset()
	c.held = c.held[:0]
	for {
		done, problem := c.split.feed(line, c.delim)
		if problem != "" {
			return nil, start, c.rewind(start, ReasonQuotes, problem)
		}
		if done {
			return c.split.fields(), start, nil
		}
		next, tooLong, err := c.takeLine()
		if errors.Is(err, io.EOF) {
			return nil, start, c.rewind(start, ReasonQuotes, "a quote is never closed")
		}
		if err != nil {
			return nil, start, err
		}
		c.held = append(c.held, bytes.Clone(next))
		if size += len(next) + 1; tooLong || size > maxRecord {
			return nil, start, c.rewind(start, ReasonQuotes, fmt.Sprintf("a quote is not closed within %d bytes", maxRecord))
		}
		line = next
	}
}

// rewind gives back every line of a record but its first.
func (c *csvReader) rewind(start int, reason Reason, detail string) error {
	if n := len(c.held); n > 0 {
		c.line -= n
		c.again = append(append(make([][]byte, 0, n+len(c.again)), c.held...), c.again...)
		c.held = c.held[:0]
	}
	return &BadRow{Line: start, Reason: reason, Detail: detail}
}

// takeLine returns the next line without its end. A line longer than a record
// may be is cut.
func (c *csvReader) takeLine() (line []byte, tooLong bool, err error) {
	if len(c.again) > 0 {
		line, c.again = c.again[0], c.again[1:]
		c.line++
		return line, len(line) >= maxRecord, nil
	}
	c.long = c.long[:0]
	for {
		part, err := c.in.ReadSlice('\n')
		switch {
		case err == nil || (errors.Is(err, io.EOF) && len(part)+len(c.long) > 0):
			c.line++
			if len(c.long) > 0 {
				c.long = append(c.long, part...)
				part = c.long
			}
			line = bytes.TrimSuffix(bytes.TrimSuffix(part, []byte("\n")), []byte("\r"))
			if len(line) >= maxRecord {
				return line[:maxRecord], true, nil
			}
			return line, false, nil
		case errors.Is(err, bufio.ErrBufferFull):
			// What exceeds the limit is read and dropped.
			if len(c.long) <= maxRecord {
				c.long = append(c.long, part...)
			}
		default:
			return nil, false, err
		}
	}
}

// splitter cuts a record into fields, line after line.
type splitter struct {
	text   []byte // the fields' contents, one after another
	ends   []int
	out    [][]byte
	quoted bool // the next line goes on inside a quoted field
}

func (s *splitter) reset() {
	s.text, s.ends, s.quoted = s.text[:0], s.ends[:0], false
}

// feed takes a line. It reports whether the record is complete, or what is wrong
// with it.
func (s *splitter) feed(line []byte, delim byte) (done bool, problem string) {
	for {
		if !s.quoted {
			if len(line) == 0 || line[0] != '"' {
				i := bytes.IndexByte(line, delim)
				if i < 0 {
					s.text = append(s.text, line...)
					s.end()
					return true, ""
				}
				s.text = append(s.text, line[:i]...)
				s.end()
				line = line[i+1:]
				continue
			}
			line = line[1:]
		}
		rest, closed := s.quotedPart(line)
		if !closed {
			s.text = append(s.text, '\n')
			s.quoted = true
			return false, ""
		}
		s.quoted = false
		s.end()
		switch {
		case len(rest) == 0:
			return true, ""
		case rest[0] != delim:
			return false, "text follows a closing quote"
		}
		line = rest[1:]
	}
}

// quotedPart takes the line up to the quote that closes the field.
func (s *splitter) quotedPart(line []byte) (rest []byte, closed bool) {
	for {
		i := bytes.IndexByte(line, '"')
		if i < 0 {
			s.text = append(s.text, line...)
			return nil, false
		}
		s.text = append(s.text, line[:i]...)
		line = line[i+1:]
		if len(line) == 0 || line[0] != '"' {
			return line, true
		}
		s.text = append(s.text, '"')
		line = line[1:]
	}
}

func (s *splitter) end() { s.ends = append(s.ends, len(s.text)) }

func (s *splitter) fields() [][]byte {
	s.out = s.out[:0]
	start := 0
	for _, end := range s.ends {
		s.out = append(s.out, s.text[start:end])
		start = end
	}
	return s.out
}

// detectDelimiter chooses the delimiter that occurs most in the header, outside
// quotes.
func detectDelimiter(header []byte) byte {
	counts := map[byte]int{}
	quoted := false
	for _, b := range header {
		if b == '"' {
			quoted = !quoted
		} else if !quoted {
			counts[b]++
		}
	}
	best := byte(',')
	for _, d := range []byte{';', '\t', '|'} {
		if counts[d] > counts[best] {
			best = d
		}
	}
	return best
}
