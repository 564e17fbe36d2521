package tasktwin

import (
	"cmp"
	"context"
	"fmt"
)

// Store is an engine, or a transaction on one.
type Store interface {
	Querier

	// InTx runs fn in a transaction. It commits when fn returns nil and rolls
	// back when fn returns an error, which InTx returns, or panics, in which
	// case the panic goes on. After a statement in the transaction has failed,
	// each further one fails with SQLSTATE 25P02, and when fn then returns nil
	// InTx rolls back and returns an error. On the Store that fn receives, InTx
	// is a savepoint: its failure undoes only what it did. A nil opts means read
	// committed, read and write, and for a savepoint what its transaction has. InTx
	// does not run fn, and returns an error, for options that are not valid, or that
	// contradict the transaction's: see [TxOptions.ValidateSavepoint]. The transaction
	// then goes on.
	//
	// Only the Store that fn receives takes part in the transaction, and only
	// until fn returns: every later call on it, and on the Store of a savepoint
	// whose function is still running, returns [ErrTxDone]. Calls of several
	// goroutines on it take turns, but savepoints of one Store must not overlap:
	// see [ErrSavepointOpen]. A statement that panics, as one with a nil context
	// does, aborts the transaction like one that fails.
	InTx(ctx context.Context, fn func(Store) error, opts *TxOptions) error
	// Ping reports whether the store answers.
	Ping(ctx context.Context) error
	// Close frees what the store holds. Every later call returns ErrClosed, and
	// a second Close does nothing. On the Store of a transaction it returns an
	// error and closes nothing.
	Close() error
}

// IsolationLevel is a transaction's isolation.
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

// TxOptions say how a transaction runs.
type TxOptions struct {
	// Isolation is read committed when empty.
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

// Dumper is a Store that can return everything it holds, as of one moment, so
// that two stores can be compared to the last row. Tables without rows are
// empty, non-nil slices. Both engines' stores and transactions are Dumpers.
type Dumper interface {
	// Dump returns every row of every table, each table by its primary key.
	Dump(ctx context.Context) (*Dump, error)
}

// Loader is a Store that can take many rows at once. Both engines' stores and
// transactions are Loaders.
type Loader interface {
	// Load adds every row of rows, all of them or, where it returns an error,
	// none. Columns that the database generates are not taken from the rows. The
	// error has the SQLSTATE and the constraint that the row's INSERT would have
	// failed with. Of several it is the one that PostgreSQL's COPY meets first:
	//   - enum values come before all else, those of all tables;
	//   - tables follow one another in the order of Dump's fields;
	//   - a table's rows are taken a thousand at a time: first, row by row, the
	//     values, NOT NULL and the checks; then, row by row again, the unique
	//     indexes;
	//   - foreign keys are checked once all rows of the table are there, row by
	//     row.
	// In a read-only or a failed transaction it fails even without rows.
	Load(ctx context.Context, rows *Dump) error
}
