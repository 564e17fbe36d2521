package lockstep

import (
	"cmp"
	"context"
	"errors"

	"github.com/tasktwin/tasktwin"
)

// Outcome names an answer: "ok", "no rows", or a SQLSTATE with the constraint, or
// else the column, where the error names one.
func Outcome(err error) string {
	if err == nil {
		return "ok"
	}
	if e, ok := errors.AsType[*tasktwin.Error](err); ok {
		text := string(e.Code)
		if where := cmp.Or(e.Constraint, e.Column); where != "" {
			text += " " + where
		}
		return text
	}
	if errors.Is(err, context.Canceled) {
		return "canceled"
	}
	return Describe(err).Kind
}
