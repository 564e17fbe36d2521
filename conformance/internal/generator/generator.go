// Package generator makes programs of random operations. It runs them on a scratch
// engine while it makes them, and learns from the answers which keys exist, so that
// most operations find a row. The operations, their arguments and the type of the
// keys are inputs.
package generator

import (
	"context"
	"errors"
	"math/rand/v2"

	"github.com/tasktwin/tasktwin/conformance/internal/program"
)

// Operation is an operation with its arguments, ready to run on an engine.
type Operation func(ctx context.Context, e program.Engine) error

// Choice is a kind of operation, with a weight that says how often it is chosen.
type Choice struct {
	Weight int
	Make   func() Operation
}

// Generator makes random operations on rows that have keys of the type K. It learns
// from the answers: given the same source, it makes the same operations on engines
// that answer alike.
type Generator[K comparable] struct {
	Pools[K]
	// Options returns the options of a transaction.
	Options func() any

	rand    *rand.Rand
	choices []Choice
	total   int // of the weights
	depth   int // of the open transactions and savepoints
}

// New returns a generator that draws from source. fresh returns a new key, and sizes
// are those of the pools. Choices have to be added before it makes operations.
func New[K comparable](source rand.Source, fresh func(*rand.Rand) K, sizes ...int) *Generator[K] {
	r := rand.New(source)
	p := Pools[K]{rand: r, fresh: fresh, sizes: sizes}
	return &Generator[K]{Pools: p.Empty(), Options: func() any { return nil }, rand: r}
}

// Source returns the source of random numbers for a seed.
func Source(seed uint64) rand.Source { return rand.NewPCG(seed, 0x7461736b7477696e) }

// Add adds choices.
func (g *Generator[K]) Add(choices ...Choice) {
	for _, c := range choices {
		g.total += c.Weight
	}
	g.choices = append(g.choices, choices...)
}

// Next returns a random operation.
func (g *Generator[K]) Next() Operation {
	n := g.rand.IntN(g.total)
	for _, c := range g.choices {
		if n -= c.Weight; n < 0 {
			return c.Make()
		}
	}
	panic("unreachable: n is less than the sum of the weights")
}

// Program returns a program of n operations, which it makes on an empty scratch
// engine. A transaction counts as one operation. special, if set, returns the i-th
// operation, or nil for a random one.
func (g *Generator[K]) Program(scratch program.Engine, n int, special func(i int) Operation) program.Program {
	var p program.Program
	e := program.Record(scratch, &p)
	for i := range n {
		op := g.Next()
		if special != nil {
			if s := special(i); s != nil {
				op = s
			}
		}
		_ = op(context.Background(), e) // a failure is an answer like any other
	}
	return p
}

// Int returns a random number in [0, n).
func (g *Generator[K]) Int(n int) int { return g.rand.IntN(n) }

// Int64 returns a random number in [0, n).
func (g *Generator[K]) Int64(n int64) int64 { return g.rand.Int64N(n) }

// OneIn is true once in n times on average.
func (g *Generator[K]) OneIn(n int) bool { return g.rand.IntN(n) == 0 }

// Pick returns a random element.
func Pick[T any, K comparable](g *Generator[K], from []T) T { return from[g.rand.IntN(len(from))] }

// Call returns an operation that calls a method. then, if set, is called with the
// answer if the call succeeds.
func Call(method string, arg any, then func(any)) Operation {
	return func(ctx context.Context, e program.Engine) error {
		out, err := e.Call(ctx, program.Op{Name: method, Arg: arg})
		if err == nil && then != nil {
			then(out)
		}
		return err
	}
}

// maxDepth is how deep transactions and savepoints nest.
const maxDepth = 4

// Transaction returns a few operations in a transaction, or in a savepoint inside of
// one. Some transactions are rolled back, and some end with a panic.
func (g *Generator[K]) Transaction() Operation {
	if g.depth >= maxDepth {
		return g.Next()
	}
	opts, n, end := g.Options(), 1+g.rand.IntN(6), g.rand.IntN(12)
	return func(ctx context.Context, e program.Engine) (err error) {
		before := g.clone()
		g.depth++
		defer func() {
			g.depth--
			if p := recover(); p != nil {
				if p != program.ErrPanic { //nolint:errorlint // the very same value, and nothing that wraps it
					panic(p)
				}
				err = program.ErrPanic
			}
			if err != nil {
				g.keys = before
			}
		}()
		return e.InTx(ctx, func(tx program.Engine) error {
			for range n {
				op := g.Next()
				if g.OneIn(8) {
					op = g.Transaction()
				}
				err := op(ctx, tx)
				if err != nil && g.OneIn(3) {
					return err
				}
			}
			switch end {
			case 0:
				panic(program.ErrPanic)
			case 1, 2:
				return program.ErrRollback
			}
			return nil
		}, opts)
	}
}

// Fork returns an operation that replaces the engine with a copy of it.
func (g *Generator[K]) Fork() Operation {
	return func(_ context.Context, e program.Engine) error {
		if e.Fork != nil {
			_, _ = e.Fork() // only recorded: the program continues on the scratch engine
		}
		return nil
	}
}

// Canceled returns an operation whose context is canceled before it starts.
func (g *Generator[K]) Canceled() Operation {
	op := g.Next()
	return func(ctx context.Context, e program.Engine) error {
		ctx, cancel := context.WithCancel(ctx)
		cancel()
		err := op(ctx, e)
		if errors.Is(err, context.Canceled) {
			return nil
		}
		return err
	}
}
