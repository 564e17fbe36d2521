package tasktwin_test

import (
	"testing"

	"github.com/tasktwin/tasktwin"
)

func TestErrorShowsTheDetail(t *testing.T) {
	t.Parallel()
	for want, e := range map[string]tasktwin.Error{
		"deadlock detected (SQLSTATE 40P01)": {Code: tasktwin.DeadlockDetected, Message: "deadlock detected"},
		`duplicate key value violates unique constraint "tasks_pkey": Key (id)=(1) already exists. (SQLSTATE 23505)`: {
			Code:    tasktwin.UniqueViolation,
			Message: `duplicate key value violates unique constraint "tasks_pkey"`,
			Detail:  "Key (id)=(1) already exists.",
			Table:   "tasks", Constraint: "tasks_pkey",
		},
	} {
		expectError(t, &e, want)
	}
}
