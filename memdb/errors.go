package memdb

import (
	"database/sql"
	"fmt"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb/internal/rel"
)

// translate converts a kernel error, which is never wrapped, to PostgreSQL's. It returns
// all other errors unchanged: those of values, of contexts and of the caller's functions.
func (q queries) translate(err error) error {
	switch e := err.(type) { //nolint:errorlint // see above
	case *rel.ViolationError:
		return q.violation(e)
	case rel.RefusalError:
		return refusal(e)
	}
	return err
}

func refusal(e rel.RefusalError) error {
	switch e {
	case rel.ErrNoRows:
		return sql.ErrNoRows
	case rel.ErrClosed:
		return tasktwin.ErrClosed
	case rel.ErrTxDone:
		return tasktwin.ErrTxDone
	case rel.ErrStoreInTx:
		return tasktwin.ErrStoreInTx
	case rel.ErrCommitAborted:
		return tasktwin.ErrCommitAborted
	case rel.ErrSavepointOpen:
		return tasktwin.ErrSavepointOpen
	case rel.ErrAborted:
		return &tasktwin.Error{
			Code:    tasktwin.InFailedSQLTransaction,
			Message: "current transaction is aborted, commands ignored until end of transaction block",
		}
	case rel.ErrReadOnly:
		return &tasktwin.Error{
			Code:    tasktwin.ReadOnlySQLTransaction,
			Message: "cannot execute INSERT, UPDATE or DELETE in a read-only transaction",
		}
	case rel.ErrDeadlock:
		return &tasktwin.Error{Code: tasktwin.DeadlockDetected, Message: "deadlock detected"}
	case rel.ErrSerialization:
		return serializationFailure("concurrent update")
	case rel.ErrDependencies:
		return serializationFailure("read/write dependencies among transactions")
	}
	return e
}

// serializationFailure returns a 40001 with the words of PostgreSQL.
func serializationFailure(cause string) error {
	return &tasktwin.Error{Code: tasktwin.SerializationFailure, Message: "could not serialize access due to " + cause}
}

func (q queries) violation(v *rel.ViolationError) error {
	e := &tasktwin.Error{Table: v.Table, Constraint: v.Constraint}
	switch v.Kind {
	case rel.Duplicate:
		e.Code = tasktwin.UniqueViolation
		e.Message = fmt.Sprintf("duplicate key value violates unique constraint %q", v.Constraint)
		e.Detail = fmt.Sprintf("Key %s already exists.", v.Key)
	case rel.MissingParent:
		e.Code = tasktwin.ForeignKeyViolation
		e.Message = fmt.Sprintf("insert or update on table %q violates foreign key constraint %q", v.Table, v.Constraint)
		e.Detail = fmt.Sprintf("Key %s is not present in table %q.", v.Key, v.Parent)
	case rel.StillReferenced:
		// A RESTRICT violation got its own code and wording in PostgreSQL 18.
		setting, still := "foreign key", "still "
		e.Code = tasktwin.ForeignKeyViolation
		if v.Restrict && q.version >= 18 {
			e.Code, setting, still = tasktwin.RestrictViolation, "RESTRICT setting of foreign key", ""
		}
		e.Message = fmt.Sprintf("update or delete on table %q violates %s constraint %q on table %q", v.Parent, setting, v.Constraint, v.Table)
		e.Detail = fmt.Sprintf("Key %s is %sreferenced from table %q.", v.Key, still, v.Table)
	}
	return e
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
