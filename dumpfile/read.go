package dumpfile

import (
	"errors"
	"io"
	"reflect"

	"github.com/tasktwin/tasktwin"
)

// Read returns the rows of a file, which it reads to the end. The rows are complete and
// unchanged: the counts and the checksum have been verified. Tables without rows are
// empty, non-nil slices. It needs memory for the rows and for one line. It returns an
// error of r wrapped, and for a file that it refuses one of the errors of this package. It
// returns an error if r is nil.
func Read(r io.Reader) (*tasktwin.Dump, error) {
	rows, _, err := ReadWithInfo(r)
	return rows, err
}

// ReadWithInfo is [Read] that also describes the file.
func ReadWithInfo(r io.Reader) (*tasktwin.Dump, *Info, error) {
	if r == nil {
		return nil, nil, errors.New("dumpfile: Read: r is nil")
	}
	return readRows(r, &current)
}

func readRows(r io.Reader, s *schema) (*tasktwin.Dump, *Info, error) {
	rows := &tasktwin.Dump{}
	lists := reflect.ValueOf(rows).Elem()
	for _, list := range lists.Fields() { // a dump need not have all tables
		list.Set(reflect.MakeSlice(list.Type(), 0, 0))
	}
	info, err := newReader(r, s).content(func(t *table) dest { return &listDest{lists.Field(t.field)} })
	if err != nil {
		return nil, nil, err
	}
	return rows, info, nil
}

// Verify is [ReadWithInfo] without keeping the rows. It needs memory for a single row.
func Verify(r io.Reader) (*Info, error) {
	if r == nil {
		return nil, errors.New("dumpfile: Verify: r is nil")
	}
	info, err := newReader(r, &current).content(func(t *table) dest { return &oneDest{reflect.New(t.row).Elem()} })
	if err != nil {
		return nil, err
	}
	return info, nil
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
