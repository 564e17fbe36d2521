package replay

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxRecord is the maximum size of a record. It keeps a quote that is never
// closed from pulling the rest of the file into memory.
const maxRecord = 1 << 20

// csvReader reads CSV records as defined by RFC 4180, but accepts more where the
// meaning is clear: a quote inside an unquoted field is an ordinary character.
// After a record with malformed quotes it continues with the second line of that
// record, so one stray quote costs one line. If this happens so often that lines
// would be read again and again, a quoted field must end on its own line.
type csvReader struct {
	lines lineReader
	delim byte
	split splitter
}

func newCSVReader(r io.Reader) *csvReader {
	return &csvReader{lines: newLineReader(r), delim: ','}
}

// names reads the header and chooses the delimiter.
func (c *csvReader) names() ([]string, error) {
	line, err := c.header()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the file is empty: its first line must be a header that names the columns")
	}
	if err != nil {
		return nil, fmt.Errorf("read the header: %w", err)
	}
	c.delim = detectDelimiter(line)
	fields, _, err := c.next()
	if err != nil {
		return nil, fmt.Errorf("read the header: %w", err)
	}
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = strings.TrimSpace(string(f))
	}
	return names, nil
}

// next returns the next record and the line on which it begins. The fields are
// valid until the next call. Empty lines are skipped.
func (c *csvReader) next() ([][]byte, int, error) {
	line, tooLong, err := c.nonEmpty()
	start, size := c.lines.n, len(line)
	if err != nil {
		return nil, start, err
	}
	if tooLong {
		detail := fmt.Sprintf("the line is longer than %d bytes", maxRecord)
		return nil, start, &BadRow{Line: start, Reason: ReasonTooLong, Detail: detail}
	}
	c.split.reset()
	for {
		done, problem := c.split.feed(line, c.delim)
		if done {
			c.lines.dropMark()
			return c.split.fields(), start, nil
		}
		if problem == "" {
			line, size, problem, err = c.continuation(start, size)
		}
		if err != nil {
			return nil, start, err
		}
		if problem != "" {
			c.lines.goBack()
			return nil, start, &BadRow{Line: start, Reason: ReasonQuotes, Detail: problem}
		}
	}
}

// nonEmpty returns the next line that is not empty.
func (c *csvReader) nonEmpty() (line []byte, tooLong bool, err error) {
	for err == nil && len(line) == 0 {
		line, tooLong, err = c.lines.take()
	}
	return line, tooLong, err
}

// continuation returns the next line of a record that began on line start, and
// the size of the record including that line. If the record cannot continue, it
// returns the problem.
func (c *csvReader) continuation(start, size int) (line []byte, total int, problem string, err error) {
	if c.lines.n == start {
		if !c.lines.mayGoBack() {
			return nil, size, "a quote is not closed on its line", nil
		}
		c.lines.setMark()
	}
	line, tooLong, err := c.lines.take()
	if errors.Is(err, io.EOF) {
		return nil, size, "a quote is never closed", nil
	}
	if size += len(line) + 1; tooLong || size > maxRecord {
		problem = fmt.Sprintf("a quote is not closed within %d bytes", maxRecord)
	}
	return line, size, problem, err
}

// header returns the first line that is not empty, without consuming it.
func (c *csvReader) header() ([]byte, error) {
	for {
		c.lines.setMark()
		line, _, err := c.lines.take()
		if err != nil {
			return nil, err
		}
		if len(line) > 0 {
			line = bytes.Clone(line)
			c.lines.goBack()
			return line, nil
		}
		c.lines.dropMark()
	}
}

// splitter splits a record into fields, one line at a time.
type splitter struct {
	text   []byte // the contents of the fields, concatenated
	ends   []int
	out    [][]byte
	quoted bool // the next line continues a quoted field
}

func (s *splitter) reset() {
	s.text, s.ends, s.quoted = s.text[:0], s.ends[:0], false
}

// feed adds a line to the record. It reports whether the record is complete, or
// what is wrong with it.
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

// quotedPart reads the line up to the quote that closes the field.
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

// detectDelimiter returns the delimiter that occurs most often in the header,
// outside of quotes.
func detectDelimiter(header []byte) byte {
	var counts [256]int
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
