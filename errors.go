package tasktwin

import (
	"errors"
	"slices"
	"strings"
)

// Errors that are not the database's.
var (
	// ErrClosed is returned by every call on a closed store.
	ErrClosed = errors.New("tasktwin: store is closed")
	// ErrTxDone is returned by every call on the Store of a transaction or of a
	// savepoint that has ended, or of a savepoint in one that has. InTx returns it
	// for a savepoint whose function outlives the transaction: nothing that the
	// function did is kept.
	ErrTxDone = errors.New("tasktwin: transaction has already been committed or rolled back")
	// ErrStoreInTx is returned by a write on a Store inside of a transaction on
	// it, by the same goroutine, where it would wait for itself: only the Store
	// that the function received takes part in the transaction.
	ErrStoreInTx = errors.New("tasktwin: write on a store inside of its own transaction: use the Store that the function received")
	// ErrCommitAborted is returned by InTx when its function returned nil
	// although a statement in it had failed: the transaction is rolled back.
	ErrCommitAborted = errors.New("tasktwin: transaction has failed and was rolled back instead of committed")
	// ErrSavepointOpen is returned by InTx on the Store of a transaction while a
	// savepoint that was started on the same Store is open, as when two goroutines
	// start one each: savepoints nest, they do not overlap. It is also returned by
	// InTx when its function returned nil although a savepoint that it started, and
	// in which statements have run, is still open: the transaction is rolled back.
	ErrSavepointOpen = errors.New("tasktwin: a savepoint of this transaction is still open: wait until its function returns")
)

// SQLState is a five-character code of PostgreSQL's appendix A.
type SQLState string

// The codes that occur.
const (
	StringDataRightTruncation SQLState = "22001"
	DatetimeFieldOverflow     SQLState = "22008"
	CharacterNotInRepertoire  SQLState = "22021"
	InvalidTextRepresentation SQLState = "22P02"
	UntranslatableCharacter   SQLState = "22P05"
	RestrictViolation         SQLState = "23001"
	NotNullViolation          SQLState = "23502"
	ForeignKeyViolation       SQLState = "23503"
	UniqueViolation           SQLState = "23505"
	CheckViolation            SQLState = "23514"
	ReadOnlySQLTransaction    SQLState = "25006"
	InFailedSQLTransaction    SQLState = "25P02"
	SerializationFailure      SQLState = "40001"
	DeadlockDetected          SQLState = "40P01"
	StatementTooComplex       SQLState = "54001"
)

// Error is what the database says of a statement that it refused.
type Error struct {
	Code    SQLState
	Message string
	// Detail says more than the message does, or is empty: the key that is there
	// twice or has no parent, the row that violates NOT NULL or a check, the part of
	// a JSON text that is none. It contains values of rows, such as names, and of a
	// row each value's first 64 bytes, so that of a task also the prompt's. Times in
	// it are in the session's TimeZone and DateStyle; memdb prints them in UTC and in
	// the style ISO.
	Detail     string
	Table      string
	Column     string
	Constraint string
	// Err is the driver's error, or nil.
	Err error
}

// Error returns the message, the detail and the code.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Message)
	if e.Detail != "" {
		b.WriteString(": ")
		b.WriteString(e.Detail)
	}
	b.WriteString(" (SQLSTATE ")
	b.WriteString(string(e.Code))
	b.WriteString(")")
	return b.String()
}

// Unwrap returns the driver's error, or nil.
func (e *Error) Unwrap() error { return e.Err }

// SQLState returns the code, as drivers' errors do.
func (e *Error) SQLState() string { return string(e.Code) }

// IsUniqueViolation reports whether err says that one of the constraints, or
// any where none is given, was violated by a duplicate.
func IsUniqueViolation(err error, constraints ...UniqueConstraint) bool {
	return isViolation(err, constraints, UniqueViolation)
}

// IsForeignKeyViolation reports whether err says that one of the constraints, or
// any where none is given, was violated: by a row whose parent is missing, or
// by the deletion of a row that others refer to. RESTRICT violations, which
// have their own code from PostgreSQL 18 on, count.
func IsForeignKeyViolation(err error, constraints ...ForeignKeyConstraint) bool {
	return isViolation(err, constraints, ForeignKeyViolation, RestrictViolation)
}

// IsCheckViolation reports whether err says that one of the constraints, or any
// where none is given, was violated.
func IsCheckViolation(err error, constraints ...CheckConstraint) bool {
	return isViolation(err, constraints, CheckViolation)
}

func isViolation[C ~string](err error, constraints []C, codes ...SQLState) bool {
	e, ok := errors.AsType[*Error](err)
	if !ok || !slices.Contains(codes, e.Code) {
		return false
	}
	return len(constraints) == 0 || slices.Contains(constraints, C(e.Constraint))
}
