package lockstep

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
)

// comparing is how answers are compared: to the zone of a time and to the
// difference between nil and empty. What is compared as a whole is printed as a
// whole: an id, a time and a JSON text, unless that is long, as their text, and a
// value that may be NULL with Valid beside it.
var comparing = cmp.Options{
	cmp.Comparer(sameTime),
	cmp.Comparer(func(a, b uuid.UUID) bool { return a == b }),
	cmp.Comparer(func(a, b sql.NullTime) bool { return a.Valid == b.Valid && sameTime(a.Time, b.Time) }),
	cmp.FilterValues(areShort, cmp.Comparer(func(a, b json.RawMessage) bool {
		return (a == nil) == (b == nil) && bytes.Equal(a, b)
	})),
	cmp.FilterPath(isNullable, cmp.Comparer(func(a, b any) bool { return a == b })),
}

// areShort reports whether two JSON texts are printed as a whole.
func areShort(a, b json.RawMessage) bool { return max(len(a), len(b)) <= 256 }

func sameTime(a, b time.Time) bool { return a.Equal(b) && a.Location() == b.Location() }

// isNullable reports whether a place has a value that may be NULL, other than a time.
func isNullable(p cmp.Path) bool {
	t := p.Last().Type()
	return t == reflect.TypeFor[uuid.NullUUID]() || t != nil && t.PkgPath() == "database/sql" && t != reflect.TypeFor[sql.NullTime]()
}

// Compare returns a readable difference between two answers, lines of the
// reference with a minus and lines of the subject with a plus, and "" where they
// are identical. Errors are compared by what tasktwin promises of them: whether
// rows were found, SQLSTATE, table, column, constraint and detail, and the errors
// of this module by identity. Times in details may be in different time zones.
func Compare(ref, sub any) string {
	refErr, refIs := ref.(error)
	subErr, subIs := sub.(error)
	if refIs || subIs {
		ref, sub = errorOf(ref, refErr), errorOf(sub, subErr)
	}
	if reflect.DeepEqual(ref, sub) {
		return ""
	}
	return cmp.Diff(ref, sub, comparing)
}

func errorOf(v any, err error) any {
	if err == nil {
		return v
	}
	return Describe(err)
}

// ErrorFacts are what two engines' errors must have in common.
type ErrorFacts struct {
	Kind                                string
	Code                                tasktwin.SQLState
	Table, Column, Constraint, Elsewise string
	// Detail is that of the error, with times in UTC.
	Detail string
}

func (f ErrorFacts) String() string {
	var b strings.Builder
	b.WriteString(f.Kind)
	for _, part := range []struct{ name, value string }{
		{"SQLSTATE", string(f.Code)},
		{"table", f.Table},
		{"column", f.Column},
		{"constraint", f.Constraint},
		{"message", f.Elsewise},
		{"detail", f.Detail},
	} {
		if part.value != "" {
			fmt.Fprintf(&b, " %s=%s", part.name, part.value)
		}
	}
	return b.String()
}

// kinds are the errors that are told apart by identity.
var kinds = []struct {
	err  error
	name string
}{
	{sql.ErrNoRows, "no rows"},
	{tasktwin.ErrClosed, "store closed"},
	{tasktwin.ErrTxDone, "transaction done"},
	{tasktwin.ErrCommitAborted, "commit aborted"},
	{context.Canceled, "context canceled"},
	{context.DeadlineExceeded, "context deadline exceeded"},
	{program.ErrRollback, "rolled back on purpose"},
}

// Describe returns what is compared of an error.
func Describe(err error) ErrorFacts {
	if err == nil {
		return ErrorFacts{Kind: "success"}
	}
	if e, ok := errors.AsType[*tasktwin.Error](err); ok {
		return ErrorFacts{Kind: "failure", Code: e.Code, Table: e.Table, Column: e.Column, Constraint: e.Constraint, Detail: detailOf(e)}
	}
	for _, k := range kinds {
		if errors.Is(err, k.err) {
			return ErrorFacts{Kind: k.name}
		}
	}
	return ErrorFacts{Kind: "other", Elsewise: err.Error()}
}
