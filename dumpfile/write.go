package dumpfile

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"reflect"

	"github.com/tasktwin/tasktwin"
)

// Write writes the rows to w. Each table must be ordered by its primary key, as in the
// Dump of a store. Write needs a constant amount of memory besides the rows. It refuses
// rows that could not be read back: unknown enum values, text that is not UTF-8, and rows
// longer than MaxRow bytes; the error names the table, the row, the column and the value.
// On an error, what has been written to w is not a dump. It does not close w.
func Write(w io.Writer, rows *tasktwin.Dump) error {
	_, err := WriteAs(w, rows, "tasktwin/dumpfile")
	return err
}

// WriteAs is [Write] for a program that names itself in the file, as createdBy. It also
// describes the file.
func WriteAs(w io.Writer, rows *tasktwin.Dump, createdBy string) (*Info, error) {
	if w == nil {
		return nil, errors.New("dumpfile: Write: w is nil")
	}
	if rows == nil {
		return nil, errors.New("dumpfile: Write: rows is nil")
	}
	return (&writer{w: w, sum: sha256.New()}).content(rows, createdBy)
}

// writer writes a file.
type writer struct {
	w   io.Writer
	sum hash.Hash
	buf []byte // lines that have not been written yet
}

// full is the number of buffered bytes from which lines are written.
const full = 64 << 10

func (w *writer) content(rows *tasktwin.Dump, createdBy string) (*Info, error) {
	info := &Info{Version: Version, Schema: Schema, CreatedBy: createdBy, Tables: make([]Count, len(tables))}
	if err := w.json(header{Format: name, Version: Version, Schema: Schema, CreatedBy: createdBy}); err != nil {
		return nil, err
	}
	last := end{Rows: map[string]int{}}
	for i := range tables {
		t := &tables[i]
		list := reflect.ValueOf(rows).Elem().Field(t.field)
		if err := w.table(t, list); err != nil {
			return nil, err
		}
		info.Tables[i] = Count{t.name, list.Len()}
		last.Rows[t.name] = list.Len()
	}
	if err := w.flush(); err != nil {
		return nil, err
	}
	last.SHA256 = hex.EncodeToString(w.sum.Sum(nil))
	info.SHA256 = last.SHA256
	if err := w.json(mark{End: &last}); err != nil {
		return nil, err
	}
	return info, w.flush()
}

func (w *writer) table(t *table, list reflect.Value) error {
	if err := w.json(mark{Table: t.name, Columns: t.columns}); err != nil {
		return err
	}
	var before rowKey
	for i := range list.Len() {
		row := list.Index(i)
		refused := func(problem string, args ...any) error {
			return fmt.Errorf("table %s, row %d (%s %s)%w",
				t.name, i+1, t.columns[t.key[0]], row.Field(t.key[0]).Interface(), fmt.Errorf(problem, args...))
		}
		key := t.keyOf(row)
		if i > 0 && bytes.Compare(before[:], key[:]) >= 0 {
			return refused(": the rows are not in the order of their primary key")
		}
		before = key
		if err := w.row(t, row, refused); err != nil {
			return err
		}
	}
	return nil
}

// row writes a row. refused makes the errors about it.
func (w *writer) row(t *table, row reflect.Value, refused func(problem string, args ...any) error) (err error) {
	from := len(w.buf)
	open := byte('[')
	for n, column := range t.columns {
		w.buf = append(w.buf, open)
		if w.buf, err = appendValue(w.buf, row.Field(n).Addr().Interface()); err != nil {
			return refused(", column %s: %w", column, err)
		}
		open = ','
	}
	w.buf = append(w.buf, ']')
	if size := len(w.buf) - from; size > MaxRow {
		return refused(": it has %d bytes, and a row may have %d", size, MaxRow)
	}
	w.buf = append(w.buf, '\n')
	if len(w.buf) < full {
		return nil
	}
	return w.flush()
}

func (w *writer) json(v any) error {
	line, err := json.Marshal(v)
	if err == nil && len(line) > maxMark {
		err = fmt.Errorf("dumpfile: Write: a header of %d bytes: it may have %d", len(line), maxMark)
	}
	w.buf = append(append(w.buf, line...), '\n')
	return err
}

func (w *writer) flush() error {
	w.sum.Write(w.buf)
	_, err := w.w.Write(w.buf)
	w.buf = w.buf[:0]
	return err
}
