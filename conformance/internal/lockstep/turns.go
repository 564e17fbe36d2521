package lockstep

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/internal/goroutine"
)

// OverlapError is the error of a call that is not made, because a transaction of another
// goroutine is open. Which of two sessions waits for the other, and which goes on first,
// would depend on the time that each engine takes.
type OverlapError struct {
	// Call is the call's method.
	Call string
	// Last is the last call in the transaction that is open, or empty.
	Last string
}

// Error names both calls, and says what to do instead.
func (e *OverlapError) Error() string {
	last := ""
	if e.Last != "" {
		last = ", whose last call is " + e.Last
	}
	return fmt.Sprintf("conformance: %s while InTx runs on another goroutine%s: two engines cannot be compared while sessions overlap. "+
		"Give each goroutine stores of its own, such as forks, or run the test on one engine after the other: see Together", e.Call, last)
}

// Turns lets the calls of several goroutines on one engine take turns, so that a pair makes
// them in the same order on both of its engines.
type Turns struct {
	// mu is held during each call, and while a transaction begins and ends.
	mu sync.Mutex
	// open are the transactions that are open, and goroutine runs their functions.
	open      []*openTx
	goroutine uint64
	overlaps  []*OverlapError
}

// openTx is a transaction that is open.
type openTx struct{ last string }

// InTurns returns an engine for several goroutines. Calls outside of transactions take turns;
// so do those in one transaction, savepoints included. While a transaction is open, only the
// goroutine that runs its function makes calls outside of it: all others fail with an
// OverlapError, and those that came first go on. The engine has no Probe and no Fork.
func InTurns(e program.Engine) (program.Engine, *Turns) {
	t := &Turns{}
	return t.engine(e, nil), t
}

// Overlaps returns the errors of the calls that were not made, each once.
func (t *Turns) Overlaps() []*OverlapError {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.overlaps)
}

// engine returns an engine whose calls take turns. tx is the transaction that it is in.
func (t *Turns) engine(e program.Engine, tx *openTx) program.Engine {
	var out program.Engine
	out.Call = func(ctx context.Context, op program.Op) (any, error) {
		if err := t.begin(op.Name, tx); err != nil {
			return nil, err
		}
		defer t.mu.Unlock()
		return e.Call(ctx, op)
	}
	out.InTx = func(ctx context.Context, fn func(program.Engine) error, opts any) error {
		if err := t.begin("InTx", tx); err != nil {
			return err
		}
		defer t.mu.Unlock()
		in := tx
		if in == nil {
			in = &openTx{}
			t.open, t.goroutine = append(t.open, in), goroutine.ID()
			defer func() { t.open = t.open[:len(t.open)-1] }()
		}
		return e.InTx(ctx, func(inner program.Engine) error {
			t.mu.Unlock()
			defer t.mu.Lock()
			return fn(t.engine(inner, in))
		}, opts)
	}
	if e.Dump != nil {
		out.Dump = func(ctx context.Context) (any, error) {
			if err := t.begin("Dump", tx); err != nil {
				return nil, err
			}
			defer t.mu.Unlock()
			return e.Dump(ctx)
		}
	}
	return out
}

// begin waits for the call's turn, which ends when mu is unlocked. A call that must not be
// made has none.
func (t *Turns) begin(call string, tx *openTx) error {
	t.mu.Lock()
	// The transaction's own goroutine may be in a transaction inside of its function. Then
	// even calls in a transaction could have to wait for another.
	isApart := tx == nil || len(t.open) > 1
	if len(t.open) > 0 && isApart && t.goroutine != goroutine.ID() {
		err := &OverlapError{call, t.open[len(t.open)-1].last}
		if !slices.ContainsFunc(t.overlaps, func(o *OverlapError) bool { return *o == *err }) {
			t.overlaps = append(t.overlaps, err)
		}
		t.mu.Unlock()
		return err
	}
	if tx != nil {
		tx.last = call
	}
	return nil
}
