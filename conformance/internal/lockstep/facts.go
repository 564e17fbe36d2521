package lockstep

import (
	"cmp"
	"fmt"
	"strings"
)

// ErrorFacts are the facts about an error in which two engines must agree.
type ErrorFacts struct {
	// Kind is the kind of error. That of nil is [KindSuccess].
	Kind string
	// Code is the SQLSTATE, if the error has one.
	Code                                string
	Table, Column, Constraint, Elsewise string
	// Detail is the error's detail, with times in UTC.
	Detail string
}

// The kinds that [ErrorFacts.Outcome] shortens.
const (
	KindSuccess  = "success"
	KindCanceled = "context canceled"
)

// String returns the kind, and the other facts with their names.
func (f ErrorFacts) String() string {
	var b strings.Builder
	b.WriteString(f.Kind)
	for _, part := range []struct{ name, value string }{
		{"SQLSTATE", f.Code},
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

// Outcome returns a short name for the answer: "ok", "canceled", the SQLSTATE with the
// constraint or else the column, if the error names one, or the kind.
func (f ErrorFacts) Outcome() string {
	switch {
	case f.Code != "":
		return strings.TrimSuffix(f.Code+" "+cmp.Or(f.Constraint, f.Column), " ")
	case f.Kind == KindSuccess:
		return "ok"
	case f.Kind == KindCanceled:
		return "canceled"
	}
	return f.Kind
}
