package conformance

import (
	"context"
	"slices"
	"testing"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/cases"
	"github.com/tasktwin/tasktwin/conformance/parity"
)

// Option says of the engines under test what is not the same for all engines.
type Option func(*options)

// Difference is one between two engines that is accepted.
type Difference = parity.Difference

type options struct {
	deviations map[string]string // reasons, by the names of cases
	accept     []Difference
	fork       func(tasktwin.Store) tasktwin.Store
	scratch    func(testing.TB) tasktwin.Store
	explain    func(context.Context, tasktwin.Store, tasktwin.Store, parity.Program) string
}

// Deviates declares that an engine does not pass a case, such as "values/jsonb",
// and why. The case is run all the same, and is reported as skipped, with the
// reason. If it passes, it fails the run: the declaration has to go.
func Deviates(name, reason string) Option {
	return func(o *options) { o.deviations[name] = reason }
}

// Accept declares differences that are no mismatches. One that does not occur in a
// run of all parts of [RunParity] fails the run: the declaration has to go. One that
// chance may keep from occurring has a program that shows it.
func Accept(differences ...Difference) Option {
	return func(o *options) { o.accept = append(o.accept, differences...) }
}

// Fork says how the subject is copied, so that programs go on with copies of it:
// fork returns an independent copy of a store, or nil if it cannot have one.
func Fork(fork func(tasktwin.Store) tasktwin.Store) Option {
	return func(o *options) { o.fork = fork }
}

// Scratch says on which empty stores programs are generated. It should be a fast
// one; without this option it is the subject.
func Scratch(open func(testing.TB) tasktwin.Store) Option {
	return func(o *options) { o.scratch = open }
}

// Explain adds what fn returns to the report of a program that shows a mismatch. It
// is given fresh stores.
func Explain(fn func(ctx context.Context, reference, subject tasktwin.Store, p parity.Program) string) Option {
	return func(o *options) { o.explain = fn }
}

// chosen returns the options of a run. It fails the test for a case that there is not.
func chosen(t testing.TB, opts []Option) *options {
	t.Helper()
	o := &options{deviations: map[string]string{}}
	for _, option := range opts {
		option(o)
	}
	for name := range o.deviations {
		if !slices.ContainsFunc(cases.All(), func(c cases.Case) bool { return c.Name == name }) {
			t.Errorf("Deviates: there is no case %q", name)
		}
	}
	return o
}
