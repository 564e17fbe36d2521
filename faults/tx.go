package faults

import (
	"context"
	"errors"

	"github.com/tasktwin/tasktwin"
)

// InTx runs fn in a transaction of the wrapped store: see [tasktwin.Store]. On the Store
// that fn receives, it runs a savepoint.
func (h handle) InTx(ctx context.Context, fn func(tasktwin.Store) error, opts *tasktwin.TxOptions) error {
	if ctx == nil {
		return h.next.InTx(ctx, fn, opts) // which panics
	}
	b := block{plan: h.plan, tx: h.tx, savepoint: h.tx != nil, fn: fn}
	beginning := Savepoint
	if !b.savepoint {
		b.tx, beginning = &transaction{}, Begin
	}
	f := h.plan.next(beginning)
	// The store says what it makes of a context that has ended.
	if err := h.plan.sleep(ctx, f.before); errors.Is(err, tasktwin.ErrClosed) {
		return err
	}
	if f.fails(false) {
		return h.failsToBegin(ctx, f, opts)
	}
	if b.savepoint {
		// The rollback to a savepoint has recovered the transaction, also after a panic. After
		// a lost connection it must not.
		defer func() {
			if b.tx.lost.Load() {
				h.abort(ctx, true)
			}
		}()
	}
	err := h.next.InTx(ctx, func(next tasktwin.Store) error { return b.run(ctx, next) }, opts)
	if err != nil || b.savepoint {
		return err
	}
	return b.answerCommit(ctx)
}

// failsToBegin makes a transaction or a savepoint fail at its beginning. The store begins
// it and rolls it back, so that the store refuses what it would refuse without the fault.
func (h handle) failsToBegin(ctx context.Context, f fault, opts *tasktwin.TxOptions) error {
	var injected error
	err := h.next.InTx(ctx, func(tasktwin.Store) error {
		injected = noAnswer(f.fire())
		return injected
	}, opts)
	if injected != nil && h.tx != nil {
		h.abort(ctx, f.rule().lose)
	}
	return err
}

// block is a transaction or a savepoint.
type block struct {
	plan      *plan
	tx        *transaction
	savepoint bool
	fn        func(tasktwin.Store) error
	// end is what is to happen to its COMMIT.
	end fault
}

// run runs the function of the block, and returns an error in its place if the end of the
// block is to fail, so that the store rolls back.
func (b *block) run(ctx context.Context, next tasktwin.Store) error {
	inner := newHandle(next, b.plan, b.tx)
	err := b.fn(&inner)
	end := Commit
	switch {
	case err != nil && !b.savepoint:
		return err
	case err != nil:
		end = RollbackTo
	case b.savepoint:
		end = Release
	}
	f := b.plan.next(end)
	if closed := b.plan.sleep(ctx, f.before); err == nil && errors.Is(closed, tasktwin.ErrClosed) {
		return closed
	}
	if !f.fails(false) || err == nil && next.Ping(ctx) != nil {
		// There is no fault, or the store is not going to commit.
		b.end = f
		return err
	}
	injected := f.fire()
	lost := f.rule().lose
	switch {
	case !b.savepoint && lost && f.rule().ambiguous() && b.tx.wrote.Load():
		return unknown(injected)
	case b.savepoint && lost:
		b.tx.lost.Store(true)
	}
	if err != nil {
		return err // that of the function, which has precedence
	}
	return noAnswer(injected)
}

// answerCommit returns what the caller gets of a COMMIT that was carried out.
func (b *block) answerCommit(ctx context.Context) error {
	lost := b.plan.sleepAfter(ctx, b.end.after)
	if lost == nil && b.end.fails(true) {
		lost = b.end.fire()
	}
	if lost != nil && b.tx.wrote.Load() {
		return unknown(lost)
	}
	return noAnswer(lost)
}
