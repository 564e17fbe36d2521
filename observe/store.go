package observe

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/intercept"
)

// Store is a [tasktwin.Store] on another one, whose calls are observed. It is safe for
// concurrent use if the other one is. It is a [tasktwin.Dumper], a [tasktwin.Loader] and a
// [tasktwin.Forker]: these methods return an error if the wrapped store is not, and no call
// is observed then.
type Store struct{ handle }

var (
	_ tasktwin.Dumper = (*Store)(nil)
	_ tasktwin.Loader = (*Store)(nil)
	_ tasktwin.Forker = (*Store)(nil)
)

// Wrap returns a store on which each call is told to the observers, in their order. It
// panics if the store or an observer is nil.
func Wrap(store tasktwin.Store, observers ...Observer) *Store {
	if store == nil {
		panic(errors.New("observe: Wrap: the store is nil"))
	}
	for _, o := range observers {
		if o == nil {
			panic(errors.New("observe: Wrap: an observer is nil"))
		}
	}
	observers = slices.Clone(observers)
	return &Store{newHandle(store, &scope{observers: observers, counters: &counters{}}, 0, 0)}
}

// ForkStore returns a store with the same observers on a fork of the wrapped store. It
// returns an error if that is not a [tasktwin.Forker].
func (s *Store) ForkStore() (tasktwin.Store, error) {
	fork, err := intercept.Fork(s.next)
	if err != nil {
		return nil, err
	}
	sc := *s.scope
	sc.fork = int(sc.forks.Add(1))
	return &Store{newHandle(fork, &sc, 0, 0)}, nil
}

// Close closes the wrapped store.
func (s *Store) Close() error {
	end := s.begin(context.Background(), Call{Method: Close})
	err := s.next.Close()
	end(func(c *Call) { c.Err = err })
	return err
}

// scope is what a store, its transactions and its savepoints have in common.
type scope struct {
	observers []Observer
	fork      int
	*counters
}

// counters are those of a store and its forks.
type counters struct{ places, transactions, forks atomic.Int64 }

func (c *counters) place() int { return int(c.places.Add(1)) }

// hasEnded reports whether a context has ended. The panic of a context is left to the call,
// which aborts its transaction.
func hasEnded(ctx context.Context) bool {
	defer func() { _ = recover() }()
	return ctx.Err() != nil
}

type calls = intercept.Store // embedded by this name, the field is not exported

// handle makes calls on a store, a transaction or a savepoint.
type handle struct {
	calls
	*scope
	next      tasktwin.Store
	tx, depth int
}

func newHandle(next tasktwin.Store, s *scope, tx, depth int) handle {
	h := handle{scope: s, next: next, tx: tx, depth: depth}
	h.calls = intercept.New(next, func(ctx context.Context, name string, arg any, call func(tasktwin.Store, any) (any, error)) (any, error) {
		return h.statement(ctx, Call{Method: name, Arg: arg}, func() (any, error) { return call(next, arg) })
	})
	return h
}

// statement makes a call other than InTx and Close.
func (h handle) statement(ctx context.Context, c Call, call func() (any, error)) (any, error) {
	end := h.begin(ctx, c)
	answer, err := any(nil), ErrPanicked
	defer func() {
		end(func(c *Call) {
			c.Err = err
			if err == nil && answer != (struct{}{}) {
				c.Answer = answer
			}
		})
	}()
	answer, err = call()
	return answer, err
}

// begin begins a call, and returns a function that ends it and tells the observers, after
// the given one has filled in what it led to.
func (h handle) begin(ctx context.Context, c Call) func(fill func(*Call)) {
	c.Fork, c.Began, c.Start = h.fork, h.place(), time.Now()
	if c.Tx == 0 {
		c.Tx = h.tx
	}
	c.Depth = h.depth
	if ctx != nil {
		c.Session, c.Done = tasktwin.SessionName(ctx), hasEnded(ctx)
	}
	return func(fill func(*Call)) {
		c.Duration = time.Since(c.Start)
		c.Ended = h.place()
		fill(&c)
		for _, o := range h.observers {
			o(ctx, c)
		}
	}
}
