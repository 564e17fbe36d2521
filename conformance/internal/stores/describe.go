package stores

import (
	"context"
	"database/sql"
	"errors"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/lockstep"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
)

// kinds are the errors that are told apart by identity.
var kinds = []struct {
	err  error
	name string
}{
	{sql.ErrNoRows, "no rows"},
	{tasktwin.ErrClosed, "store closed"},
	{tasktwin.ErrTxDone, "transaction done"},
	{tasktwin.ErrCommitAborted, "commit aborted"},
	{tasktwin.ErrSavepointOpen, "savepoint open"},
	{tasktwin.ErrStoreInTx, "store in its own transaction"},
	{context.Canceled, lockstep.KindCanceled},
	{context.DeadlineExceeded, "context deadline exceeded"},
	{program.ErrRollback, "rolled back on purpose"},
	// After the contexts' errors: where pgdb cannot know whether a statement that was
	// cancelled has been carried out, memdb does.
	{tasktwin.ErrCommitUnknown, "commit unknown"},
}

// Describe returns what is compared of a store's error.
func Describe(err error) lockstep.ErrorFacts {
	if err == nil {
		return lockstep.ErrorFacts{Kind: lockstep.KindSuccess}
	}
	if e, ok := errors.AsType[*tasktwin.Error](err); ok {
		return lockstep.ErrorFacts{
			Kind: "failure", Code: string(e.Code), Table: e.Table, Column: e.Column, Constraint: e.Constraint, Detail: detailOf(e),
		}
	}
	for _, k := range kinds {
		if errors.Is(err, k.err) {
			return lockstep.ErrorFacts{Kind: k.name}
		}
	}
	return lockstep.ErrorFacts{Kind: "other", Elsewise: err.Error()}
}

// Outcome returns a short name for a store's answer.
func Outcome(err error) string { return Describe(err).Outcome() }

// Compare returns a readable difference between two answers, lines of the
// reference with a minus and lines of the subject with a plus, and "" where they
// are identical. Errors are compared by what tasktwin promises about them: whether
// rows were found, SQLSTATE, table, column, constraint and detail, and the errors
// of this module by identity. Times in details may be in different time zones.
func Compare(ref, sub any) string {
	_, refFailed := ref.(error)
	_, subFailed := sub.(error)
	if refFailed || subFailed {
		ref, sub = describeError(ref), describeError(sub)
	}
	return lockstep.Compare(ref, sub)
}

// describeError returns what is compared of an error, and other values as they are.
func describeError(v any) any {
	if err, ok := v.(error); ok {
		return Describe(err)
	}
	return v
}

// NewRecord returns an empty record of two stores in lockstep, which accepts some
// differences.
func NewRecord(accept ...lockstep.Difference) *lockstep.Record {
	return lockstep.NewRecord(Describe, accept...)
}
