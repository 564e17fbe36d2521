package tasktwin

import (
	"cmp"
	"context"
	"fmt"
)

// Store is an engine, or a transaction on one.
type Store interface {
	Querier

	// InTx runs fn in a transaction. It commits if fn returns nil. If fn returns an
	// error, InTx rolls back and returns the error; if fn panics, it rolls back and
	// passes the panic on. After a statement in the transaction has failed, every
	// further statement fails with SQLSTATE 25P02, and if fn then returns nil, InTx
	// rolls back and returns an error. On the Store that fn receives, InTx runs a
	// savepoint: its failure rolls back only its own statements. A nil opts means
	// read committed and read-write, and for a savepoint the options of its
	// transaction. If the options are invalid or contradict those of the transaction
	// (see [TxOptions.ValidateSavepoint]), InTx returns an error without running fn,
	// and the transaction continues.
	//
	// Only the Store that fn receives takes part in the transaction, and only until
	// fn returns: every later call on it, and on the Store of a savepoint whose
	// function is still running, returns [ErrTxDone]. Concurrent calls on it are
	// serialized, but savepoints of one Store must not overlap: see
	// [ErrSavepointOpen]. A statement that panics, for example because of a nil
	// context, aborts the transaction like one that fails.
	//
	// If the connection is lost or ctx is done while the COMMIT is under way, the
	// error wraps [ErrCommitUnknown]: the changes may or may not have been committed,
	// or may be committed in a moment. A caller that must know runs the function
	// again, with a context that is not done and with the same ids: an insert waits
	// for the lost transaction if it is still there, then succeeds if that was rolled
	// back, and is a unique violation of the primary key if it was committed. Changes
	// that have the same result when made twice can be repeated as they are. A
	// transaction that called no method that changes rows never has this error, nor
	// has a savepoint.
	//
	// InTx rolls back even if ctx is done. With an engine whose server does not
	// answer, that takes a while longer: see pgdb.Options.RollbackTimeout.
	InTx(ctx context.Context, fn func(Store) error, opts *TxOptions) error
	// Ping reports whether the store answers.
	Ping(ctx context.Context) error
	// Close releases the store's resources, and does not wait for calls in progress.
	// Those that wait for another session return ErrClosed at once and have done
	// nothing; open transactions fail with it at their next statement or their commit.
	// Every later call returns ErrClosed; a second Close does nothing. On the Store of
	// a transaction it returns an error and closes nothing.
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

// Validate returns an error if the isolation level is unknown. Nil options are valid.
func (o *TxOptions) Validate() error {
	if o != nil && !o.Isolation.Valid() {
		return fmt.Errorf("tasktwin: TxOptions.Isolation: unknown isolation level %q", o.Isolation)
	}
	return nil
}

// ValidateSavepoint returns an error if a savepoint with the options o cannot run in a
// transaction with the options tx: if the isolation level is unknown or not the
// transaction's, or if o is ReadOnly and the transaction is not. An empty isolation level
// and a ReadOnly of false mean those of the transaction. Both o and tx may be nil.
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
	// of generated columns. The error has the SQLSTATE and the constraint that an
	// INSERT of the failing row would have. If several rows fail, it is the error that
	// PostgreSQL's COPY finds first:
	//   - the enum values of all tables are checked first;
	//   - tables are loaded in the order of Dump's fields;
	//   - a table's rows are loaded in batches of a thousand: row by row, the
	//     values, NOT NULL and the checks; then, row by row, the unique indexes;
	//   - foreign keys are checked row by row after all rows of the table are
	//     inserted.
	// In a read-only or a failed transaction Load fails even without rows.
	Load(ctx context.Context, rows *Dump) error
}

// Forker is a Store that can be copied. memdb's stores are Forkers, and so are the
// stores of this module that wrap others, if what they wrap is one. Transactions and
// pgdb's stores are not.
type Forker interface {
	// ForkStore returns an independent store with the same committed rows: neither sees
	// what the other one writes later. The caller owns it, and may close either first.
	// With memdb the cost does not depend on the number of rows: see memdb.DB.Fork. A
	// store that wraps one which is not a Forker returns an error.
	ForkStore() (Store, error)
}
