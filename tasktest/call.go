package tasktest

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tasktwin/tasktwin"
)

// call runs a statement, and fails the test if the store refuses it.
func call[P, R any](w *World, method string, query func(context.Context, P) (R, error), arg P) R {
	w.t.Helper()
	row, err := query(w.t.Context(), arg)
	if err != nil {
		w.t.Fatalf("tasktest: %s: %v\nwith %s%s", method, err, text(arg), w.hint(method, err))
	}
	return row
}

// hint returns what an error of a statement is probably due to, as another line of a message,
// or "".
func (w *World) hint(method string, err error) string {
	if errors.Is(err, sql.ErrNoRows) && slices.Contains([]string{"GetTaskByID", "UpdateTaskWorkspaceID", "DeleteTask"}, method) {
		return "\nNo live task has this id: it is deleted, or was never there."
	}
	if e, ok := errors.AsType[*tasktwin.Error](err); ok && e.Code == tasktwin.UniqueViolation && strings.HasSuffix(e.Constraint, "_pkey") {
		// Ids are counted, so that two worlds of one seed make the same.
		return fmt.Sprintf("\nThe store has a row with this id already. Does it have rows of another World with the same seed, %d? "+
			"Then give this World another one: tasktest.New(t, store, tasktest.Seed(%d))", w.seed, (w.seed+1)%(maxSeed+1))
	}
	return ""
}

// edit applies the edits of a caller to the parameters of a statement.
func edit[P any](w *World, arg *P, edits []func(*P)) {
	w.t.Helper()
	for i, change := range edits {
		if change == nil {
			w.t.Fatalf("tasktest: edit %d of %T is nil", i+1, *arg)
		}
		change(arg)
	}
}

// text returns the parameters of a statement for a message, with what its ids are of.
func text(arg any) string {
	b, err := json.Marshal(arg)
	if err != nil {
		return fmt.Sprintf("%T%+v", arg, arg) // a time or a text of JSON that is none
	}
	return fmt.Sprintf("%T", arg) + idPattern.ReplaceAllStringFunc(string(b), func(id string) string {
		if of := describe(id); of != "" {
			return id + " (" + of + ")"
		}
		return id
	})
}
