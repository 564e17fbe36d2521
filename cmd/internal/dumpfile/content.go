package dumpfile

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"strings"
)

// reader reads the content.
type reader struct {
	r     *bufio.Reader
	sum   hash.Hash // of the lines before the current one
	line  []byte    // the current line
	raw   []byte    // the current line with its line break, as it was read
	lines int
	scan  scanner
	parser

	schema *schema
	tables []table // of the dump's schema version
}

func newReader(r io.Reader, s *schema) *reader {
	return &reader{r: bufio.NewReaderSize(r, 64<<10), sum: sha256.New(), schema: s}
}

// damaged returns an ErrDamaged that names the current line.
func (r *reader) damaged(format string, args ...any) error {
	return fmt.Errorf("%w: line %d of its content: %w", ErrDamaged, r.lines, fmt.Errorf(format, args...))
}

// next reads a line. At the end it returns io.ErrUnexpectedEOF, because a
// complete dump has an explicit end line.
func (r *reader) next() error {
	r.sum.Write(r.raw)
	r.raw = r.raw[:0]
	r.lines++
	for {
		part, err := r.r.ReadSlice('\n')
		r.raw = append(r.raw, part...)
		switch {
		case err == nil && len(r.raw) <= MaxRow+1:
			r.line = r.raw[:len(r.raw)-1]
			return nil
		case len(r.raw) > MaxRow:
			return r.damaged("it has more than %d bytes", MaxRow)
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return io.ErrUnexpectedEOF
		default:
			return r.damaged("%w", err)
		}
	}
}

// content reads all lines.
func (r *reader) content(into func(*table) dest) (*Info, error) {
	info, err := r.header()
	if err != nil {
		return nil, err
	}
	if err := r.next(); err != nil {
		return nil, err
	}
	for i := range r.tables {
		t := &r.tables[i]
		if err := r.begin(t); err != nil {
			return nil, err
		}
		rows, err := r.rows(t, into(t))
		if err != nil {
			return nil, err
		}
		info.Tables = append(info.Tables, Count{t.name, rows})
	}
	return info, r.end(info)
}

// header reads the first line, which determines the tables and columns that
// follow.
func (r *reader) header() (*Info, error) {
	if err := r.next(); err != nil {
		return nil, err
	}
	head := header{Schema: 1} // the default: version 1 had no such field at first
	if err := head.decode(r.line); err != nil {
		return nil, r.damaged("%w", err)
	}
	if head.Format != name || head.Version != Version {
		return nil, r.damaged("it is the header of format %q, version %d, and not of %q, version %d", head.Format, head.Version, name, Version)
	}
	if head.Schema < 1 {
		return nil, r.damaged("the schema's version is %d", head.Schema)
	}
	var err error
	r.tables, err = r.schema.at(head.Schema)
	return &Info{Version: head.Version, Schema: head.Schema, CreatedBy: head.CreatedBy}, err
}

// begin reads the line that starts a table.
func (r *reader) begin(t *table) error {
	var m mark
	if err := m.decode(r.line, r.tables); err != nil {
		return r.damaged("%w", err)
	}
	at := tableIndex(r.tables, m.Table)
	switch {
	case m.End != nil:
		return r.damaged("the table %s is missing", t.name)
	case at < 0:
		return r.damaged("there is no table %q", m.Table)
	case at < tableIndex(r.tables, t.name):
		return r.damaged("the table %s is there twice", m.Table)
	case m.Table != t.name:
		return r.damaged("the table %s is missing before %s", t.name, m.Table)
	}
	for _, column := range m.Columns {
		if !slices.Contains(t.columns, column) {
			return r.damaged("the table %s has no column %q", t.name, column)
		}
	}
	for _, column := range t.columns {
		if !slices.Contains(m.Columns, column) {
			return r.damaged("the column %s of the table %s is missing", column, t.name)
		}
	}
	if !slices.Equal(m.Columns, t.columns) {
		return r.damaged("the columns of the table %s are not in the order %s", t.name, strings.Join(t.columns, ", "))
	}
	return nil
}

// rows reads the rows of a table and the line after them.
func (r *reader) rows(t *table, into dest) (rows int, err error) {
	var before rowKey
	for ; ; rows++ {
		if err := r.next(); err != nil {
			return rows, err
		}
		if !bytes.HasPrefix(r.line, []byte("[")) {
			return rows, nil
		}
		row := into.next()
		if t.defaults.IsValid() {
			row.Set(t.defaults)
		}
		r.scan.line, r.scan.at = r.line, 0
		open := byte('[')
		for n, column := range t.columns {
			k, text, err := r.scan.next(open)
			if err == nil {
				err = r.parse(k, text, row.Field(t.fields[n]).Addr().Interface())
			}
			if err != nil {
				return rows, r.damaged("table %s, column %s: %w", t.name, column, err)
			}
			open = ','
		}
		if !r.scan.end() {
			return rows, r.damaged("table %s: the row does not end after its %d columns", t.name, len(t.columns))
		}
		key := t.keyOf(row)
		if rows > 0 && bytes.Compare(before[:], key[:]) >= 0 {
			return rows, r.damaged("table %s: the rows are not in the order of their primary key", t.name)
		}
		before = key
	}
}

// end compares the counts and the checksum of the end line, and requires that
// nothing follows it.
func (r *reader) end(info *Info) error {
	var m mark
	if err := m.decode(r.line, r.tables); err != nil {
		return r.damaged("%w", err)
	}
	switch {
	case tableIndex(r.tables, m.Table) >= 0:
		return r.damaged("the table %s is there twice", m.Table)
	case m.End == nil || m.Table != "":
		return r.damaged("there is no table %q", m.Table)
	case m.Columns != nil:
		return r.damaged("the end has a table's columns")
	}
	for _, count := range info.Tables {
		said, ok := m.End.Rows[count.Table]
		if !ok {
			return r.damaged("the end does not count the rows of the table %s", count.Table)
		}
		if said != count.Rows {
			return r.damaged("the table %s has %d rows, and the end says %d", count.Table, count.Rows, said)
		}
	}
	info.SHA256 = hex.EncodeToString(r.sum.Sum(nil))
	if m.End.SHA256 != info.SHA256 {
		return r.damaged("the content's checksum is %s, and the end says %s", info.SHA256, m.End.SHA256)
	}
	switch _, err := r.r.ReadByte(); {
	case err == nil:
		return r.damaged("something follows the end")
	case errors.Is(err, io.EOF):
		return nil
	case errors.Is(err, io.ErrUnexpectedEOF):
		return err
	default:
		return r.damaged("after the end: %w", err)
	}
}
