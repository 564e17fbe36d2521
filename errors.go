package tasktwin

import (
	"errors"
	"slices"
	"strings"
)

// Errors of the engines, without an SQLSTATE.
var (
	// ErrClosed is returned by every call on a closed store.
	ErrClosed = errors.New("tasktwin: store is closed")
	// ErrTxDone is returned by every call on the Store of a transaction or savepoint
	// after it, or one around it, has ended. InTx returns it for a savepoint whose
	// function outlives the transaction: the savepoint's changes are rolled back.
	ErrTxDone = errors.New("tasktwin: transaction has already been committed or rolled back")
	// ErrStoreInTx is returned by a call on a Store in the function of an open
	// transaction on it, on the function's goroutine, where the call would wait for that
	// transaction: for what it has locked, itself or through others that wait, and in
	// pgdb for a connection. The transaction can continue. Only the Store that the
	// function received takes part in it. memdb returns it at once, and pgdb a moment
	// after the wait for a lock began, if the pool has a connection left on which to find
	// out: see pgdb.DB.
	ErrStoreInTx = errors.New("tasktwin: call on a store inside of its own transaction: use the Store that the function received")
	// ErrCommitAborted is returned by InTx if its function returned nil although a
	// statement had failed. The transaction is rolled back.
	ErrCommitAborted = errors.New("tasktwin: transaction has failed and was rolled back instead of committed")
	// ErrCommitUnknown is wrapped by the error of InTx, and of a method that changes
	// rows outside of a transaction, if it is not known whether the changes were
	// committed: the connection was lost, or the context was done, after the COMMIT or
	// the statement had been sent and before the database answered. The driver's or the
	// context's error is in the chain, too. See [Store.InTx] for what a caller can do.
	// Only an engine with a connection returns it, which memdb is not, and a store on
	// which package faults loses one.
	ErrCommitUnknown = errors.New("tasktwin: no answer to the commit: it is unknown whether the changes were committed")
	// ErrSavepointOpen is returned by InTx on the Store of a transaction while another
	// savepoint of the same Store is open, for example in another goroutine:
	// savepoints nest but do not overlap. InTx also returns it if its function
	// returned nil while a savepoint in which statements have run is still open: the
	// transaction is rolled back.
	ErrSavepointOpen = errors.New("tasktwin: a savepoint of this transaction is still open: wait until its function returns")
	// ErrSchemaChanged is wrapped by the error of a statement in a transaction whose
	// result has other types than when the connection prepared it, because a column was
	// altered in the meantime: SQLSTATE 0A000, "cached plan must not change result type".
	// The transaction can run again. Each connection has the error at most once for each
	// statement. Only pgdb returns it: outside of transactions it runs the statement again
	// itself.
	ErrSchemaChanged = errors.New("tasktwin: a table has changed since the statement was prepared")
)

// SQLState is a five-character PostgreSQL error code.
type SQLState string

// The codes that the engines return.
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

// Codes about connections and servers, which memdb never returns. What each means to a
// caller stands in docs/semantics.md.
const (
	FeatureNotSupported SQLState = "0A000"
	TooManyConnections  SQLState = "53300"
	QueryCanceled       SQLState = "57014"
	AdminShutdown       SQLState = "57P01"
	CrashShutdown       SQLState = "57P02"
	CannotConnectNow    SQLState = "57P03"
)

// Error is the database's error for a statement.
type Error struct {
	Code    SQLState
	Message string
	// Detail has more information, or is empty: the key that is a duplicate or has no
	// parent, the row that violates NOT NULL or a check, or the invalid part of a JSON
	// text. It contains values of rows, such as names. For a row it contains the first
	// 64 bytes of each value, including a task's prompt. Times are in the session's
	// TimeZone and DateStyle; memdb prints them in UTC and the style ISO.
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

// SQLState returns the code, like the errors of drivers.
func (e *Error) SQLState() string { return string(e.Code) }

// IsUniqueViolation reports whether err is a unique violation of one of the
// constraints, or of any constraint if none is given.
func IsUniqueViolation(err error, constraints ...UniqueConstraint) bool {
	return isViolation(err, constraints, UniqueViolation)
}

// IsForeignKeyViolation reports whether err is a foreign key violation of one of the
// constraints, or of any constraint if none is given: a missing parent, or the
// deletion of a referenced row. RESTRICT violations, which have their own code since
// PostgreSQL 18, are included.
func IsForeignKeyViolation(err error, constraints ...ForeignKeyConstraint) bool {
	return isViolation(err, constraints, ForeignKeyViolation, RestrictViolation)
}

// IsCheckViolation reports whether err is a check violation of one of the
// constraints, or of any constraint if none is given.
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
