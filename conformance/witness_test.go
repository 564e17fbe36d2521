package conformance

import (
	"context"
	"fmt"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/lockstep"
)

// A transcript is a program with a sum of each answer that PostgreSQL gave. Who
// replays it needs no PostgreSQL, and notices the first answer that is another:
// that is what mutation testing, in tools/mutants, does thousands of times.
// The sums are of memdb's answers, each of which a lockstep has compared with
// PostgreSQL's: so they are right where a difference is accepted, too.

// witness is a store that tells the sum of each of its answers.
type witness struct {
	lockstep.Intercept
	inner tasktwin.Store
	tell  func(op Op, s sum)
	depth int
}

func newWitness(s tasktwin.Store, tell func(Op, sum), depth int) *witness {
	w := &witness{inner: s, tell: tell, depth: depth}
	w.Hook = w.call
	return w
}

func (w *witness) call(_ context.Context, name string, arg any, call func(tasktwin.Store, any) (any, error)) (any, error) {
	out, err := call(w.inner, arg)
	w.tell(Op{Name: name, Arg: arg}, sumOf(out, lockstep.Describe(err)))
	return out, err
}

// InTx tells how a transaction ends, after all that is inside of it.
func (w *witness) InTx(ctx context.Context, fn func(tasktwin.Store) error, opts *tasktwin.TxOptions) error {
	err := w.inner.InTx(ctx, func(s tasktwin.Store) error { return fn(newWitness(s, w.tell, w.depth+1)) }, opts)
	w.tell(Op{Name: "InTx", Arg: opts}, sumOf(lockstep.Describe(err)))
	return err
}

// Ping asks the store.
func (w *witness) Ping(ctx context.Context) error { return w.inner.Ping(ctx) }

// Close closes the store.
func (w *witness) Close() error { return w.inner.Close() }

// Dump tells the sum of all rows.
func (w *witness) Dump(ctx context.Context) (*tasktwin.Dump, error) {
	d, ok := w.inner.(tasktwin.Dumper)
	if !ok {
		return nil, fmt.Errorf("conformance: %T is not a tasktwin.Dumper", w.inner)
	}
	dump, err := d.Dump(ctx)
	w.tell(Op{Name: "Dump"}, sumOf(dump, lockstep.Describe(err)))
	return dump, err
}

// ForkStore returns a witness of a copy.
func (w *witness) ForkStore() tasktwin.Store {
	copied, ok := lockstep.ForkOf(w.inner)
	if !ok {
		return w
	}
	return newWitness(copied, w.tell, w.depth)
}

// OnFork does what a lockstep does with its subject.
func (w *witness) OnFork() tasktwin.Store {
	if w.depth > 0 {
		return w
	}
	copied := w.ForkStore()
	_, _ = w.Dump(context.Background())
	return copied
}

// dumpEvery is after how many failures all rows are looked at: what a failed
// statement has left there stays for a while.
const dumpEvery = 16

// drive makes a program's operations and looks where things may have gone wrong:
// at all rows after some failures and at the end, whether a transaction goes on
// after one, and at the stores that were left for their forks. The store is a
// witness, or a lockstep with one as its subject: both get the same questions.
func drive(ctx context.Context, p Program, s tasktwin.Store) error {
	dump := func(s tasktwin.Store) {
		if d, ok := s.(tasktwin.Dumper); ok {
			_, _ = d.Dump(context.WithoutCancel(ctx))
		}
	}
	top, depth, failures := s, 0, 0
	var left []tasktwin.Store
	r := &lockstep.Runner{Ops: p}
	r.After = func(s tasktwin.Store, op Op, err error) {
		switch x := s.(type) {
		case *witness:
			depth = x.depth
		case *lockstep.Pair:
			depth = x.Depth
		}
		if op.Name == lockstep.OpFork && depth == 0 {
			left = append(left[max(0, len(left)-lockstep.MaxForks+1):], top)
			top = s
		}
		switch {
		case err == nil:
		case depth > 0:
			_, _ = s.GetTaskSnapshot(ctx, lockstep.ProbeID)
		default:
			if failures++; failures%dumpEvery == 0 {
				dump(top)
			}
		}
	}
	if err := r.Run(ctx, top, false); err != nil {
		return err
	}
	dump(top)
	if both, ok := top.(*lockstep.Pair); ok {
		both.CompareForks(ctx)
		return nil
	}
	for _, s := range left {
		dump(s)
	}
	return nil
}
