package replay

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/tasktwin/tasktwin/cmd/internal/tempfile"
)

// spill is a temporary file with runs of rows.
type spill struct {
	file *tempfile.File
	runs []spillRun
	end  int64
	// texts are the texts of rows that are read.
	texts interned
}

// spillRun is where a run is in the file.
type spillRun struct{ at, size int64 }

func newSpill() (*spill, error) {
	file, err := tempfile.New()
	if err != nil {
		return nil, fmt.Errorf("sort the log: %w", err)
	}
	return &spill{file: file}, nil
}

// close closes and removes the file.
func (s *spill) close() error { return s.file.Close() }

// write appends a run.
func (s *spill) write(rows []placedRow) error {
	w := bufio.NewWriterSize(io.NewOffsetWriter(s.file, s.end), 256<<10)
	var buf []byte
	var size int64
	for i := range rows {
		buf = appendRow(buf[:0], &rows[i])
		size += int64(len(buf))
		if _, err := w.Write(buf); err != nil {
			return fmt.Errorf("sort the log: %w", err)
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("sort the log: %w", err)
	}
	s.runs = append(s.runs, spillRun{s.end, size})
	s.end += size
	return nil
}

// read returns a function that returns the next row of a run, and io.EOF at its
// end.
func (s *spill) read(run int) func() (placedRow, error) {
	at := s.runs[run]
	r := bufio.NewReaderSize(io.NewSectionReader(s.file, at.at, at.size), 64<<10)
	d := rowDecoder{in: r, texts: &s.texts}
	return func() (placedRow, error) {
		if _, err := r.Peek(1); errors.Is(err, io.EOF) {
			return placedRow{}, io.EOF
		}
		row := d.row()
		if d.err != nil {
			return row, fmt.Errorf("sort the log: read the temporary file: %w", d.err)
		}
		return row, nil
	}
}

// appendRow appends a row in the format of the temporary file. Times have the
// precision of rows, microseconds.
func appendRow(buf []byte, r *placedRow) []byte {
	buf = binary.AppendUvarint(buf, uint64(r.seq))
	buf = binary.AppendUvarint(buf, uint64(r.Line))
	buf = binary.AppendUvarint(buf, uint64(r.transition))
	buf = binary.AppendVarint(buf, r.Start.UnixMicro())
	buf = binary.AppendVarint(buf, r.End.UnixMicro())
	for _, text := range []string{r.Case, r.Activity, r.Actor} {
		buf = binary.AppendUvarint(buf, uint64(len(text)))
		buf = append(buf, text...)
	}
	return buf
}

// rowDecoder reads the values of a row, until the first error.
type rowDecoder struct {
	in    *bufio.Reader
	texts *interned
	err   error
}

func (d *rowDecoder) row() placedRow {
	var r placedRow
	r.seq, r.Line = d.uint(), d.uint()
	r.transition = transition(d.uint())
	r.Start, r.End = d.time(), d.time()
	r.Case, r.Activity, r.Actor = d.text(), d.text(), d.text()
	return r
}

func (d *rowDecoder) uint() int {
	if d.err != nil {
		return 0
	}
	var n uint64
	n, d.err = binary.ReadUvarint(d.in)
	return int(n)
}

func (d *rowDecoder) time() time.Time {
	if d.err != nil {
		return time.Time{}
	}
	var n int64
	n, d.err = binary.ReadVarint(d.in)
	return time.UnixMicro(n).UTC()
}

func (d *rowDecoder) text() string {
	n := d.uint()
	if d.err != nil || n == 0 {
		return ""
	}
	if n <= internedSize {
		var b []byte
		if b, d.err = d.in.Peek(n); d.err == nil {
			text := d.texts.text(b)
			_, d.err = d.in.Discard(n)
			return text
		}
	}
	var b bytes.Buffer
	if d.err == nil {
		_, d.err = io.CopyN(&b, d.in, int64(n))
	}
	if errors.Is(d.err, io.EOF) {
		d.err = io.ErrUnexpectedEOF
	}
	return b.String()
}
