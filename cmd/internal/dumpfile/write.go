package dumpfile

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"reflect"

	"github.com/klauspost/compress/zstd"

	"github.com/tasktwin/tasktwin"
)

// Write writes the rows to w and describes the file. Each table must be ordered
// by its primary key, as in the Dump of a store. Write needs a constant amount of
// memory besides the rows. It refuses rows that could not be read back: unknown
// enum values, text that is not UTF-8, and rows longer than MaxRow bytes. On an
// error, what has been written to w is not a dump.
func Write(ctx context.Context, w io.Writer, rows *tasktwin.Dump, createdBy string) (*Info, error) {
	if rows == nil {
		return nil, errors.New("dumpfile: Write: rows is nil")
	}
	file := sha256.New()
	w = io.MultiWriter(w, file)
	if _, err := w.Write(frame(firstMagic, title(Version))); err != nil {
		return nil, err
	}
	// With one goroutine, none can outlive this call, even on errors.
	packed, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(window))
	if err != nil {
		return nil, err
	}
	out := &writer{ctx: ctx, w: packed, sum: sha256.New()}
	info, err := out.content(rows, createdBy)
	if err != nil {
		return nil, err
	}
	if err := packed.Close(); err != nil {
		return nil, err
	}
	_, err = w.Write(lastFrame(file.Sum(nil)))
	return info, err
}

// writer writes the content.
type writer struct {
	ctx context.Context
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
			return nil, fmt.Errorf("%s: %w", t.name, err)
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
		key := t.keyOf(row)
		if i > 0 && bytes.Compare(before[:], key[:]) >= 0 {
			return fmt.Errorf("row %d: the rows are not in the order of their primary key", i+1)
		}
		before = key
		if err := w.row(t, row); err != nil {
			return fmt.Errorf("row %d: %w", i+1, err)
		}
	}
	return nil
}

func (w *writer) row(t *table, row reflect.Value) (err error) {
	from := len(w.buf)
	open := byte('[')
	for n, column := range t.columns {
		w.buf = append(w.buf, open)
		if w.buf, err = appendValue(w.buf, row.Field(n).Addr().Interface()); err != nil {
			return fmt.Errorf("of id %s: column %s: %w", row.Field(t.key[0]).Interface(), column, err)
		}
		open = ','
	}
	w.buf = append(w.buf, ']')
	if size := len(w.buf) - from; size > MaxRow {
		return fmt.Errorf("of id %s has %d bytes: a row may have %d", row.Field(t.key[0]).Interface(), size, MaxRow)
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
	if err := w.ctx.Err(); err != nil {
		return err
	}
	w.sum.Write(w.buf)
	_, err := w.w.Write(w.buf)
	w.buf = w.buf[:0]
	return err
}
