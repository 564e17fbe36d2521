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

// How many rows are looked at before the layouts are settled: at least
// sampleRows, and for as long as the days could be months, up to sampleMost rows
// or sampleBytes.
const (
	sampleRows  = 1_000
	sampleMost  = 100_000
	sampleBytes = 32 << 20
)

// Log is an event log that is being read.
type Log struct {
	csv     *csvReader
	header  []string
	at      columnIndexes
	start   timeReader
	end     timeReader
	sampled []record
	// Warnings are what the reader had to assume.
	Warnings []string
}

// record is a row of the sample, or what was wrong with it.
type record struct {
	line   int
	fields []string
	err    error
}

// OpenLog reads the header and the sample, and returns a log that starts at the
// first row. Order says whether days come before months where the column leaves
// it open.
func OpenLog(r io.Reader, want Columns, order DateOrder) (*Log, error) {
	l := &Log{csv: newCSVReader(r)}
	if err := l.readHeader(want); err != nil {
		return nil, err
	}
	starts, ends, err := l.sample(order)
	if err != nil {
		return nil, err
	}
	l.start = timeReader{flag: "start", name: l.header[l.at.start]}
	if err := l.settle(&l.start, starts, order); err != nil {
		return nil, err
	}
	if l.at.end >= 0 {
		l.end = timeReader{flag: "end", name: l.header[l.at.end]}
		if err := l.settle(&l.end, ends, order); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// Columns returns the columns in use.
func (l *Log) Columns() Columns {
	name := func(i int) string {
		if i < 0 {
			return ""
		}
		return l.header[i]
	}
	return Columns{
		Case: name(l.at.caseID), Activity: name(l.at.activity), Actor: name(l.at.actor),
		Start: name(l.at.start), End: name(l.at.end),
	}
}

var utf16Marks = [][]byte{{0xFF, 0xFE}, {0xFE, 0xFF}}

func (l *Log) readHeader(want Columns) error {
	mark, err := l.csv.lines.in.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read the header: %w", err)
	}
	if string(mark) == "\uFEFF" {
		_, _ = l.csv.lines.in.Discard(len(mark))
	}
	if slices.ContainsFunc(utf16Marks, func(m []byte) bool { return bytes.HasPrefix(mark, m) }) {
		return errors.New("the file is in UTF-16: convert it to UTF-8, as with iconv -f UTF-16 -t UTF-8")
	}
	line, err := l.csv.header()
	if errors.Is(err, io.EOF) {
		return errors.New("the file is empty: its first line must be a header that names the columns")
	}
	if err != nil {
		return fmt.Errorf("read the header: %w", err)
	}
	l.csv.delim = detectDelimiter(line)
	fields, _, err := l.csv.next()
	if err != nil {
		return fmt.Errorf("read the header: %w", err)
	}
	for _, f := range fields {
		l.header = append(l.header, strings.TrimSpace(clean(f)))
	}
	l.at, err = findColumns(l.header, want)
	return err
}

// sample reads rows ahead until the layouts of both time columns are clear.
func (l *Log) sample(order DateOrder) (starts, ends *detector, err error) {
	starts, ends = newDetector(), newDetector()
	size := 0
	for n := 1; n <= sampleMost && size < sampleBytes; n++ {
		fields, line, err := l.csv.next()
		if errors.Is(err, io.EOF) {
			break
		}
		rec := record{line: line, err: err}
		if _, bad := errors.AsType[*BadRow](err); err != nil && !bad {
			return nil, nil, fmt.Errorf("line %d: %w", line, err)
		}
		for _, f := range fields {
			rec.fields = append(rec.fields, string(f))
			size += len(f) + 16
		}
		l.sampled = append(l.sampled, rec)
		if len(rec.fields) == len(l.header) {
			starts.add(strings.TrimSpace(rec.fields[l.at.start]))
			if l.at.end >= 0 {
				ends.add(strings.TrimSpace(rec.fields[l.at.end]))
			}
		}
		if n%sampleRows == 0 && (order != DateOrderAuto || !unclear(starts) && !unclear(ends)) {
			break
		}
	}
	return starts, ends, nil
}

func unclear(d *detector) bool {
	_, ambiguous, _ := d.best()
	return ambiguous
}

// settle chooses the layout of a column.
func (l *Log) settle(r *timeReader, d *detector, order DateOrder) error {
	best, ambiguous, ok := d.best()
	switch {
	case !ok && d.values > 0:
		return &LayoutError{Flag: r.flag, Column: r.name, Values: d.first}
	case ambiguous && order != DateOrderAuto:
		best.kind = order.kind()
	case ambiguous:
		other := DateOrderDMY
		if best.kind == layoutDMY {
			other = DateOrderMDY
		}
		l.Warnings = append(l.Warnings, fmt.Sprintf("column %q: days and months cannot be told apart; read as %s, use --date-order %s for the other", r.name, best, other))
	case dayMonth(best.kind) && order != DateOrderAuto && best.kind != order.kind():
		l.Warnings = append(l.Warnings, fmt.Sprintf("column %q: read as %s, because --date-order %s does not fit its rows", r.name, best, order))
	}
	r.layout = best
	return nil
}

// Next returns the next row. The error is io.EOF at the end, a [*BadRow] for a
// row that cannot be used, after which reading goes on, or what the file's
// reader returned.
func (l *Log) Next() (Row, error) {
	if len(l.sampled) > 0 {
		rec := l.sampled[0]
		l.sampled[0] = record{}
		if l.sampled = l.sampled[1:]; len(l.sampled) == 0 {
			l.sampled = nil
		}
		if rec.err != nil {
			return Row{}, rec.err
		}
		return l.row(rec.line, len(rec.fields), func(i int) string { return rec.fields[i] })
	}
	fields, line, err := l.csv.next()
	if err != nil {
		if _, bad := errors.AsType[*BadRow](err); !bad && !errors.Is(err, io.EOF) {
			err = fmt.Errorf("line %d: %w", line, err)
		}
		return Row{}, err
	}
	return l.row(line, len(fields), func(i int) string { return clean(fields[i]) })
}

func (l *Log) row(line, n int, field func(int) string) (Row, error) {
	if n != len(l.header) {
		return Row{}, &BadRow{Line: line, Reason: ReasonFields, Detail: fmt.Sprintf("%d instead of the header's %d", n, len(l.header))}
	}
	row := Row{Line: line, Case: strings.TrimSpace(clean(field(l.at.caseID))), Activity: clean(field(l.at.activity))}
	if row.Case == "" {
		return Row{}, &BadRow{Line: line, Reason: ReasonCase, Detail: fmt.Sprintf("column %q is empty", l.header[l.at.caseID])}
	}
	if l.at.actor >= 0 {
		row.Actor = strings.TrimSpace(clean(field(l.at.actor)))
	}
	start := strings.TrimSpace(field(l.at.start))
	if start == "" {
		return Row{}, &BadRow{Line: line, Reason: ReasonStart, Detail: fmt.Sprintf("column %q is empty", l.header[l.at.start])}
	}
	var bad *BadRow
	if row.Start, bad = l.start.read(line, start); bad != nil {
		return Row{}, bad
	}
	row.End = row.Start
	if l.at.end < 0 {
		return row, nil
	}
	end := strings.TrimSpace(field(l.at.end))
	if end == "" {
		return row, nil
	}
	if row.End, bad = l.end.read(line, end); bad != nil {
		return Row{}, bad
	}
	if row.End.Before(row.Start) {
		return Row{}, &BadRow{Line: line, Reason: ReasonEnd, Detail: fmt.Sprintf("%s is before %s", end, start)}
	}
	return row, nil
}

// clean makes text that every store takes: valid UTF-8 without NUL.
func clean[T string | []byte](text T) string {
	s := string(text)
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "")
	}
	return s
}
