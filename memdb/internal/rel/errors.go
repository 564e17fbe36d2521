package rel

import (
	"errors"
	"fmt"
)

// RefusalError is what the kernel refuses, but for violations of constraints. It is
// never wrapped.
type RefusalError string

// Error returns what was refused.
func (e RefusalError) Error() string { return string(e) }

// The refusals.
const (
	// ErrNoRows is the error of a statement that found no rows. It undoes nothing.
	ErrNoRows RefusalError = "rel: no rows"
	// ErrClosed is returned by every call on a closed store.
	ErrClosed RefusalError = "rel: the store is closed"
	// ErrTxDone is returned by every call on a transaction or a savepoint that has
	// ended, or on a savepoint in one that has.
	ErrTxDone RefusalError = "rel: the transaction has ended"
	// ErrStoreInTx is returned by a write on a store by the goroutine whose
	// transaction holds the writer token.
	ErrStoreInTx RefusalError = "rel: write on a store inside of its own transaction"
	// ErrCommitAborted is returned by a commit after a statement has failed.
	ErrCommitAborted RefusalError = "rel: the transaction has failed and was rolled back"
	// ErrSavepointOpen is returned where savepoints of one Tx would overlap, and by a
	// commit that would keep half of an open one.
	ErrSavepointOpen RefusalError = "rel: a savepoint is still open"
	// ErrAborted is returned by each statement after one has failed.
	ErrAborted RefusalError = "rel: the transaction is aborted"
	// ErrReadOnly is returned by a write in a read-only transaction.
	ErrReadOnly RefusalError = "rel: write in a read-only transaction"
	// ErrSerialization is returned by a write of a transaction with a snapshot that
	// is not the newest state any more.
	ErrSerialization RefusalError = "rel: concurrent update"
)

// errPanicked ends a statement that panicked: it gives back what the statement
// holds and aborts the transaction, while the panic goes on to the caller.
var errPanicked = errors.New("rel: the statement panicked")

// isFailure tells errors that undo a statement from finding no rows, which keeps
// what the statement did.
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
	// Table is the table that has the constraint, which is the Nth, from 0, of its
	// unique indexes or of its foreign keys.
	Table, Constraint string
	Nth               int
	// Parent is the table that the foreign key refers to, and Restrict says that the
	// key is one that restricts.
	Parent   string
	Restrict bool
	// Key is the key of the row that is StillReferenced, as TableDef.Key has it. For
	// the other kinds it is the user's to set: a row has its parents' slots, not
	// their keys.
	Key string
}

// Error returns which constraint of which table was violated.
func (v *ViolationError) Error() string {
	return fmt.Sprintf("rel: constraint %q of table %q is violated", v.Constraint, v.Table)
}

// unsent is the error of a statement that is refused before it is sent.
type unsent struct{ error }

// Unsent marks the error of arguments for which a client does not send the
// statement at all: the transaction fails, but its snapshot is not taken. Read and
// Write return err without the mark.
func Unsent(err error) error { return unsent{err} }

// arguments returns the error of a statement's arguments without the mark, and
// whether the statement is sent.
func arguments(parsed error) (isSent bool, err error) {
	if u, ok := parsed.(unsent); ok { //nolint:errorlint // the mark is never wrapped
		return false, u.error
	}
	return true, parsed
}
