package rel

import (
	"errors"
	"fmt"
)

// RefusalError is an error of the kernel other than a constraint violation. It is
// never wrapped.
type RefusalError string

// Error returns the message.
func (e RefusalError) Error() string { return string(e) }

// The refusals.
const (
	// ErrNoRows is the error of a statement that found no rows. It does not roll back the statement.
	ErrNoRows RefusalError = "rel: no rows"
	// ErrClosed is returned by every call on a closed store.
	ErrClosed RefusalError = "rel: the store is closed"
	// ErrTxDone is returned by every call on a transaction or savepoint after it, or a
	// transaction or savepoint around it, has ended.
	ErrTxDone RefusalError = "rel: the transaction has ended"
	// ErrStoreInTx is returned by a write on a store, in the function of a transaction,
	// that would wait for that transaction.
	ErrStoreInTx RefusalError = "rel: write on a store inside of its own transaction"
	// ErrCommitAborted is returned by a commit after a statement has failed.
	ErrCommitAborted RefusalError = "rel: the transaction has failed and was rolled back"
	// ErrSavepointOpen is returned if savepoints of one Tx would overlap, and by a
	// commit that would keep only part of an open savepoint.
	ErrSavepointOpen RefusalError = "rel: a savepoint is still open"
	// ErrAborted is returned by every statement in a transaction after one has failed.
	ErrAborted RefusalError = "rel: the transaction is aborted"
	// ErrReadOnly is returned by a write in a read-only transaction.
	ErrReadOnly RefusalError = "rel: write in a read-only transaction"
	// ErrSerialization is returned by a write of a row that others have changed since
	// the transaction's snapshot.
	ErrSerialization RefusalError = "rel: concurrent update"
	// ErrDependencies is returned by a statement or a commit of a serializable transaction
	// that has no place in a serial order with the others.
	ErrDependencies RefusalError = "rel: read/write dependencies"
	// ErrDeadlock is returned by a statement that would wait for transactions that wait
	// for its own.
	ErrDeadlock RefusalError = "rel: deadlock"
)

// errPanicked ends a statement that panicked. It releases the locks that the statement
// holds and aborts the transaction. The panic continues to the caller.
var errPanicked = errors.New("rel: the statement panicked")

// isFailure reports whether an error rolls back its statement. ErrNoRows does not: the
// statement's changes are kept.
func isFailure(err error) bool { return err != nil && !errors.Is(err, ErrNoRows) }

// Kind says how a row violates a constraint.
type Kind int

// The kinds of violations.
const (
	Duplicate Kind = iota
	MissingParent
	StillReferenced
)

// ViolationError is the error of a row that violates a unique index or a foreign key.
type ViolationError struct {
	Kind Kind
	// Table has the constraint. Nth is the constraint's index, from 0, among the
	// table's unique indexes or foreign keys.
	Table, Constraint string
	Nth               int
	// Parent is the table that the foreign key refers to. Restrict reports whether the
	// foreign key is ON DELETE RESTRICT.
	Parent   string
	Restrict bool
	// Key is the key of a StillReferenced row, from TableDef.Key. For the other kinds
	// the package's user sets it, because a row stores its parents' slots and not
	// their keys.
	Key string
}

// Error names the violated constraint and its table.
func (v *ViolationError) Error() string {
	return fmt.Sprintf("rel: constraint %q of table %q is violated", v.Constraint, v.Table)
}

// unsent marks the error of a statement that a client would not send.
type unsent struct{ error }

// Unsent marks an error of arguments for which a client does not send the statement
// at all. The transaction fails, but the statement does not take its snapshot. Read
// and Write return err without the mark.
func Unsent(err error) error { return unsent{err} }

// unmark returns the error of a statement's arguments without the mark, and whether a
// client would send the statement.
func unmark(argErr error) (isSent bool, err error) {
	if u, ok := argErr.(unsent); ok { //nolint:errorlint // the mark is never wrapped
		return false, u.error
	}
	return true, argErr
}
