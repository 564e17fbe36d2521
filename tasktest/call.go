package tasktest

import (
	"context"
	"encoding/json"
	"fmt"
)

// call runs a statement, and fails the test if the store refuses it.
func call[P, R any](w *World, method string, query func(context.Context, P) (R, error), arg P) R {
	w.t.Helper()
	row, err := query(w.t.Context(), arg)
	if err != nil {
		w.t.Fatalf("tasktest: %s: %v\nwith %s", method, err, text(arg))
	}
	return row
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
