// Package workload generates operations on tasks: it gives the generator the
// operations, their arguments and weights, and has a matrix of failures.
package workload

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/generator"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
)

// Generator makes random calls of the methods of [tasktwin.Querier].
type Generator struct {
	*generator.Generator[uuid.UUID]
	preset presetKnobs
}

type operation = generator.Operation

// Choice is a kind of operation, with a weight that says how often it is chosen.
type Choice struct {
	Method string
	Weight int
	make   func(g *Generator, method string) operation
}

// Choices returns the kinds of operations, at least one for each method of
// [tasktwin.Querier].
func Choices() []Choice {
	return slices.Concat(taskChoices, surroundingChoices, []Choice{
		{"InTx", 40, func(g *Generator, _ string) operation { return g.Transaction() }},
		{"", 4, func(g *Generator, _ string) operation { return g.Canceled() }},
		{program.OpFork, 2, func(g *Generator, _ string) operation { return g.Fork() }},
	})
}

// New returns a generator that draws from source.
func New(source rand.Source, preset Preset) *Generator {
	g := &Generator{generator.New(source, freshID, poolSizes...), presets[preset]}
	g.Violations = g.preset.violations
	g.Options = g.txOptions
	for _, c := range Choices() {
		weight := c.Weight
		for _, more := range g.preset.more {
			if strings.HasPrefix(c.Method, more) {
				weight *= 8
			}
		}
		g.Add(generator.Choice{Weight: weight, Make: func() operation { return c.make(g, c.Method) }})
	}
	return g
}

// Generate returns a program of n random operations. A transaction counts as one
// operation. The program runs on scratch, an empty store, while it is made, so that
// most operations refer to rows that exist. The same seed and preset make the same
// program on stores that answer alike.
func Generate(scratch tasktwin.Store, seed uint64, preset Preset, n int) program.Program {
	return New(generator.Source(seed), preset).Program(scratch, n)
}

// Program returns a program of n operations.
func (g *Generator) Program(scratch tasktwin.Store, n int) program.Program {
	return g.Generator.Program(stores.Engine(scratch, nil), n, func(i int) operation {
		if n >= sweepFrom && (i == 0 || i == n/2) {
			return g.sweep()
		}
		return nil
	})
}

// freshID returns a random id.
func freshID(r *rand.Rand) (id uuid.UUID) {
	binary.BigEndian.PutUint64(id[:8], r.Uint64())
	binary.BigEndian.PutUint64(id[8:], r.Uint64())
	return id
}

// do makes a call.
func do(ctx context.Context, e program.Engine, method string, arg any) error {
	_, err := e.Call(ctx, program.Op{Name: method, Arg: arg})
	return err
}

// makesRow returns an operation that inserts a row with an id, and adds the id to its
// pool.
func makesRow(g *Generator, method string, arg any, kind int, id uuid.UUID) operation {
	return generator.Call(method, arg, func(any) { g.Learn(kind, id) })
}

// deletesRow returns a function that makes an operation that deletes a row by its id.
func deletesRow(kind int) func(*Generator, string) operation {
	return func(g *Generator, method string) operation {
		id := g.Known(kind)
		return generator.Call(method, id, func(any) { g.Forget(kind, id) })
	}
}

// reads returns a function that makes an operation that reads by an id.
func reads(kind int) func(*Generator, string) operation {
	return func(g *Generator, method string) operation { return generator.Call(method, g.Known(kind), nil) }
}

// readsList returns a function that makes an operation that reads by a list of ids.
func readsList(kind int) func(*Generator, string) operation {
	return func(g *Generator, method string) operation { return generator.Call(method, g.list(kind), nil) }
}
