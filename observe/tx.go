package observe

import (
	"context"
	"errors"

	"github.com/tasktwin/tasktwin"
)

// InTx runs fn in a transaction of the wrapped store: see [tasktwin.Store]. On the Store
// that fn receives, it runs a savepoint.
func (h handle) InTx(ctx context.Context, fn func(tasktwin.Store) error, opts *tasktwin.TxOptions) (err error) {
	b := block{handle: h, ctx: ctx, tx: h.tx, begins: Savepoint, commits: Release, rollsBack: RollbackTo}
	if h.tx == 0 {
		b.tx, b.begins, b.commits, b.rollsBack = int(h.transactions.Add(1)), Begin, Commit, Rollback
	}
	var copied *tasktwin.TxOptions // the caller may change opts later
	if opts != nil {
		o := *opts
		copied = &o
	}
	b.end = h.begin(ctx, Call{Method: b.begins, Arg: copied, Tx: b.tx})
	err = ErrPanicked
	defer func() { b.ended(err) }()
	err = h.next.InTx(ctx, func(next tasktwin.Store) error { return b.run(next, fn) }, opts)
	return err
}

// block is a transaction or a savepoint.
type block struct {
	handle
	ctx                        context.Context //nolint:containedctx // of one call of InTx, which it does not outlive
	tx                         int
	begins, commits, rollsBack string
	// end ends the call that is under way.
	end func(func(*Call))
	// ran says that the function was called, and cause is why it did not return nil.
	ran   bool
	cause error
}

// run calls the function of the block.
func (b *block) run(next tasktwin.Store, fn func(tasktwin.Store) error) error {
	b.ran, b.cause = true, ErrPanicked
	defer func() {
		c := Call{Method: b.commits, Tx: b.tx, Cause: b.cause}
		if b.cause != nil {
			c.Method = b.rollsBack
		}
		b.end = b.begin(b.ctx, c)
	}()
	b.end(func(*Call) {}) // if an observer panics here, the rollback follows
	inner := newHandle(next, b.scope, b.tx, b.depth+1)
	b.cause = fn(&inner)
	return b.cause
}

// ended tells of the end of the block, or of its beginning if that failed. err is what InTx
// returns.
func (b *block) ended(err error) {
	b.end(func(c *Call) {
		switch {
		case b.ran && err == nil:
		case b.ran && b.cause != nil && (errors.Is(b.cause, ErrPanicked) || errors.Is(err, b.cause)):
			// The rollback succeeded.
		default:
			c.Err = err
		}
	})
}
