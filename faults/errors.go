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
	case "57P01":
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
	if e, ok := errors.AsType[*tasktwin.Error](err); ok {
		return endsSession(e.Code)
	}
	return errors.Is(err, ErrConnectionLost) || isContext(err)
}

// endsSession reports whether a server ends the session with a code.
func endsSession(code tasktwin.SQLState) bool {
	return strings.HasPrefix(string(code), "08") || code == "57P01" || code == "57P02" || code == "57P03"
}

// isRefusal reports whether err is the server's answer that it has done nothing.
func isRefusal(err error) bool {
	e, ok := errors.AsType[*tasktwin.Error](err)
	return ok && !endsSession(e.Code)
}

func isContext(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
