package dumpfile

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"reflect"

	"github.com/klauspost/compress/zstd"

	"github.com/tasktwin/tasktwin"
)

// Read returns the rows of a file and its description. The rows are complete and
// unchanged: all checksums and counts have been verified. It reads r to the end.
// An error of r or of the context is returned unchanged.
func Read(ctx context.Context, r io.Reader) (*tasktwin.Dump, *Info, error) {
	return readRows(ctx, r, &current)
}

func readRows(ctx context.Context, r io.Reader, s *schema) (*tasktwin.Dump, *Info, error) {
	rows := &tasktwin.Dump{}
	lists := reflect.ValueOf(rows).Elem()
	for _, list := range lists.Fields() { // a dump need not have all tables
		list.Set(reflect.MakeSlice(list.Type(), 0, 0))
	}
	info, err := read(ctx, r, s, func(t *table) dest { return &listDest{lists.Field(t.field)} })
	if err != nil {
		return nil, nil, err
	}
	return rows, info, nil
}

// Verify is Read without keeping the rows. It needs memory for a single row.
func Verify(ctx context.Context, r io.Reader) (*Info, error) {
	return read(ctx, r, &current, func(t *table) dest { return &oneDest{reflect.New(t.row).Elem()} })
}

// dest is the destination of a table's rows.
type dest interface {
	// next returns a zero row to be filled in.
	next() reflect.Value
}

type listDest struct{ list reflect.Value }

func (d *listDest) next() reflect.Value {
	n := d.list.Len()
	if n == d.list.Cap() {
		d.list.Grow(1)
	}
	d.list.SetLen(n + 1)
	return d.list.Index(n)
}

type oneDest struct{ row reflect.Value }

func (d *oneDest) next() reflect.Value {
	d.row.SetZero()
	return d.row
}

func read(ctx context.Context, r io.Reader, s *schema, into func(*table) dest) (*Info, error) {
	file := newBodyReader(ctx, r)
	if err := readFirst(file); err != nil {
		return nil, err
	}
	// With one goroutine, none can outlive this call, even on errors.
	unpacked, err := zstd.NewReader(file, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(window))
	if err != nil {
		return nil, err
	}
	defer unpacked.Close()
	info, err := newReader(unpacked, s).content(into)
	file.drain()
	if file.err != nil {
		return nil, file.err
	}
	return info, diagnose(file, err)
}

// readFirst reads the first frame.
func readFirst(file *bodyReader) error {
	text := make([]byte, maxTitle)
	head := text[:8]
	if n, err := io.ReadFull(file, head); err != nil {
		return shortFileError(file, head[:n])
	}
	size := binary.LittleEndian.Uint32(head[4:])
	if !bytes.Equal(head[:4], firstMagic) || size > maxTitle {
		return ErrNotADump
	}
	text = text[:size]
	if n, err := io.ReadFull(file, text); err != nil {
		return shortFileError(file, append(frame(firstMagic, title(Version))[:8], text[:n]...))
	}
	_, err := parseTitle(text)
	return err
}

// shortFileError distinguishes a truncated dump from another short file.
func shortFileError(file *bodyReader, begin []byte) error {
	if file.err != nil {
		return file.err
	}
	begin = append(bytes.Clone(begin), file.rest()...)
	full := frame(firstMagic, title(Version))
	if n := min(len(begin), len(full)); !bytes.Equal(begin[:n], full[:n]) {
		return ErrNotADump
	}
	return ErrCutOff
}

// diagnose returns the error of a file whose content was read with err, which may
// be nil. The cause of an error depends on whether the last frame is complete and
// has the correct checksum.
func diagnose(file *bodyReader, err error) error {
	last := lastFrame(file.sum.Sum(nil))
	rest := file.rest()
	switch begin := len(last) - 2*32 - 1; {
	case bytes.Equal(rest, last) && errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: its content does not end", ErrDamaged)
	case bytes.Equal(rest, last):
		return err
	case len(rest) == len(last) && bytes.Equal(rest[:begin], last[:begin]) || err == nil:
		return fmt.Errorf("%w: its checksum is not that of its bytes", ErrDamaged)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return ErrCutOff
	default:
		return err
	}
}
