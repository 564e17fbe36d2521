package cases

import (
	"context"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/lockstep"
)

// refusal is a call that an engine refuses.
type refusal struct {
	name string
	call func() error
	want lockstep.ErrorFacts
}

// refuseAll asserts that all calls are refused and change no rows.
func refuseAll(t TB, f *Fixture, all []refusal) {
	t.Helper()
	before := dump(t, f)
	for _, r := range all {
		fails(t, r.name, r.call(), r.want)
	}
	equal(t, "rows after failures", dump(t, f), before)
}

// refusals makes refused calls of a method that writes to one table.
type refusals[A any] struct {
	table string
	valid func() A
	call  func(A) error
}

// refusalsOf returns refusals of a method. valid returns arguments that are not
// refused as they are.
func refusalsOf[A, T any](
	f *Fixture, table string, method func(tasktwin.Store, context.Context, A) (T, error), valid func() A,
) refusals[A] {
	return refusals[A]{table, valid, func(arg A) error {
		_, err := method(f.Store, f.ctx, arg)
		return err
	}}
}

// fails returns a call with valid arguments except for one change.
func (r refusals[A]) fails(name string, want lockstep.ErrorFacts, change func(*A)) refusal {
	arg := r.valid()
	return refusal{name, func() error {
		change(&arg)
		return r.call(arg)
	}, want}
}

func (r refusals[A]) unique(name, constraint string, change func(*A)) refusal {
	return r.fails(name, uniqueViolation(r.table, constraint), change)
}

func (r refusals[A]) foreignKey(name, constraint string, change func(*A)) refusal {
	return r.fails(name, foreignKeyViolation(r.table, constraint), change)
}

func (r refusals[A]) check(name, constraint string, change func(*A)) refusal {
	return r.fails(name, checkViolation(r.table, constraint), change)
}

func (r refusals[A]) notNull(name, column string, change func(*A)) refusal {
	return r.fails(name, notNullViolation(r.table, column), change)
}
