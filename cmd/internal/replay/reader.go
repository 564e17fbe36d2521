package replay

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// How many rows are sampled before the layouts are chosen: at least sampleRows
// and, as long as day and month cannot be told apart, up to sampleMost rows or
// sampleBytes.
const (
	sampleRows  = 1_000
	sampleMost  = 100_000
	sampleBytes = 32 << 20
)

// Log reads an event log.
type Log struct {
	text    *textReader
	in      source
	header  []string
	at      columnIndexes
	start   timeReader
	end     timeReader
	sampled []record
	texts   interned
	// onlyEnds is the number of rows with an end and no start.
	onlyEnds int
	// Warnings describes the assumptions that the reader had to make.
	Warnings []string
}

// source is a log as records of one kind of file.
type source interface {
	// names returns the names of the columns. It is called first.
	names() ([]string, error)
	// next returns the fields of the next record, valid until the next call, and the
	// line on which it begins. The error is io.EOF at the end, and a [*BadRow] for a
	// malformed record, after which reading continues.
	next() (fields [][]byte, line int, err error)
}

// record is a row of the sample, or the error of a bad one.
type record struct {
	line   int
	fields [][]byte
	err    error
}

// OpenLog reads the header and the sample. The first call of Next returns the
// first row.
func OpenLog(r io.Reader, opts Options) (*Log, error) {
	text, in, err := openText(r, opts.Encoding)
	if err != nil {
		return nil, err
	}
	l := &Log{text: text, in: in}
	err = l.open(opts.Columns, cmp.Or(opts.DateOrder, DateOrderAuto), opts.Timezone)
	// Report invalid text first: it may be the reason why a column is not found.
	if bad := text.err(); bad != nil {
		return nil, bad
	}
	if err != nil {
		return nil, err
	}
	return l, nil
}

func (l *Log) open(want Columns, order DateOrder, zone Timezone) error {
	if err := l.readHeader(want); err != nil {
		return err
	}
	starts, ends, err := l.sample(order, zone)
	if err != nil {
		return err
	}
	l.start = timeReader{flag: "start", name: shorten(l.header[l.at.start]), layout: layout{zone: zone}}
	if err := l.chooseLayout(&l.start, starts, order); err != nil {
		return err
	}
	if l.at.end < 0 {
		return nil
	}
	// If the sample has no start or no end, assume the layout of the other column for
	// later rows.
	l.end = timeReader{flag: "end", name: shorten(l.header[l.at.end]), layout: l.start.layout}
	if ends.values == 0 {
		return nil
	}
	if err := l.chooseLayout(&l.end, ends, order); err != nil {
		return err
	}
	if starts.values == 0 {
		l.start.layout = l.end.layout
	}
	return nil
}

// Columns returns the columns that are in use.
func (l *Log) Columns() Columns {
	name := func(i int) string {
		if i < 0 {
			return ""
		}
		return l.header[i]
	}
	return Columns{
		Case: name(l.at.caseID), Activity: name(l.at.activity), Actor: name(l.at.actor),
		Start: name(l.at.start), End: name(l.at.end), Lifecycle: name(l.at.lifecycle),
	}
}

func (l *Log) readHeader(want Columns) (err error) {
	if l.header, err = l.in.names(); err != nil {
		return err
	}
	l.at, err = findColumns(l.header, want)
	return err
}

// record returns the next record that is not blank. Spreadsheets write rows of
// delimiters only, which are treated as empty lines.
func (l *Log) record() (fields [][]byte, line int, err error) {
	for {
		fields, line, err = l.in.next()
		if err != nil || slices.ContainsFunc(fields, func(f []byte) bool { return len(bytes.TrimSpace(f)) > 0 }) {
			return fields, line, err
		}
	}
}

// sample reads rows ahead until the layouts of both time columns are known.
func (l *Log) sample(order DateOrder, zone Timezone) (starts, ends *detector, err error) {
	starts, ends = newDetector(zone), newDetector(zone)
	size := 0
	for n := 1; n <= sampleMost && size < sampleBytes; n++ {
		fields, line, err := l.record()
		if errors.Is(err, io.EOF) {
			break
		}
		rec := record{line: line, err: err}
		if _, bad := errors.AsType[*BadRow](err); err != nil && !bad {
			return nil, nil, fmt.Errorf("line %d: %w", line, err)
		}
		for _, f := range fields {
			rec.fields = append(rec.fields, bytes.Clone(f))
			size += len(f) + 16
		}
		l.sampled = append(l.sampled, rec)
		if len(rec.fields) == len(l.header) {
			starts.add(string(bytes.TrimSpace(rec.fields[l.at.start])))
			if l.at.end >= 0 {
				ends.add(string(bytes.TrimSpace(rec.fields[l.at.end])))
			}
		}
		if n%sampleRows == 0 && starts.values+ends.values > 0 && (order != DateOrderAuto || !unclear(starts) && !unclear(ends)) {
			break
		}
	}
	return starts, ends, nil
}

func unclear(d *detector) bool {
	f := d.best()
	return f.ambiguous || f.yearFirst
}

// chooseLayout chooses the layout of a column.
func (l *Log) chooseLayout(r *timeReader, d *detector, order DateOrder) error {
	found := d.best()
	best := found.layout
	switch {
	case d.areDayNumbers():
		best = layout{kind: layoutDayNumber, zone: d.zone}
		at, _ := best.parse(d.first[0])
		l.Warnings = append(l.Warnings, fmt.Sprintf("column %q: read as %s: %s is %s", r.name, best, d.first[0], at.Format(time.RFC3339)))
	case !found.ok && d.values > 0:
		return &LayoutError{Flag: r.flag, Column: r.name, Values: d.first, Count: d.values, zone: d.zone}
	case found.yearFirst && order == DateOrderAuto:
		return fmt.Errorf("column %q: the year of dates such as %q has two digits, and may be the first number or the last: "+
			"where it is the last, use --date-order dmy or mdy, else write years with four digits", r.name, shorten(d.first[0]))
	case found.ambiguous && order != DateOrderAuto:
		best.kind = order.kind()
	case found.ambiguous:
		other := DateOrderDMY
		if best.kind == layoutDMY {
			other = DateOrderMDY
		}
		l.Warnings = append(l.Warnings, fmt.Sprintf("column %q: days and months cannot be told apart; read as %s, "+
			"use --date-order %s for the other", r.name, best, other))
	case dayMonth(best.kind) && order != DateOrderAuto && best.kind != order.kind():
		l.Warnings = append(l.Warnings, fmt.Sprintf("column %q: read as %s, because --date-order %s does not fit its rows", r.name, best, order))
	}
	r.layout = best
	return nil
}

// Next returns the next row. The error is io.EOF at the end, a [*BadRow] for a
// row that cannot be used, after which reading continues, an [*EncodingError], or
// an error of the underlying reader.
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
		return l.row(rec.line, rec.fields)
	}
	fields, line, err := l.record()
	if bad := l.text.err(); bad != nil {
		return Row{}, bad
	}
	if err != nil {
		if _, bad := errors.AsType[*BadRow](err); !bad && !errors.Is(err, io.EOF) {
			err = fmt.Errorf("line %d: %w", line, err)
		}
		return Row{}, err
	}
	return l.row(line, fields)
}

func (l *Log) row(line int, fields [][]byte) (Row, error) {
	if n := len(fields); n != len(l.header) {
		return Row{}, &BadRow{Line: line, Reason: ReasonFields, Detail: fmt.Sprintf("%d instead of the header's %d", n, len(l.header))}
	}
	row := Row{Line: line, Case: l.texts.text(bytes.TrimSpace(fields[l.at.caseID])), Activity: l.texts.text(fields[l.at.activity])}
	if row.Case == "" {
		return Row{}, &BadRow{Line: line, Reason: ReasonCase, Detail: fmt.Sprintf("column %q is empty", shorten(l.header[l.at.caseID]))}
	}
	if l.at.actor >= 0 {
		row.Actor = l.texts.text(bytes.TrimSpace(fields[l.at.actor]))
	}
	start, end := string(bytes.TrimSpace(fields[l.at.start])), ""
	if l.at.end >= 0 {
		end = string(bytes.TrimSpace(fields[l.at.end]))
	}
	if l.at.lifecycle >= 0 {
		row.transition = parseTransition(l.texts.text(fields[l.at.lifecycle]))
	}
	hasStart, hasEnd := !isNoTime(start), !isNoTime(end)
	var bad *BadRow
	if hasStart {
		if row.Start, bad = l.start.read(line, start); bad != nil {
			return Row{}, bad
		}
	}
	if hasEnd {
		if row.End, bad = l.end.read(line, end); bad != nil {
			return Row{}, bad
		}
	}
	switch {
	case !hasStart && !hasEnd:
		return Row{}, l.noTime(line, start, end)
	case !hasStart:
		row.Start = row.End
		l.onlyEnds++
	case !hasEnd:
		row.End = row.Start
	}
	if row.End.Before(row.Start) {
		return Row{}, &BadRow{Line: line, Reason: ReasonEnd, Detail: fmt.Sprintf("%s is before %s", shorten(end), shorten(start))}
	}
	return row, nil
}

// noTime returns the error of a row without a time.
func (l *Log) noTime(line int, start, end string) *BadRow {
	is := func(column int, value string) string {
		if value == "" {
			return fmt.Sprintf("column %q is empty", shorten(l.header[column]))
		}
		return fmt.Sprintf("column %q is %q", shorten(l.header[column]), shorten(value))
	}
	detail := is(l.at.start, start)
	if l.at.end >= 0 {
		detail += ", " + is(l.at.end, end)
	}
	return &BadRow{Line: line, Reason: ReasonStart, Detail: detail}
}
