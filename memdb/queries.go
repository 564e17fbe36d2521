package memdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb/internal/rel"
)

// queries implements tasktwin.Querier on a store or on a transaction.
type queries struct {
	executor rel.Executor[tables]
	// version is Options.PostgresVersion.
	version int
}

var _ tasktwin.Querier = queries{}

// read runs a statement that changes nothing. argErr is the error of parsing its arguments,
// if any.
func read[T any](ctx context.Context, q queries, argErr error, fn func(*state) (T, error)) (out T, err error) {
	err = readInto(ctx, q, argErr, &out, func(st *state) (err error) {
		out, err = fn(st)
		return err
	})
	return out, err
}

// readInto is like read, but fn stores the result in out itself, which saves a copy of a large
// row. After an error, out is zero.
func readInto[T any](ctx context.Context, q queries, argErr error, out *T, fn func(*state) error) error {
	err := q.translate(rel.Read(ctx, q.executor, argErr, fn))
	dropIf(err, out)
	return err
}

// write runs a statement that may change something.
func write[T any](
	ctx context.Context, q queries, argErr error, mode rel.WriteMode, fn func(*state) (T, error),
) (out T, err error) {
	err = writeInto(ctx, q, argErr, mode, &out, func(st *state) (err error) {
		out, err = fn(st)
		return err
	})
	return out, err
}

// writeInto is like write, but fn stores the result in out itself. After an error, out is zero.
func writeInto[T any](ctx context.Context, q queries, argErr error, mode rel.WriteMode, out *T, fn func(*state) error) error {
	err := q.exec(ctx, argErr, mode, fn)
	dropIf(err, out)
	return err
}

// exec is like write for a statement without a result.
func (q queries) exec(ctx context.Context, argErr error, mode rel.WriteMode, fn func(*state) error) error {
	return q.translate(rel.Write(ctx, q.executor, argErr, mode, fn))
}

// dropIf drops the result of a statement that has failed. A statement may fail after it has
// made its result.
func dropIf[T any](err error, result *T) {
	if err != nil {
		*result = *new(T)
	}
}

// insertRow inserts a row and returns a copy of it.
func insertRow[R, T any](
	ctx context.Context, q queries, d *table[R], f pendingRow[R], argErr error, copyOut func(*state, *R) T,
) (res T, err error) {
	err = writeInto(ctx, q, argErr, rel.FailsBeforeWriting, &res, func(st *state) error {
		if err := d.insert(st, &f); err != nil {
			return err
		}
		res = copyOut(st, f.row)
		return nil
	})
	return res, err
}

// updateRow replaces the row with an id by a changed copy, and returns a copy of the new
// row. No caller changes a key, so only a check can fail.
func updateRow[R, T any](
	ctx context.Context, q queries, d *table[R], id uuid.UUID, argErr error, change func(*R), copyOut func(*state, *R) T,
) (res T, err error) {
	err = writeInto(ctx, q, argErr, rel.FailsBeforeWriting, &res, func(st *state) error {
		slot, old := d.target(st, id)
		if old == nil {
			return rel.ErrNoRows
		}
		row := new(R)
		*row = *old
		change(row)
		err := d.Update(st, slot, old, row)
		if e, ok := err.(*tasktwin.Error); ok { //nolint:errorlint // the errors of checks are never wrapped
			e.Detail = failingRow(copyOut(st, row))
		}
		if err != nil {
			return err
		}
		res = copyOut(st, row)
		return nil
	})
	return res, err
}

// getRow returns a copy of the row with an id.
func getRow[R, T any](ctx context.Context, q queries, d *table[R], id uuid.UUID, copyOut func(*state, *R) T) (res T, err error) {
	err = readInto(ctx, q, nil, &res, func(st *state) error {
		_, row := d.look(st, id)
		if row == nil {
			return rel.ErrNoRows
		}
		res = copyOut(st, row)
		return nil
	})
	return res, err
}

// deleteRow deletes the row with an id and applies the actions of the foreign keys to it.
func deleteRow[R any](ctx context.Context, q queries, d *table[R], id uuid.UUID) (uuid.UUID, error) {
	err := q.exec(ctx, nil, rel.MayFailMidway, func(st *state) error {
		slot, row := d.target(st, id)
		if row == nil {
			return rel.ErrNoRows
		}
		return d.Delete(st, slot)
	})
	if err != nil {
		return uuid.Nil, err
	}
	return id, nil
}
