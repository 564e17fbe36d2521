package conformance

import (
	"context"
	"slices"
	"testing"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/cases"
	"github.com/tasktwin/tasktwin/conformance/parity"
)

// Option describes the engines under test.
type Option func(*options)

// Difference is an accepted difference between two engines.
type Difference = parity.Difference

type options struct {
	deviations map[string]string // from case name to reason
	accept     []Difference
	fork       func(tasktwin.Store) tasktwin.Store
	scratch    func(testing.TB) tasktwin.Store
	explain    func(context.Context, tasktwin.Store, tasktwin.Store, parity.Program) string
}

// Deviates declares that an engine does not pass a case, such as "values/jsonb",
// and why. The case still runs, and is reported as skipped, with the reason. If it
// passes, the run fails, and the declaration has to be removed.
func Deviates(name, reason string) Option {
	return func(o *options) { o.deviations[name] = reason }
}

// Accept declares differences that do not count as mismatches. If one does not
// occur in a run of all parts of [RunParity], the run fails, and the declaration
// has to be removed. A difference that may not occur by chance has a program that
// shows it.
func Accept(differences ...Difference) Option {
	return func(o *options) { o.accept = append(o.accept, differences...) }
}

// Fork sets how the subject is copied, so that programs can go on with copies of
// it. fork returns an independent copy of a store, or nil if the store cannot be
// copied.
func Fork(fork func(tasktwin.Store) tasktwin.Store) Option {
	return func(o *options) { o.fork = fork }
}

// Scratch sets how to open the empty stores on which programs are generated, which
// should be fast. The default is the subject.
func Scratch(open func(testing.TB) tasktwin.Store) Option {
	return func(o *options) { o.scratch = open }
}

// Explain adds the result of fn to the report of a program that shows a mismatch.
// fn gets fresh stores.
func Explain(fn func(ctx context.Context, reference, subject tasktwin.Store, p parity.Program) string) Option {
	return func(o *options) { o.explain = fn }
}

// applyOptions returns the options of a run. It fails the test if an option names
// a case that does not exist.
func applyOptions(t testing.TB, opts []Option) *options {
	t.Helper()
	o := &options{deviations: map[string]string{}}
	for i, option := range opts {
		if option == nil {
			t.Fatalf("conformance: option %d is nil", i+1)
		}
		option(o)
	}
	for name := range o.deviations {
		if !slices.ContainsFunc(cases.All(), func(c cases.Case) bool { return c.Name == name }) {
			t.Errorf("Deviates: there is no case %q", name)
		}
	}
	return o
}
