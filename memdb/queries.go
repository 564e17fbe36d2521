package memdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb/internal/rel"
)

// queries implements the Querier on a store or on a transaction. A statement that
// could not be parsed comes with its error.
type queries struct {
	x rel.Executor[tables]
	// version is Options.PostgresVersion.
	version int
}

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
	return q.translate(rel.Read(ctx, q.x, parsed, fn))
}

// write runs a statement that may change something.
func write[T any](ctx context.Context, q queries, parsed error, mode rel.WriteMode, fn func(*state) (T, error)) (out T, err error) {
	err = q.writeInto(ctx, parsed, mode, func(st *state) (err error) {
		out, err = fn(st)
		return err
	})
	return out, err
}

// writeInto is write for statements whose result fn stores itself.
func (q queries) writeInto(ctx context.Context, parsed error, mode rel.WriteMode, fn func(*state) error) error {
	return q.translate(rel.Write(ctx, q.x, parsed, mode, fn))
}

// insertRow inserts a row, and returns a copy.
func insertRow[R, T any](
	ctx context.Context, q queries, d *table[R], f pendingRow[R], parsed error, out func(*state, *R) T,
) (res T, err error) {
	err = q.writeInto(ctx, parsed, rel.FailsBeforeWriting, func(st *state) error {
		if err := d.insert(st, &f); err != nil {
			return err
		}
		res = out(st, f.row)
		return nil
	})
	return res, err
}

// updateRow changes a copy of the row of an id, and returns a copy of that. Nothing
// that it is used for changes a key: it can fail only for what checks say of the row.
func updateRow[R, T any](
	ctx context.Context, q queries, d *table[R], id uuid.UUID, parsed error, change func(*R), out func(*state, *R) T,
) (res T, err error) {
	err = q.writeInto(ctx, parsed, rel.FailsBeforeWriting, func(st *state) error {
		slot, old := d.find(st, id)
		if old == nil {
			return rel.ErrNoRows
		}
		row := new(R)
		*row = *old
		change(row)
		err := d.Update(st, slot, old, row)
		if e, ok := err.(*tasktwin.Error); ok { //nolint:errorlint // the errors of checks are never wrapped
			e.Detail = failingRow(out(st, row))
		}
		if err != nil {
			return err
		}
		res = out(st, row)
		return nil
	})
	return res, err
}

// getRow returns a copy of the row of an id.
func getRow[R, T any](ctx context.Context, q queries, d *table[R], id uuid.UUID, out func(*state, *R) T) (res T, err error) {
	err = q.readInto(ctx, nil, func(st *state) error {
		_, row := d.find(st, id)
		if row == nil {
			return rel.ErrNoRows
		}
		res = out(st, row)
		return nil
	})
	return res, err
}

// deleteRow deletes the row of an id with all that the foreign keys to it say.
func deleteRow[R any](ctx context.Context, q queries, d *table[R], id uuid.UUID) (uuid.UUID, error) {
	err := q.writeInto(ctx, nil, rel.MayFailMidway, func(st *state) error {
		slot, row := d.find(st, id)
		if row == nil {
			return rel.ErrNoRows
		}
		if err := d.Delete(st, slot); err != nil {
			return err
		}
		refreshStale(st)
		return nil
	})
	if err != nil {
		return uuid.Nil, err
	}
	return id, nil
}
