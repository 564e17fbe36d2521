package faults

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/intercept"
)

type calls = intercept.Store // embedded by this name, the field is not exported

// handle makes calls on a store, a transaction or a savepoint.
type handle struct {
	calls
	next tasktwin.Store
	plan *plan
	// tx is nil outside of transactions.
	tx *transaction
}

// transaction is what a transaction and its savepoints have in common.
type transaction struct {
	// wrote says that a statement may have changed rows.
	wrote atomic.Bool
	// lost says that the connection was lost, so that no savepoint recovers the
	// transaction.
	lost atomic.Bool
}

func newHandle(next tasktwin.Store, p *plan, tx *transaction) handle {
	h := handle{next: next, plan: p, tx: tx}
	h.calls = intercept.New(next, func(ctx context.Context, name string, arg any, call func(tasktwin.Store, any) (any, error)) (any, error) {
		return h.statement(ctx, name, func() (any, error) { return call(next, arg) })
	})
	return h
}

// statement makes a call other than InTx and Close.
func (h handle) statement(ctx context.Context, name string, call func() (any, error)) (any, error) {
	f := h.plan.next(name)
	if ctx == nil || f.nothing() {
		return h.made(name, call)
	}
	switch err := h.plan.sleep(ctx, f.before); {
	case errors.Is(err, tasktwin.ErrClosed):
		return nil, err
	case err != nil:
		return h.made(name, call) // the store says what it makes of the context
	}
	// The store refuses what it would refuse without the fault.
	if f.fails(false) && h.next.Ping(ctx) == nil {
		return nil, h.failed(ctx, name, f.rule(), f.fire(), false)
	}
	out, err := h.made(name, call)
	if gaveUp := h.plan.sleepAfter(ctx, f.after); gaveUp != nil && err == nil {
		return nil, h.failed(ctx, name, Error(gaveUp), gaveUp, true)
	}
	if f.fails(true) && err == nil {
		return nil, h.failed(ctx, name, f.rule(), f.fire(), true)
	}
	return out, err
}

// made makes a call without a fault.
func (h handle) made(name string, call func() (any, error)) (any, error) {
	if h.tx != nil && intercept.Writes(name) {
		h.tx.wrote.Store(true)
	}
	return call()
}

// failed does what follows from an injected error of a statement, and returns what the
// caller gets.
func (h handle) failed(ctx context.Context, name string, r *Rule, err error, after bool) error {
	switch {
	case h.tx != nil:
		h.abort(ctx, r.lose)
		return noAnswer(err)
	case intercept.Writes(name) && (after || r.ambiguous()):
		return unknown(err)
	default:
		return noAnswer(err)
	}
}

// ambiguous reports whether the caller cannot tell from the error whether the call was
// carried out. A context's error can also come before anything is sent.
func (r *Rule) ambiguous() bool { return r.lose && !isContext(r.err()) && !neverSent(r.err()) }

// abort makes the transaction fail as after a statement that failed, by a statement that
// every engine refuses: a value outside of its enum type.
func (h handle) abort(ctx context.Context, lost bool) {
	if lost {
		h.tx.lost.Store(true)
	}
	refused := tasktwin.InsertWorkspaceAgentParams{LifecycleState: "aborted by package faults"}
	_, _ = h.next.InsertWorkspaceAgent(context.WithoutCancel(ctx), refused)
}
