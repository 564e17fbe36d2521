package pgdb

import (
	"errors"

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
	return &tasktwin.Error{
		Code: tasktwin.SQLState(pg.Code), Message: pg.Message, Detail: pg.Detail,
		Table: pg.TableName, Column: pg.ColumnName, Constraint: pg.ConstraintName,
		Err: err,
	}
}

func nothing() error { return nil }

func errAborted() error {
	return &tasktwin.Error{
		Code:    tasktwin.InFailedSQLTransaction,
		Message: "current transaction is aborted, commands ignored until end of transaction block",
	}
}
