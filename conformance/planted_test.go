package conformance

import (
	"context"
	"errors"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/intercept"
	"github.com/tasktwin/tasktwin/memdb"
)

type (
	// callFunc calls a method on a store, with an argument.
	callFunc = func(tasktwin.Store, any) (any, error)
	// txFunc is the function of a transaction.
	txFunc = func(tasktwin.Store) error
)

// bug is a mistake that an engine could make.
type bug struct {
	name string
	// least is the number of operations that it takes to show the bug, if more than
	// twelve.
	least int
	opts  memdb.Options
	// hook makes the mistake in a method, inTx makes it in a transaction.
	hook func(s tasktwin.Store, name string, arg any, call callFunc) (any, error)
	inTx func(b *buggy, ctx context.Context, fn txFunc, opts *tasktwin.TxOptions) error
}

// buggy is an engine with a bug, in its transactions as well.
type buggy struct {
	intercept.Querier
	store tasktwin.Store
	bug   bug
	depth int
}

func plant(s tasktwin.Store, b bug, depth int) *buggy {
	out := &buggy{store: s, bug: b, depth: depth}
	out.Querier = intercept.NewQuerier(func(_ context.Context, name string, arg any, call callFunc) (any, error) {
		if b.hook == nil {
			return call(s, arg)
		}
		return b.hook(s, name, arg, call)
	})
	return out
}

func (b *buggy) InTx(ctx context.Context, fn txFunc, opts *tasktwin.TxOptions) error {
	if b.bug.inTx != nil {
		return b.bug.inTx(b, ctx, fn, opts)
	}
	return b.transaction(ctx, fn, opts)
}

// transaction runs a transaction without a mistake of its own.
func (b *buggy) transaction(ctx context.Context, fn txFunc, opts *tasktwin.TxOptions) error {
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

// changesAnswer returns a bug that changes what a method answers.
func changesAnswer[T any](bugName, method string, mistake func(s tasktwin.Store, arg any, out T, err error) (T, error)) bug {
	return bug{name: bugName, hook: func(s tasktwin.Store, name string, arg any, call callFunc) (any, error) {
		out, err := call(s, arg)
		if name != method {
			return out, err
		}
		value, _ := out.(T)
		return mistake(s, arg, value, err)
	}}
}

// needs sets the number of operations that it takes to show the bug.
func (b bug) needs(least int) bug {
	b.least = least
	return b
}

// changesArgument returns a bug that changes the argument of a method.
func changesArgument[A any](bugName, method string, mistake func(arg A) A) bug {
	return bug{name: bugName, hook: func(s tasktwin.Store, name string, arg any, call callFunc) (any, error) {
		if a, ok := arg.(A); ok && name == method {
			arg = mistake(a)
		}
		return call(s, arg)
	}}
}

// replacesCall returns a bug that answers in place of a method, if mistake returns
// true.
func replacesCall[A any](bugName, method string, mistake func(s tasktwin.Store, arg A) (any, error, bool)) bug {
	return bug{name: bugName, hook: func(s tasktwin.Store, name string, arg any, call callFunc) (any, error) {
		if a, ok := arg.(A); ok && name == method {
			if out, err, done := mistake(s, a); done {
				return out, err
			}
		}
		return call(s, arg)
	}}
}
