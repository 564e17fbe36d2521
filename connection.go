package tasktwin

import (
	"errors"
	"fmt"
)

// Outcome is what is known of a call that has no answer from the server.
type Outcome string

// The outcomes.
const (
	// OutcomeNotSent means that nothing was sent: no connection could be made, or it was
	// known to be closed before.
	OutcomeNotSent Outcome = "not sent"
	// OutcomeFailed means that the call has changed nothing, and never will. It was a
	// read, or a statement of a transaction whose COMMIT was not sent: the server rolls
	// back.
	OutcomeFailed Outcome = "failed"
	// OutcomeUnknown means that changes may have been committed, or may be in a moment.
	// The error wraps [ErrCommitUnknown], too.
	OutcomeUnknown Outcome = "unknown"
)

// ConnectionError is in the chain of the error of a call for which there was no
// connection to the server, or whose connection was lost. A later call takes another
// connection. In the chain is also what the server has said, an [Error], if it has said
// something, such as [AdminShutdown]. Only pgdb returns it, and package faults.
//
// The error of a call whose context has ended is the context's, and no ConnectionError.
type ConnectionError struct {
	Outcome Outcome
	// Err is the server's or the driver's error.
	Err error
}

// Error says what became of the call, and has the text of Err.
func (e *ConnectionError) Error() string {
	switch e.Outcome {
	case OutcomeNotSent:
		return fmt.Sprintf("no connection to the database: %v", e.Err)
	case OutcomeFailed:
		return fmt.Sprintf("connection to the database lost, nothing was changed: %v", e.Err)
	default:
		return fmt.Sprintf("connection to the database lost: %v", e.Err)
	}
}

// Unwrap returns Err.
func (e *ConnectionError) Unwrap() error { return e.Err }

// IsConnectionError reports whether there is a [ConnectionError] in the chain of err: the
// server could not be reached, refuses connections, or the connection was lost.
func IsConnectionError(err error) bool {
	_, ok := errors.AsType[*ConnectionError](err)
	return ok
}
