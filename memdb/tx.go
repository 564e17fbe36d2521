package memdb

import (
	"context"
	"errors"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb/internal/rel"
)

// tx is the Store of a transaction or of a savepoint.
type tx struct {
	queries
	handle *rel.Tx[tables]
	// opts are the transaction's.
	opts *tasktwin.TxOptions
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
	if err := opts.Validate(); err != nil {
		return err
	}
	var own tasktwin.TxOptions // the caller may change opts meanwhile
	if opts != nil {
		own = *opts
	}
	snapshot := own.Isolation == tasktwin.RepeatableRead || own.Isolation == tasktwin.Serializable
	return db.translate(db.store.InTx(ctx, rel.TxOptions{Snapshot: snapshot, ReadOnly: own.ReadOnly}, db.inside(fn, &own)))
}

// InTx runs fn in a savepoint.
func (t *tx) InTx(ctx context.Context, fn func(tasktwin.Store) error, opts *tasktwin.TxOptions) error {
	return t.translate(t.handle.InTx(ctx, opts.ValidateSavepoint(t.opts), t.inside(fn, t.opts)))
}

// inside returns fn as a function of the kernel's handle, in a transaction with the
// given options.
func (q queries) inside(fn func(tasktwin.Store) error, opts *tasktwin.TxOptions) func(*rel.Tx[tables]) error {
	return func(handle *rel.Tx[tables]) error { return fn(&tx{queries{handle, q.version}, handle, opts}) }
}

// Ping reports whether the transaction can go on.
func (t *tx) Ping(ctx context.Context) error {
	return t.readInto(ctx, nil, func(*state) error { return nil })
}

// Close refuses: a transaction ends with its function.
func (t *tx) Close() error {
	return errors.New("tasktwin: Close: a transaction ends when its function returns")
}
