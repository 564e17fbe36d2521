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
	// opts are the options of the transaction.
	opts *tasktwin.TxOptions
}

var (
	_ tasktwin.Store         = (*tx)(nil)
	_ tasktwin.Dumper        = (*tx)(nil)
	_ tasktwin.Loader        = (*tx)(nil)
	_ tasktwin.TaskIterator  = (*tx)(nil)
	_ tasktwin.BatchInserter = (*tx)(nil)
)

// InTx runs fn in a transaction: see [tasktwin.Store].
func (db *DB) InTx(ctx context.Context, fn func(tasktwin.Store) error, opts *tasktwin.TxOptions) error {
	if err := db.Ping(ctx); err != nil {
		return err
	}
	if err := opts.Validate(); err != nil {
		return err
	}
	var optsCopy tasktwin.TxOptions // the caller may change opts during the transaction
	if opts != nil {
		optsCopy = *opts
	}
	serializable := optsCopy.Isolation == tasktwin.Serializable
	relOpts := rel.TxOptions{
		Snapshot: serializable || optsCopy.Isolation == tasktwin.RepeatableRead, Serializable: serializable,
		ReadOnly: optsCopy.ReadOnly,
	}
	return db.translate(db.store.InTx(ctx, relOpts, db.onHandle(fn, &optsCopy)))
}

// InTx runs fn in a savepoint.
func (t *tx) InTx(ctx context.Context, fn func(tasktwin.Store) error, opts *tasktwin.TxOptions) error {
	return t.translate(t.handle.InTx(ctx, opts.ValidateSavepoint(t.opts), t.onHandle(fn, t.opts)))
}

// onHandle wraps fn in a function that takes the kernel's handle. opts are the options of
// the transaction.
func (q queries) onHandle(fn func(tasktwin.Store) error, opts *tasktwin.TxOptions) func(*rel.Tx[tables]) error {
	return func(handle *rel.Tx[tables]) error { return fn(&tx{queries{handle, q.version}, handle, opts}) }
}

// Ping returns an error if the transaction cannot continue.
func (t *tx) Ping(ctx context.Context) error {
	return t.translate(rel.Read(ctx, t.executor, nil, func(*state) error { return nil }))
}

// Close always returns an error: a transaction ends when its function returns.
func (t *tx) Close() error {
	return errors.New("tasktwin: Close: a transaction ends when its function returns")
}
