package replay

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"
)

// maxReread limits how many bytes may be taken a second time: this number for
// each byte read from the input, and the same for each byte that will not be
// taken again. It keeps the time linear in the size of the log, whatever quotes
// it has.
const maxReread = 2

// lineReader reads lines, and can go back to a marked line.
type lineReader struct {
	in   *bufio.Reader
	n    int // number of the last line returned
	long []byte
	kept [][]byte // lines returned since a mark, which may be returned again
	next int      // index in kept of the next line, or its length if the next line must be read
	mark int      // index in kept of the marked line
	keep bool     // a mark is set

	// Numbers of bytes: read from the input, returned by take (repeated bytes count
	// again), the value of taken at the mark, and given back by goBack.
	read, taken, marked, back int
}

func newLineReader(r io.Reader) lineReader {
	return lineReader{in: bufio.NewReaderSize(r, 64<<10)}
}

// take returns the next line without its line break, valid until the next call. A
// line longer than the maximum size of a record is truncated.
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

// mayGoBack reports whether the limit of maxReread allows another goBack.
func (l *lineReader) mayGoBack() bool {
	passed := l.taken - l.back
	return l.back <= maxReread*(l.read+passed)
}

// setMark marks the next line as the one that goBack returns to.
func (l *lineReader) setMark() {
	// Drop the lines before the mark only when they are the majority, so that
	// dropping costs no more than taking.
	if l.next > len(l.kept)/2 {
		l.kept = slices.Delete(l.kept, 0, l.next)
		l.next = 0
	}
	l.mark, l.keep, l.marked = l.next, true, l.taken
}

// goBack makes the marked line the next one and removes the mark.
func (l *lineReader) goBack() {
	if l.keep {
		l.n -= l.next - l.mark
		l.next, l.keep = l.mark, false
		l.back += l.taken - l.marked
	}
}

// dropMark removes the mark without going back.
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
			// The part of a line beyond the limit is discarded.
			if len(l.long) <= maxRecord {
				l.long = append(l.long, part...)
			}
		default:
			return nil, err
		}
	}
}
