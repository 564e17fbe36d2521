package replay

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"
)

// maxReread is how many bytes may be taken once more for each byte that is read,
// and again for each that is passed for good. It keeps the time linear in the size
// of the log, whatever its quotes are.
const maxReread = 2

// lineReader reads lines, and can go back to a mark.
type lineReader struct {
	in   *bufio.Reader
	n    int // number of the last line taken
	long []byte
	kept [][]byte // lines that were taken since a mark, and may be taken once more
	next int      // index in kept of the next line; its length if that has to be read
	mark int      // index in kept
	keep bool     // there is a mark

	// Bytes: read, taken, which includes what was taken again, taken until the
	// mark, and given back.
	read, taken, marked, back int
}

func newLineReader(r io.Reader) lineReader {
	return lineReader{in: bufio.NewReaderSize(r, 64<<10)}
}

// take returns the next line without its end, good until the next call. A line
// longer than a record may be is cut.
func (l *lineReader) take() (line []byte, tooLong bool, err error) {
	if l.next < len(l.kept) {
		line = l.kept[l.next]
		if !l.keep {
			l.kept[l.next] = nil
		}
		l.next++
	} else {
		if line, err = l.readLine(); err != nil {
			return nil, false, err
		}
		l.read += len(line) + 1
		if l.keep {
			l.kept = append(l.kept, bytes.Clone(line))
			l.next++
		}
	}
	l.n++
	l.taken += len(line) + 1
	return line, len(line) >= maxRecord, nil
}

// mayGoBack reports whether there has not been too much of it.
func (l *lineReader) mayGoBack() bool {
	passed := l.taken - l.back
	return l.back <= maxReread*(l.read+passed)
}

// setMark makes the next line the one that goBack returns to.
func (l *lineReader) setMark() {
	// Lines that were taken are dropped once they are the most, so that dropping
	// costs no more than taking.
	if l.next > len(l.kept)/2 {
		l.kept = slices.Delete(l.kept, 0, l.next)
		l.next = 0
	}
	l.mark, l.keep, l.marked = l.next, true, l.taken
}

// goBack makes the line after the mark the next one.
func (l *lineReader) goBack() {
	if l.keep {
		l.n -= l.next - l.mark
		l.next, l.keep = l.mark, false
		l.back += l.taken - l.marked
	}
}

// dropMark goes on without going back.
func (l *lineReader) dropMark() {
	if l.keep {
		clear(l.kept[l.mark:l.next])
		l.keep = false
	}
}

func (l *lineReader) readLine() ([]byte, error) {
	l.long = l.long[:0]
	for {
		part, err := l.in.ReadSlice('\n')
		switch {
		case err == nil || (errors.Is(err, io.EOF) && len(part)+len(l.long) > 0):
			if len(l.long) > 0 {
				l.long = append(l.long, part...)
				part = l.long
			}
			line := bytes.TrimSuffix(bytes.TrimSuffix(part, []byte("\n")), []byte("\r"))
			return line[:min(len(line), maxRecord)], nil
		case errors.Is(err, bufio.ErrBufferFull):
			// What exceeds the limit is read and dropped.
			if len(l.long) <= maxRecord {
				l.long = append(l.long, part...)
			}
		default:
			return nil, err
		}
	}
}
