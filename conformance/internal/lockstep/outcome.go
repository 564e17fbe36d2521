package lockstep

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// ProbeID is asked for to see whether a transaction goes on. No row has it.
var ProbeID = uuid.Max

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
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return "no rows"
	case errors.Is(err, context.Canceled):
		return "canceled"
	default:
		return Describe(err).Kind
	}
}

// MethodOutcome is an answer that a method can give.
type MethodOutcome struct {
	Method  string `json:"method"`
	Outcome string `json:"outcome"`
}

// missed returns what the methods can answer and did not, by method.
func (r *Record) missed() []MethodOutcome {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []MethodOutcome
	for method := range QuerierType.Methods() {
		for _, o := range OutcomesOf(method) {
			if s := r.stats[method.Name]; s == nil || s.Outcomes[o] == 0 {
				out = append(out, MethodOutcome{method.Name, o})
			}
		}
	}
	slices.SortFunc(out, func(a, b MethodOutcome) int {
		return cmp.Or(cmp.Compare(a.Method, b.Method), cmp.Compare(a.Outcome, b.Outcome))
	})
	return out
}
