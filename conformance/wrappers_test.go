package conformance

import (
	"context"
	"testing"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/faults"
	"github.com/tasktwin/tasktwin/observe"
)

// wrapped returns a function that opens a store of another function in the stores of
// packages faults and observe, which change nothing.
func wrapped(open func(testing.TB) tasktwin.Store) func(testing.TB) tasktwin.Store {
	return func(t testing.TB) tasktwin.Store {
		t.Helper()
		never := faults.LoseConnection().On(faults.AnyStatement, faults.Begin, faults.Commit, faults.Savepoint, faults.Release, faults.RollbackTo)
		return observe.Wrap(faults.Wrap(open(t), never.Nth(1<<40)), func(context.Context, observe.Call) {})
	}
}

// The stores that wrap others pass the suite.
func TestWrappers(t *testing.T) {
	t.Parallel()
	Run(t, wrapped(openMemdb))
}

func TestWrappersOnPgdb(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes as long as the suite on pgdb")
	}
	Run(t, wrapped(openPgdb))
}

// They answer as PostgreSQL does, and fork where the program does.
func TestWrappersParity(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes as long as the parity of the engines")
	}
	RunParity(t, openPgdb, wrapped(openTwin), twinSuiteOptions(t)...)
}
