// Package workload has what a generator knows of tasks: the operations, their
// values, which of them come more often, and a matrix of failures.
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

// The kinds of rows whose ids are kept.
const (
	orgs int = iota
	users
	templates
	versions
	workspaces
	jobs
	agents
	apps
	tasks
	builds
	statuses
)

// poolSizes are how many ids are kept, by kind.
var poolSizes = []int{orgs: 3, users: 6, templates: 5, versions: 8, workspaces: 24, jobs: 12, agents: 16, apps: 20, tasks: 32, builds: 4, statuses: 4}

// Generator makes operations on tasks and on what surrounds them.
type Generator struct {
	*generator.Generator[uuid.UUID]
	preset presetKnobs
}

type operation = generator.Operation

// Choice is a kind of operation and how often it comes.
type Choice struct {
	Method string
	Weight int
	make   func(g *Generator, method string) operation
}

// Choices returns the operations, at least one for each method of
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

// Generate returns a program of n random operations from a seed, of the kinds
// that the preset prefers. A transaction counts as one. What the operations refer
// to is mostly there, which scratch, an empty store, tells while the program is
// made: the same seed makes the same program on stores that answer alike.
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

// makesRow makes an operation that leaves a row with the id.
func makesRow(g *Generator, method string, arg any, kind int, id uuid.UUID) operation {
	return generator.Call(method, arg, func(any) { g.Learn(kind, id) })
}

// deletesRow makes an operation that removes the row with an id.
func deletesRow(kind int) func(*Generator, string) operation {
	return func(g *Generator, method string) operation {
		id := g.Known(kind)
		return generator.Call(method, id, func(any) { g.Forget(kind, id) })
	}
}

// reads makes an operation that asks by id.
func reads(kind int) func(*Generator, string) operation {
	return func(g *Generator, method string) operation { return generator.Call(method, g.Known(kind), nil) }
}
