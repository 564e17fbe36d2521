package memdb

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/tasktwin/tasktwin"
)

// isFailure tells errors that undo a statement from finding no rows, which
// leaves what the statement did.
func isFailure(err error) bool { return err != nil && !errors.Is(err, sql.ErrNoRows) }

func uniqueViolation(table, constraint string) error {
	return &tasktwin.Error{
		Code:    tasktwin.UniqueViolation,
		Message: fmt.Sprintf("duplicate key value violates unique constraint %q", constraint),
		Table:   table, Constraint: constraint,
	}
}

func notNullViolation(table, column string) error {
	return &tasktwin.Error{
		Code:    tasktwin.NotNullViolation,
		Message: fmt.Sprintf("null value in column %q of relation %q violates not-null constraint", column, table),
		Table:   table, Column: column,
	}
}

func checkViolation(table string, constraint tasktwin.CheckConstraint) error {
	return &tasktwin.Error{
		Code:    tasktwin.CheckViolation,
		Message: fmt.Sprintf("new row for relation %q violates check constraint %q", table, constraint),
		Table:   table, Constraint: string(constraint),
	}
}

func missingParent(table string, constraint tasktwin.ForeignKeyConstraint) error {
	return &tasktwin.Error{
		Code:    tasktwin.ForeignKeyViolation,
		Message: fmt.Sprintf("insert or update on table %q violates foreign key constraint %q", table, constraint),
		Table:   table, Constraint: string(constraint),
	}
}

// stillReferenced is the error of deleting a parent. A RESTRICT violation got
// its own code and wording in PostgreSQL 18.
func stillReferenced(opts Options, parent string, key *child) error {
	code, setting := tasktwin.ForeignKeyViolation, "foreign key"
	if key.onDelete == restrict && opts.PostgresVersion >= 18 {
		code, setting = tasktwin.RestrictViolation, "RESTRICT setting of foreign key"
	}
	return &tasktwin.Error{
		Code: code,
		Message: fmt.Sprintf("update or delete on table %q violates %s constraint %q on table %q",
			parent, setting, key.name, key.table.tableName()),
		Table: key.table.tableName(), Constraint: string(key.name),
	}
}

func invalidEnum(typeName, value string) error {
	return &tasktwin.Error{
		Code:    tasktwin.InvalidTextRepresentation,
		Message: fmt.Sprintf("invalid input value for enum %s: %q", typeName, value),
	}
}

// isInvalidEnum reports whether err is invalidEnum's.
func isInvalidEnum(err error) bool {
	e, ok := errors.AsType[*tasktwin.Error](err)
	return ok && strings.HasPrefix(e.Message, "invalid input value for enum ")
}

func errAborted() error {
	return &tasktwin.Error{
		Code:    tasktwin.InFailedSQLTransaction,
		Message: "current transaction is aborted, commands ignored until end of transaction block",
	}
}

func errReadOnly(statement string) error {
	return &tasktwin.Error{
		Code:    tasktwin.ReadOnlySQLTransaction,
		Message: fmt.Sprintf("cannot execute %s in a read-only transaction", statement),
	}
}

func errSerialization() error {
	return &tasktwin.Error{
		Code:    tasktwin.SerializationFailure,
		Message: "could not serialize access due to concurrent update",
	}
}
