package conformance

import (
	"context"
	"errors"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
	"github.com/tasktwin/tasktwin/memdb"
)

// bug is a mistake that an engine could make.
type bug struct {
	name string
	// least is how many operations it takes to show it, if more than twelve.
	least int
	opts  memdb.Options
	// hook is the mistake of a method, inTx that of a transaction.
	hook func(s tasktwin.Store, name string, arg any, call func(tasktwin.Store, any) (any, error)) (any, error)
	inTx func(b *buggy, ctx context.Context, fn func(tasktwin.Store) error, opts *tasktwin.TxOptions) error
}

// buggy is an engine with a bug. It makes the mistake in transactions, too.
type buggy struct {
	stores.Intercept
	store tasktwin.Store
	bug   bug
	depth int
}

func plant(s tasktwin.Store, b bug, depth int) *buggy {
	out := &buggy{store: s, bug: b, depth: depth}
	out.Hook = func(_ context.Context, name string, arg any, call func(tasktwin.Store, any) (any, error)) (any, error) {
		if b.hook == nil {
			return call(s, arg)
		}
		return b.hook(s, name, arg, call)
	}
	return out
}

func (b *buggy) InTx(ctx context.Context, fn func(tasktwin.Store) error, opts *tasktwin.TxOptions) error {
	if b.bug.inTx != nil {
		return b.bug.inTx(b, ctx, fn, opts)
	}
	return b.transaction(ctx, fn, opts)
}

// transaction is a transaction that is right.
func (b *buggy) transaction(ctx context.Context, fn func(tasktwin.Store) error, opts *tasktwin.TxOptions) error {
	return b.store.InTx(ctx, func(s tasktwin.Store) error { return fn(plant(s, b.bug, b.depth+1)) }, opts)
}

func (b *buggy) Ping(ctx context.Context) error { return b.store.Ping(ctx) }
func (b *buggy) Close() error                   { return b.store.Close() }

func (b *buggy) Dump(ctx context.Context) (*tasktwin.Dump, error) {
	d, ok := b.store.(tasktwin.Dumper)
	if !ok {
		return nil, errors.New("the store cannot be dumped")
	}
	return d.Dump(ctx)
}

// answers plants a bug in what a method answers.
func answers[T any](bugName, method string, mistake func(s tasktwin.Store, arg any, out T, err error) (T, error)) bug {
	return bug{name: bugName, hook: func(s tasktwin.Store, name string, arg any, call func(tasktwin.Store, any) (any, error)) (any, error) {
		out, err := call(s, arg)
		if name != method {
			return out, err
		}
		value, _ := out.(T)
		return mistake(s, arg, value, err)
	}}
}

// needs sets what it takes to show a bug.
func (b bug) needs(least int) bug {
	b.least = least
	return b
}

// takes plants a bug in what a method makes of its argument.
func takes[A any](bugName, method string, mistake func(arg A) A) bug {
	return bug{name: bugName, hook: func(s tasktwin.Store, name string, arg any, call func(tasktwin.Store, any) (any, error)) (any, error) {
		if a, ok := arg.(A); ok && name == method {
			arg = mistake(a)
		}
		return call(s, arg)
	}}
}

// instead plants a bug in place of a call: mistake returns false to make it.
func instead[A any](bugName, method string, mistake func(s tasktwin.Store, arg A) (any, error, bool)) bug {
	return bug{name: bugName, hook: func(s tasktwin.Store, name string, arg any, call func(tasktwin.Store, any) (any, error)) (any, error) {
		if a, ok := arg.(A); ok && name == method {
			if out, err, done := mistake(s, a); done {
				return out, err
			}
		}
		return call(s, arg)
	}}
}
