package pgdb

import (
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tasktwin/tasktwin"
)

// wrap puts PostgreSQL's errors into tasktwin's type.
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

// enum is any of the enums.
type enum interface {
	~string
	Valid() bool
	TypeName() string
}

// valid refuses a value that is not in its type, as PostgreSQL would. It is
// checked here because pgx learns of a type's values only by sending one.
func valid[E enum](v E) error {
	if v.Valid() {
		return nil
	}
	return &tasktwin.Error{
		Code:    tasktwin.InvalidTextRepresentation,
		Message: fmt.Sprintf("invalid input value for enum %s: %q", v.TypeName(), string(v)),
	}
}

func nothing() error { return nil }

func errAborted() error {
	return &tasktwin.Error{
		Code:    tasktwin.InFailedSQLTransaction,
		Message: "current transaction is aborted, commands ignored until end of transaction block",
	}
}
