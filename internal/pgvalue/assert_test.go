package pgvalue_test

import (
	"errors"
	"testing"

	"github.com/tasktwin/tasktwin"
)

// assertError checks that err has a code and a message, but no table, column or constraint.
// An empty code means no error. Details are tested separately.
func assertError(t *testing.T, err error, code tasktwin.SQLState, message string) {
	t.Helper()
	if code == "" {
		if err != nil {
			t.Errorf("error %v, want none", err)
		}
		return
	}
	got, ok := errors.AsType[*tasktwin.Error](err)
	if !ok {
		t.Errorf("error %v, want SQLSTATE %s", err, code)
		return
	}
	if want := (tasktwin.Error{Code: code, Message: message, Detail: got.Detail}); *got != want {
		t.Errorf("error %+v, want %+v", *got, want)
	}
}
