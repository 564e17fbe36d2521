package tasktwin

import (
	"cmp"
	"context"
	"fmt"
)

// Store is an engine, or a transaction on one.
type Store interface {
	Querier

	// InTx runs fn in a transaction. It commits if fn returns nil, and rolls back
	// if fn returns an error, which InTx returns, or panics, in which case the panic
	// is passed on. After a statement in the transaction has failed, every further
	// statement fails with SQLSTATE 25P02, and if fn then returns nil, InTx rolls
	// back and returns an error. On the Store that fn receives, InTx is a savepoint:
	// its failure undoes only its own statements. A nil opts means read committed,
	// read-write, and for a savepoint the options of its transaction. InTx does not
	// run fn, and returns an error, if the options are invalid or contradict those of
	// the transaction (see [TxOptions.ValidateSavepoint]); the transaction continues.
	//
	// Only the Store that fn receives takes part in the transaction, and only until
	// fn returns: every later call on it, and on the Store of a savepoint whose
	// function is still running, returns [ErrTxDone]. Concurrent calls on it are
	// serialized, but savepoints of one Store must not overlap: see
	// [ErrSavepointOpen]. A statement that panics, for example because of a nil
	// context, aborts the transaction like one that fails.
	InTx(ctx context.Context, fn func(Store) error, opts *TxOptions) error
	// Ping reports whether the store answers.
	Ping(ctx context.Context) error
	// Close releases the store's resources. Every later call returns ErrClosed; a
	// second Close does nothing. On the Store of a transaction it returns an error
	// and closes nothing.
	Close() error
}

// IsolationLevel is the isolation level of a transaction.
type IsolationLevel string

// The isolation levels. The empty level means read committed.
const (
	ReadCommitted  IsolationLevel = "read committed"
	RepeatableRead IsolationLevel = "repeatable read"
	Serializable   IsolationLevel = "serializable"
)

// Valid reports whether l is empty or one of the levels.
func (l IsolationLevel) Valid() bool {
	switch l {
	case "", ReadCommitted, RepeatableRead, Serializable:
		return true
	}
	return false
}

// TxOptions are the options of a transaction.
type TxOptions struct {
	// Isolation is the isolation level. Empty means read committed.
	Isolation IsolationLevel
	// ReadOnly makes every write fail with SQLSTATE 25006.
	ReadOnly bool
}

// Validate returns the error of an isolation level that there is not. Nil options
// are valid.
func (o *TxOptions) Validate() error {
	if o != nil && !o.Isolation.Valid() {
		return fmt.Errorf("tasktwin: TxOptions.Isolation: unknown isolation level %q", o.Isolation)
	}
	return nil
}

// ValidateSavepoint returns the error of options with which a savepoint cannot run
// in a transaction with the options tx: an isolation level that there is not, or
// that is not the transaction's, and ReadOnly in a transaction that is not. An empty
// isolation level is the transaction's, and so is ReadOnly where it is false. Either
// of the two may be nil.
func (o *TxOptions) ValidateSavepoint(tx *TxOptions) error {
	if err := o.Validate(); o == nil || err != nil {
		return err
	}
	var has TxOptions
	if tx != nil {
		has = *tx
	}
	has.Isolation = cmp.Or(has.Isolation, ReadCommitted)
	if o.Isolation != "" && o.Isolation != has.Isolation {
		return fmt.Errorf("tasktwin: TxOptions.Isolation: a savepoint cannot have %q in a transaction that has %q", o.Isolation, has.Isolation)
	}
	if o.ReadOnly && !has.ReadOnly {
		return fmt.Errorf("tasktwin: TxOptions.ReadOnly: a savepoint cannot have %t in a transaction that has %t", o.ReadOnly, has.ReadOnly)
	}
	return nil
}

// Dumper is a Store that can return all its rows as one consistent snapshot, so that
// two stores can be compared row by row. Tables without rows are empty, non-nil
// slices. The stores and transactions of both engines are Dumpers.
type Dumper interface {
	// Dump returns every row of every table, ordered by primary key.
	Dump(ctx context.Context) (*Dump, error)
}

// Loader is a Store that can bulk-load rows. The stores and transactions of both
// engines are Loaders.
type Loader interface {
	// Load inserts all rows or, if it returns an error, none. It ignores the values
	// of generated columns. The error has the SQLSTATE and the constraint of the
	// row's failed INSERT. If several rows fail, it is the error that PostgreSQL's
	// COPY meets first:
	//   - the enum values of all tables are checked first;
	//   - tables are loaded in the order of Dump's fields;
	//   - a table's rows are loaded in batches of a thousand: row by row, the
	//     values, NOT NULL and the checks; then, row by row, the unique indexes;
	//   - foreign keys are checked row by row after all rows of the table are
	//     inserted.
	// In a read-only or a failed transaction it fails even without rows.
	Load(ctx context.Context, rows *Dump) error
}
