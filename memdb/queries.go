package memdb

import (
	"context"
	"database/sql"
	"errors"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// executor is a DB or a transaction: it says on which state a statement runs. A
// statement that could not be parsed comes with its error, for which it is not
// run. What starts without an error must end.
type executor interface {
	startRead(ctx context.Context, parsed error) (*state, error)
	endRead(err error) error
	startWrite(ctx context.Context, parsed error, how writing) (*state, error)
	endWrite(st *state, err error) error
}

// writing says what a statement leaves behind when it fails.
type writing int

const (
	// wholly is a statement that finds out whether it fails before it changes
	// anything.
	wholly writing = iota
	// partly is one that may have changed something.
	partly
)

// queries implements the Querier on any executor.
type queries struct{ x executor }

var _ tasktwin.Querier = queries{}

// read runs a statement that changes nothing.
func read[T any](ctx context.Context, q queries, parsed error, fn func(*state) (T, error)) (out T, err error) {
	err = q.readInto(ctx, parsed, func(st *state) (err error) {
		out, err = fn(st)
		return err
	})
	return out, err
}

// readInto is read for statements whose result fn stores itself, so that a large
// row is not copied on the way.
func (q queries) readInto(ctx context.Context, parsed error, fn func(*state) error) error {
	st, err := q.x.startRead(ctx, parsed)
	if err != nil {
		return err
	}
	panicked := true
	defer func() {
		if panicked {
			_ = q.x.endRead(errPanicked)
		}
	}()
	err = fn(st)
	panicked = false
	return q.x.endRead(err)
}

// write runs a statement that may change something.
func write[T any](ctx context.Context, q queries, parsed error, how writing, fn func(*state) (T, error)) (out T, err error) {
	st, err := q.x.startWrite(ctx, parsed, how)
	if err != nil {
		return out, err
	}
	panicked := true
	defer func() {
		if panicked {
			_ = q.x.endWrite(st, errPanicked)
		}
	}()
	out, err = fn(st)
	panicked = false
	return out, q.x.endWrite(st, err)
}

// errPanicked ends a statement that panicked: it gives back what the statement
// holds and aborts the transaction, while the panic goes on to the caller.
var errPanicked = errors.New("memdb: the statement panicked")

// insertRow inserts a row, and returns a copy.
func insertRow[R, T any](ctx context.Context, q queries, d *tableDef[R], f fresh[R], parsed error, out func(*state, *R) T) (T, error) {
	return write(ctx, q, parsed, wholly, func(st *state) (res T, err error) {
		if err := d.insert(st, &f); err != nil {
			return res, err
		}
		return out(st, f.row), nil
	})
}

// updateRow changes a copy of the row of an id, and returns a copy of that.
func updateRow[R, T any](ctx context.Context, q queries, d *tableDef[R], id uuid.UUID, parsed error, change func(*R), out func(*state, *R) T) (T, error) {
	return write(ctx, q, parsed, wholly, func(st *state) (res T, err error) {
		slot, old := d.find(st, id)
		if old == nil {
			return res, sql.ErrNoRows
		}
		row := new(R)
		*row = *old
		change(row)
		if err := d.update(st, slot, old, row, nil); err != nil {
			return res, err
		}
		return out(st, row), nil
	})
}

// getRow returns a copy of the row of an id.
func getRow[R, T any](ctx context.Context, q queries, d *tableDef[R], id uuid.UUID, out func(*state, *R) T) (T, error) {
	return read(ctx, q, nil, func(st *state) (res T, err error) {
		_, row := d.find(st, id)
		if row == nil {
			return res, sql.ErrNoRows
		}
		return out(st, row), nil
	})
}

func deleteRow[R any](ctx context.Context, q queries, d *tableDef[R], id uuid.UUID) (uuid.UUID, error) {
	return write(ctx, q, nil, partly, func(st *state) (uuid.UUID, error) {
		slot, row := d.find(st, id)
		if row == nil {
			return uuid.Nil, sql.ErrNoRows
		}
		if err := st.delete(d, slot); err != nil {
			return uuid.Nil, err
		}
		return id, nil
	})
}
