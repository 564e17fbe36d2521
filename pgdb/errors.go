package pgdb

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tasktwin/tasktwin"
)

// wrap converts PostgreSQL's errors to tasktwin's type.
func wrap(err error) error {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return err
	}
	if _, done := errors.AsType[*tasktwin.Error](err); done {
		return err
	}
	return withMode(&tasktwin.Error{
		Code: tasktwin.SQLState(pg.Code), Message: pg.Message, Detail: pg.Detail,
		Table: pg.TableName, Column: pg.ColumnName, Constraint: pg.ConstraintName,
		Err: err,
	})
}

// commits says what a statement does if the server carries it out.
type commits bool

const (
	// changesNothing is a statement of a transaction other than COMMIT, or a read.
	changesNothing commits = false
	// mayCommit is a COMMIT, or a statement outside of a transaction, that may make
	// changes last.
	mayCommit commits = true
)

// statementError returns the error of a statement on a connection. It wraps a
// [tasktwin.ConnectionError] if the connection was lost, and
// [tasktwin.ErrCommitUnknown] if it was lost after something had been sent that may
// have been committed, and before the server had answered.
func statementError(conn *pgx.Conn, c commits, err error) error {
	err = wrap(err)
	switch {
	case hasOldPlan(err):
		return fmt.Errorf("%w: %w", tasktwin.ErrSchemaChanged, err)
	case err == nil || !conn.IsClosed() || isRefusal(err):
		return err
	}
	outcome := tasktwin.OutcomeFailed
	switch {
	case isUnsent(err):
		outcome = tasktwin.OutcomeNotSent
	case c == mayCommit:
		outcome = tasktwin.OutcomeUnknown
	}
	if !isContext(err) {
		err = &tasktwin.ConnectionError{Outcome: outcome, Err: err}
	}
	if outcome == tasktwin.OutcomeUnknown {
		err = fmt.Errorf("%w: %w", tasktwin.ErrCommitUnknown, err)
	}
	return err
}

// hasOldPlan reports whether the server has refused a prepared statement because the
// types of its result have changed. The code alone stands for whatever is not supported,
// and the message may be in another language.
func hasOldPlan(err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && pg.Code == string(tasktwin.FeatureNotSupported) && pg.Routine == "RevalidateCachedQuery"
}

// isContext reports whether a statement has ended with its context.
func isContext(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// isUnsent reports whether err is from before anything was sent on a connection that
// was open. The driver also calls an error safe to retry that only says that the
// connection is closed, and returns such an error if it is lost while the answer to a
// COMMIT is read.
func isUnsent(err error) bool {
	return pgconn.SafeToRetry(err) && !errors.Is(err, pgconn.ErrConnClosed)
}

// isRefusal reports whether err is the server's answer that it has rolled back. The
// FATAL error with which it ends a session is not: a session may be ended after it has
// committed, before it says so.
func isRefusal(err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && cmp.Or(pg.SeverityUnlocalized, pg.Severity) == "ERROR"
}

func nothing() error { return nil }

func errAborted() error {
	return &tasktwin.Error{
		Code:    tasktwin.InFailedSQLTransaction,
		Message: "current transaction is aborted, commands ignored until end of transaction block",
	}
}
