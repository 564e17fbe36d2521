package memdb

import (
	"context"
	"errors"
	"fmt"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb/internal/rel"
)

// tx is the Store of a transaction or of a savepoint.
type tx struct {
	queries
	handle *rel.Tx[tables]
}

var (
	_ tasktwin.Store  = (*tx)(nil)
	_ tasktwin.Dumper = (*tx)(nil)
	_ tasktwin.Loader = (*tx)(nil)
)

// InTx runs fn in a transaction: see [tasktwin.Store].
func (db *DB) InTx(ctx context.Context, fn func(tasktwin.Store) error, opts *tasktwin.TxOptions) error {
	if err := db.Ping(ctx); err != nil {
		return err
	}
	var o rel.TxOptions
	if opts != nil {
		if !opts.Isolation.Valid() {
			return fmt.Errorf("tasktwin: TxOptions.Isolation: unknown isolation level %q", opts.Isolation)
		}
		o.ReadOnly = opts.ReadOnly
		o.Snapshot = opts.Isolation == tasktwin.RepeatableRead || opts.Isolation == tasktwin.Serializable
	}
	return db.translate(db.store.InTx(ctx, o, db.inside(fn)))
}

// InTx runs fn in a savepoint.
func (t *tx) InTx(ctx context.Context, fn func(tasktwin.Store) error, _ *tasktwin.TxOptions) error {
	return t.translate(t.handle.InTx(ctx, t.inside(fn)))
}

// inside returns fn as a function of the kernel's handle.
func (q queries) inside(fn func(tasktwin.Store) error) func(*rel.Tx[tables]) error {
	return func(handle *rel.Tx[tables]) error { return fn(&tx{queries{handle, q.version}, handle}) }
}

// Ping reports whether the transaction can go on.
func (t *tx) Ping(ctx context.Context) error {
	return t.readInto(ctx, nil, func(*state) error { return nil })
}

// Close refuses: a transaction ends with its function.
func (t *tx) Close() error {
	return errors.New("tasktwin: Close: a transaction ends when its function returns")
}
