// Package cases has what every engine must do, case by case.
//
// A case is a function of its own, so that go test -run and a debugger find it;
// the table at the head of each file says under which name it runs. It is given a
// [Fixture], a store with what makes rows in it.
package cases

import (
	"slices"
	"testing"
)

// Case is one thing that every engine must do.
type Case struct {
	// Name is the subject, a slash, and the behaviour.
	Name string
	// Methods are those of tasktwin.Querier whose behaviour it asserts.
	Methods string
	// Alone says that it takes one engine: two in lockstep wait one after the
	// other, and what bounds the one's waiting is over when the other begins. A
	// call that panics on the first does not reach the second.
	Alone bool
	Run   func(t testing.TB, f *Fixture)
}

// All returns the suite, in a new slice.
func All() []Case {
	return slices.Concat(
		surroundingCases, agentCases, deleteCases, taskCases, statusCases, telemetryCases, valueCases, transactionCases,
		snapshotCases, isolationCases, lifecycleCases, loadCases, absentCases, telemetryInsideCases, endCases, detailCases,
	)
}
