package lockstep

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// Generator makes operations from a seed. It knows the ids that it has used, so
// that most operations hit something, and learns from the reference's answers:
// two runs on right engines make the same operations.
type Generator struct {
	rand *rand.Rand
	// pools are the ids in use, of each kind the latest only.
	pools   pools
	weights []int // of the choices
	total   int   // of the weights
	preset  presetKnobs
	depth   int // of the transactions under way
}

type kind int

const (
	orgs kind = iota
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
	numKinds
)

// poolSizes keep the number of rows that a query can meet, and with it the time
// of a run, in bounds, and make collisions likely.
var poolSizes = [numKinds]int{orgs: 3, users: 6, templates: 5, versions: 8, workspaces: 24, jobs: 12, agents: 16, apps: 20, tasks: 32, builds: 4, statuses: 4}

type pools [numKinds][]uuid.UUID

func (p *pools) clone() pools {
	var out pools
	for i := range p {
		out[i] = slices.Clone(p[i])
	}
	return out
}

// operation is one call that is ready to be made.
type operation func(ctx context.Context, s tasktwin.Store) error

// Choice is a kind of operation and how often it comes.
type Choice struct {
	Method string
	Weight int
	make   func(*Generator) operation
}

func newGenerator(seed uint64, preset Preset) *Generator {
	return NewGeneratorFrom(rand.NewPCG(seed, 0x7461736b7477696e), preset)
}

// NewGeneratorFrom returns a generator that draws from source.
func NewGeneratorFrom(source rand.Source, preset Preset) *Generator {
	g := &Generator{rand: rand.New(source), preset: presets[preset]}
	for _, c := range Choices {
		weight := c.Weight
		for _, more := range g.preset.more {
			if strings.HasPrefix(c.Method, more) {
				weight *= 8
			}
		}
		g.weights = append(g.weights, weight)
		g.total += weight
	}
	return g
}

// next returns a random operation.
func (g *Generator) next() operation {
	n := g.rand.IntN(g.total)
	for i, weight := range g.weights {
		if n -= weight; n < 0 {
			return Choices[i].make(g)
		}
	}
	panic("unreachable: n is less than the sum of the weights")
}

// oneIn is true once in n times.
func (g *Generator) oneIn(n int) bool { return g.rand.IntN(n) == 0 }

func pick[T any](g *Generator, from []T) T { return from[g.rand.IntN(len(from))] }

func (g *Generator) fresh() (id uuid.UUID) {
	binary.BigEndian.PutUint64(id[:8], g.rand.Uint64())
	binary.BigEndian.PutUint64(id[8:], g.rand.Uint64())
	return id
}

// known returns an id that is probably there.
func (g *Generator) known(k kind) uuid.UUID {
	if g.oneIn(g.preset.rarely(200)) { // of another table
		if k = kind(g.rand.IntN(int(numKinds))); len(g.pools[k]) == 0 {
			return g.fresh()
		}
	}
	if len(g.pools[k]) == 0 || g.oneIn(g.preset.rarely(40)) {
		return g.fresh()
	}
	return pick(g, g.pools[k])
}

// unused returns an id that is probably not there.
func (g *Generator) unused(k kind) uuid.UUID {
	if g.oneIn(g.preset.rarely(60)) {
		return g.known(k)
	}
	return g.fresh()
}

// serial returns an id for a row that nothing refers to.
func (g *Generator) serial(k kind) uuid.UUID {
	id := g.unused(k)
	g.learn(k, id)
	return id
}

func (g *Generator) nullable(id uuid.UUID, oneIn int) uuid.NullUUID {
	if g.oneIn(oneIn) {
		return uuid.NullUUID{}
	}
	return uuid.NullUUID{UUID: id, Valid: true}
}

func (g *Generator) learn(k kind, id uuid.UUID) {
	p := g.pools[k]
	if i := slices.Index(p, id); i >= 0 {
		return
	}
	if p = append(p, id); len(p) > poolSizes[k] {
		// Any, not the oldest: some rows should live long.
		i := g.rand.IntN(len(p))
		p = slices.Delete(p, i, i+1)
	}
	g.pools[k] = p
}

func (g *Generator) forget(k kind, id uuid.UUID) {
	g.pools[k] = slices.DeleteFunc(g.pools[k], func(u uuid.UUID) bool { return u == id })
}

// call makes an operation of a method; then sees the reference's result where it
// was successful.
func call[A, T any](method func(tasktwin.Store, context.Context, A) (T, error), arg A, then func(T)) operation {
	return func(ctx context.Context, s tasktwin.Store) error {
		out, err := method(s, ctx, arg)
		if err == nil && then != nil {
			then(out)
		}
		return err
	}
}

// makesRow makes an operation that leaves a row with the id.
func makesRow[A, T any](g *Generator, method func(tasktwin.Store, context.Context, A) (T, error), arg A, k kind, id uuid.UUID) operation {
	return call(method, arg, func(T) { g.learn(k, id) })
}

// deletesRow makes an operation that removes the row with an id.
func deletesRow(k kind, method func(tasktwin.Store, context.Context, uuid.UUID) (uuid.UUID, error)) func(*Generator) operation {
	return func(g *Generator) operation {
		return call(method, g.known(k), func(id uuid.UUID) { g.forget(k, id) })
	}
}

// reads makes an operation that asks by id.
func reads[T any](k kind, method func(tasktwin.Store, context.Context, uuid.UUID) (T, error)) func(*Generator) operation {
	return func(g *Generator) operation { return call(method, g.known(k), nil) }
}
