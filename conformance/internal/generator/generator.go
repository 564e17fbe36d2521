// Package generator makes programs of random operations. It knows which keys live,
// from what a scratch engine answers, so that most operations hit something. What
// operations there are, and of which arguments, is given to it.
package generator

import (
	"context"
	"errors"
	"math/rand/v2"

	"github.com/tasktwin/tasktwin/conformance/internal/program"
)

// Operation is one that is ready to be made.
type Operation func(ctx context.Context, e program.Engine) error

// Choice is a kind of operation and how often it comes.
type Choice struct {
	Weight int
	Make   func() Operation
}

// Generator makes operations from a source of numbers. It learns from the answers
// that it gets: on engines that answer alike it makes the same operations.
type Generator struct {
	Pools
	// Options returns the options of a transaction.
	Options func() any

	rand    *rand.Rand
	choices []Choice
	total   int // of the weights
	depth   int // of the transactions under way
}

// New returns a generator that draws from source, with pools of such sizes. It
// needs choices before it makes operations.
func New(source rand.Source, sizes ...int) *Generator {
	r := rand.New(source)
	return &Generator{Pools: newPools(r, sizes), Options: func() any { return nil }, rand: r}
}

// Source returns the numbers that a seed decides on.
func Source(seed uint64) rand.Source { return rand.NewPCG(seed, 0x7461736b7477696e) }

// Add adds choices.
func (g *Generator) Add(choices ...Choice) {
	for _, c := range choices {
		g.total += c.Weight
	}
	g.choices = append(g.choices, choices...)
}

// Next returns a random operation.
func (g *Generator) Next() Operation {
	n := g.rand.IntN(g.total)
	for _, c := range g.choices {
		if n -= c.Weight; n < 0 {
			return c.Make()
		}
	}
	panic("unreachable: n is less than the sum of the weights")
}

// Program returns a program of n operations, made on an empty scratch engine.
// special, if set, returns the i-th of them, or nil for a random one. A transaction
// counts as one.
func (g *Generator) Program(scratch program.Engine, n int, special func(i int) Operation) program.Program {
	var p program.Program
	e := program.Record(scratch, &p)
	for i := range n {
		op := g.Next()
		if special != nil {
			if s := special(i); s != nil {
				op = s
			}
		}
		_ = op(context.Background(), e) // failures are answers like others
	}
	return p
}

// Int returns a number below n.
func (g *Generator) Int(n int) int { return g.rand.IntN(n) }

// Int64 returns a number below n.
func (g *Generator) Int64(n int64) int64 { return g.rand.Int64N(n) }

// OneIn is true once in n times.
func (g *Generator) OneIn(n int) bool { return g.rand.IntN(n) == 0 }

// Pick returns one of several.
func Pick[T any](g *Generator, from []T) T { return from[g.rand.IntN(len(from))] }

// Call makes an operation of a method; then, if set, sees the answer where it was
// successful.
func Call(method string, arg any, then func(any)) Operation {
	return func(ctx context.Context, e program.Engine) error {
		out, err := e.Call(ctx, program.Op{Name: method, Arg: arg})
		if err == nil && then != nil {
			then(out)
		}
		return err
	}
}

// maxDepth is how deep savepoints nest.
const maxDepth = 4

// Transaction is a few operations that happen together, or do not.
func (g *Generator) Transaction() Operation {
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

// Fork makes a copy of the engine, on which the program goes on.
func (g *Generator) Fork() Operation {
	return func(_ context.Context, e program.Engine) error {
		if e.Fork != nil {
			_, _ = e.Fork() // of a scratch engine nothing is left behind
		}
		return nil
	}
}

// Canceled is an operation whose context is done before it starts.
func (g *Generator) Canceled() Operation {
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
