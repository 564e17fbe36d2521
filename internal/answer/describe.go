package answer

import (
	"context"
	"database/sql"
	"errors"

	"github.com/tasktwin/tasktwin"
)

// Facts are the facts about an error in which two stores must agree.
type Facts struct {
	// Kind is the kind of error, [Success] for none.
	Kind string
	// Code is the SQLSTATE, if the error has one.
	Code                      string
	Table, Column, Constraint string
	// Detail is the error's detail, with times in UTC.
	Detail string
	// Message is the text of an error of kind [Other].
	Message string
}

// The kinds of errors.
const (
	Success          = "success"
	Failure          = "failure" // a [tasktwin.Error]
	NoRows           = "no rows"
	Closed           = "store closed"
	Canceled         = "context canceled"
	DeadlineExceeded = "context deadline exceeded"
	CommitUnknown    = "commit unknown"
	Other            = "other"
)

// kinds are the errors that are told apart by identity.
var kinds = []struct {
	err  error
	name string
}{
	{sql.ErrNoRows, NoRows},
	{tasktwin.ErrClosed, Closed},
	{tasktwin.ErrTxDone, "transaction done"},
	{tasktwin.ErrCommitAborted, "commit aborted"},
	{tasktwin.ErrSavepointOpen, "savepoint open"},
	{tasktwin.ErrStoreInTx, "store in its own transaction"},
	{context.Canceled, Canceled},
	{context.DeadlineExceeded, DeadlineExceeded},
	// After the contexts' errors: where pgdb cannot know whether a statement that was
	// cancelled has been carried out, memdb does.
	{tasktwin.ErrCommitUnknown, CommitUnknown},
}

// Describe returns what is compared of a store's error.
func Describe(err error) Facts {
	if err == nil {
		return Facts{Kind: Success}
	}
	if e, ok := errors.AsType[*tasktwin.Error](err); ok {
		return Facts{Kind: Failure, Code: string(e.Code), Table: e.Table, Column: e.Column, Constraint: e.Constraint, Detail: detailOf(e)}
	}
	for _, k := range kinds {
		if errors.Is(err, k.err) {
			return Facts{Kind: k.name}
		}
	}
	return Facts{Kind: Other, Message: err.Error()}
}
