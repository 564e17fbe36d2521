package pgdb

import (
	"cmp"
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

// lostReply returns the error of a COMMIT, or of a statement that commits by itself.
// It wraps [tasktwin.ErrCommitUnknown] if the connection was lost after something had
// been sent, and before the server had answered.
func lostReply(conn *pgx.Conn, err error) error {
	if err == nil || !conn.IsClosed() || isUnsent(err) || isRefusal(err) {
		return err
	}
	return fmt.Errorf("%w: %w", tasktwin.ErrCommitUnknown, err)
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
