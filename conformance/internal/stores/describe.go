package stores

import (
	"errors"

	"github.com/tasktwin/tasktwin/conformance/internal/lockstep"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/internal/answer"
)

// Describe returns what is compared of a store's error.
func Describe(err error) lockstep.ErrorFacts {
	f := answer.Describe(err)
	// The error of a function that a program makes fail is known to no store.
	if (f.Kind == answer.Other || f.Kind == answer.CommitUnknown) && errors.Is(err, program.ErrRollback) {
		return lockstep.ErrorFacts{Kind: "rolled back on purpose"}
	}
	return lockstep.ErrorFacts{
		Kind: f.Kind, Code: f.Code, Table: f.Table, Column: f.Column, Constraint: f.Constraint, Detail: f.Detail, Elsewise: f.Message,
	}
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
