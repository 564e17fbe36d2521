package faults

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/tasktwin/tasktwin"
)

// ErrConnectionLost is what the errors of [LoseConnection] wrap. They also wrap
// [io.ErrUnexpectedEOF], as those of pgdb do when a server ends a connection.
var ErrConnectionLost = errors.New("faults: the connection was lost")

func errLost() error { return fmt.Errorf("%w: %w", ErrConnectionLost, io.ErrUnexpectedEOF) }

// message returns what PostgreSQL says with a code, where it is always the same.
func message(code tasktwin.SQLState) string {
	switch code {
	case tasktwin.SerializationFailure:
		return "could not serialize access due to read/write dependencies among transactions"
	case tasktwin.DeadlockDetected:
		return "deadlock detected"
	case tasktwin.ReadOnlySQLTransaction:
		return "cannot execute statement in a read-only transaction"
	case tasktwin.AdminShutdown:
		return "terminating connection due to administrator command"
	default:
		return "injected by package faults"
	}
}

// codeProblem returns why no statement can fail with a code, or "".
func codeProblem(code tasktwin.SQLState) string {
	if len(code) != 5 || strings.Trim(string(code), "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return "it must have five digits or capital letters"
	}
	if class := code[:2]; class == "00" || class == "01" || class == "02" {
		return "the classes 00, 01 and 02 are those of success, of warnings and of no data, not of errors"
	}
	return ""
}

// losesConnection reports whether no statement can follow on the connection: it was lost,
// the server has ended the session, or, as in pgdb, a context has ended during a statement.
func losesConnection(err error) bool {
	if tasktwin.IsConnectionError(err) {
		return true
	}
	if e, ok := errors.AsType[*tasktwin.Error](err); ok {
		return endsSession(e.Code)
	}
	return errors.Is(err, ErrConnectionLost) || isContext(err)
}

// endsSession reports whether a server ends the session with a code.
func endsSession(code tasktwin.SQLState) bool {
	return strings.HasPrefix(string(code), "08") || code == tasktwin.AdminShutdown || code == tasktwin.CrashShutdown || refusesSession(code)
}

// refusesSession reports whether a server refuses to begin a session with a code.
func refusesSession(code tasktwin.SQLState) bool {
	return code == tasktwin.CannotConnectNow || code == tasktwin.TooManyConnections
}

// noAnswer returns the error of a call that changes nothing if it has no answer, as pgdb
// would: with what is known if the connection was lost, and else as it is.
func noAnswer(err error) error { return withOutcome(err, tasktwin.OutcomeFailed) }

// unknown returns the error of a call whose changes may have been committed.
func unknown(err error) error {
	return fmt.Errorf("%w: %w", tasktwin.ErrCommitUnknown, withOutcome(err, tasktwin.OutcomeUnknown))
}

func withOutcome(err error, outcome tasktwin.Outcome) error {
	if isContext(err) || !losesConnection(err) || tasktwin.IsConnectionError(err) {
		return err
	}
	if neverSent(err) {
		outcome = tasktwin.OutcomeNotSent
	}
	return &tasktwin.ConnectionError{Outcome: outcome, Err: err}
}

// neverSent reports whether the call's connection was refused.
func neverSent(err error) bool {
	e, ok := errors.AsType[*tasktwin.Error](err)
	return ok && refusesSession(e.Code)
}

// isRefusal reports whether err is the server's answer that it has done nothing.
func isRefusal(err error) bool {
	_, ok := errors.AsType[*tasktwin.Error](err)
	return ok && !losesConnection(err)
}

func isContext(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
