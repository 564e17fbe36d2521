// Package cases is the list of everything that an engine must do, case by case.
//
// A case is a function of its own, so that a debugger and a search for its name
// find it. The table at the top of each file has the names under which the cases
// run. A case gets a [Fixture]: a store, with methods that insert rows.
package cases

import (
	"context"
	"slices"

	"github.com/tasktwin/tasktwin/conformance/internal/lockstep"
)

// TB is what a case needs of a test: [testing.TB] has it. Programs that are no tests run
// cases, too.
type TB interface {
	// Context is the context of the case's calls.
	Context() context.Context
	Helper()
	// Error and Errorf report a failure. The case goes on.
	Error(args ...any)
	Errorf(format string, args ...any)
	// Fatal and Fatalf report a failure and end the case's goroutine.
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	// Skipf ends the case's goroutine: the store cannot do what the case asserts.
	Skipf(format string, args ...any)
}

// Go calls fn, such as a case, in a goroutine, which Fatal may end. A panic of fn is an error.
// The channel is closed at the end of the goroutine.
func Go(tb TB, fn func()) (done <-chan struct{}) {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer func() {
			if p := recover(); p != nil {
				tb.Errorf("panic: %v", p)
			}
		}()
		fn()
	}()
	return ended
}

// FactsTB is a TB that takes the facts of an error that is not the expected one, in place
// of a text. It is a failure after which the case goes on.
type FactsTB interface {
	TB
	Differs(what string, want, got lockstep.ErrorFacts)
}

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
	Run   func(t TB, f *Fixture)
}

// all are the cases of all files, in the order of the files' names.
var all []Case

// register adds the cases of a file to the suite.
func register(cases []Case) { all = append(all, cases...) }

// All returns the suite, in a new slice.
func All() []Case { return slices.Clone(all) }
