package tasktwin_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/tasktwin/tasktwin"
)

func TestConnectionErrorSaysWhatIsKnown(t *testing.T) {
	t.Parallel()
	for outcome, want := range map[tasktwin.Outcome]string{
		tasktwin.OutcomeNotSent: "no connection to the database: EOF",
		tasktwin.OutcomeFailed:  "connection to the database lost, nothing was changed: EOF",
		tasktwin.OutcomeUnknown: "connection to the database lost: EOF",
	} {
		err := &tasktwin.ConnectionError{Outcome: outcome, Err: io.EOF}
		expectError(t, err, want)
		if !errors.Is(err, io.EOF) || !tasktwin.IsConnectionError(fmt.Errorf("wrapped: %w", err)) {
			t.Errorf("the chain of %q is broken", err)
		}
	}
	if tasktwin.IsConnectionError(io.EOF) || tasktwin.IsConnectionError(nil) {
		t.Error("an error without a ConnectionError is none")
	}
}
