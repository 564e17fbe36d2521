// Package cases is the list of everything that an engine must do, case by case.
//
// A case is a function of its own, so that a debugger and a search for its name
// find it. The table at the top of each file has the names under which the cases
// run. A case gets a [Fixture]: a store, with methods that insert rows.
package cases

import (
	"slices"
	"testing"
)

// Case is one thing that every engine must do.
type Case struct {
	// Name is the subject, a slash, and the behaviour.
	Name string
	// Methods are the methods of tasktwin.Querier whose behaviour the case asserts.
	Methods string
	// Alone says that the case cannot run on two engines in lockstep. There, one
	// engine waits for the other, so a time limit for the first is over before the
	// second begins, and a call that panics on the first engine never reaches the
	// second.
	Alone bool
	Run   func(t testing.TB, f *Fixture)
}

// all are the cases of all files, in the order of the files' names.
var all []Case

// register adds the cases of a file to the suite.
func register(cases []Case) { all = append(all, cases...) }

// All returns the suite, in a new slice.
func All() []Case { return slices.Clone(all) }
