package memdb

import (
	"context"
	"database/sql"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// executor is a DB or a transaction: it parses a statement's arguments and then
// runs it on the right state.
type executor interface {
	read(ctx context.Context, parse func() error, fn func(*state) error) error
	write(ctx context.Context, parse func() error, fn func(*state) error) error
}

// queries implements the Querier on any executor.
type queries struct{ x executor }

var _ tasktwin.Querier = queries{}

// insertRow inserts a row that parse has completed, and returns a copy.
func insertRow[R any](ctx context.Context, x executor, id tableID, row *R, parse func() error, out func(*R) R) (res R, err error) {
	err = x.write(ctx, parse, func(st *state) error {
		if err := st.insert(id, row); err != nil {
			return err
		}
		res = out(row)
		return nil
	})
	return res, err
}

// updateRow changes a copy of the row that find returns, and returns a copy of
// that.
func updateRow[R any](ctx context.Context, x executor, id tableID, parse func() error,
	find func(*state) *R, change func(*R), out func(*R) R,
) (res R, err error) {
	err = x.write(ctx, parse, func(st *state) error {
		old := find(st)
		if old == nil {
			return sql.ErrNoRows
		}
		row := new(R)
		*row = *old
		change(row)
		if err := st.update(id, old, row); err != nil {
			return err
		}
		res = out(row)
		return nil
	})
	return res, err
}

// getRow returns a copy of the row that find returns.
func getRow[R any](ctx context.Context, x executor, parse func() error, find func(*state) *R, out func(*R) R) (res R, err error) {
	err = x.read(ctx, parse, func(st *state) error {
		row := find(st)
		if row == nil {
			return sql.ErrNoRows
		}
		res = out(row)
		return nil
	})
	return res, err
}

// listRows returns copies of an index's rows whose key begins with a.
func listRows[R any](ctx context.Context, x executor, id tableID, index int, a uuid.UUID) ([]R, error) {
	res := []R{}
	err := x.read(ctx, noArguments, func(st *state) error {
		scan(st, id, index, a, func(row *R) bool {
			res = append(res, *row)
			return true
		})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return res, nil
}

func deleteRow(ctx context.Context, x executor, id tableID, rowID uuid.UUID) (uuid.UUID, error) {
	err := x.write(ctx, noArguments, func(st *state) error {
		e, ok := st.index(id, primaryKey).Get(entry{key: key{a: rowID}})
		if !ok {
			return sql.ErrNoRows
		}
		return st.delete(id, e.row)
	})
	if err != nil {
		return uuid.Nil, err
	}
	return rowID, nil
}

func idOf[R any](id tableID, rowID uuid.UUID) func(*state) *R {
	return func(st *state) *R { return byID[R](st, id, rowID) }
}
