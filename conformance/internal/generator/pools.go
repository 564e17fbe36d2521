package generator

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"

	"github.com/google/uuid"
)

// Pools are the ids in use, of each kind of row some only: that keeps the number of
// rows that a query can meet, and with it the time of a run, in bounds, and makes
// collisions likely.
type Pools struct {
	// Violations makes ids that are taken, missing or of another kind common.
	Violations bool
	// Exact rules them out, as long as there are known ids of the kind.
	Exact bool

	rand  *rand.Rand
	sizes []int
	keys  [][]uuid.UUID
}

func newPools(r *rand.Rand, sizes []int) Pools {
	return Pools{rand: r, sizes: sizes, keys: make([][]uuid.UUID, len(sizes))}
}

func (p *Pools) clone() [][]uuid.UUID {
	out := make([][]uuid.UUID, len(p.keys))
	for i := range p.keys {
		out[i] = slices.Clone(p.keys[i])
	}
	return out
}

// Empty returns empty pools of the same sizes.
func (p *Pools) Empty() Pools { return newPools(p.rand, p.sizes) }

// oneIn is true once in n times, more often where violations are common, and never
// where ids are exact.
func (p *Pools) oneIn(n int) bool {
	switch {
	case p.Exact:
		return false
	case p.Violations:
		n = max(2, n/10)
	}
	return p.rand.IntN(n) == 0
}

// Fresh returns an id that no row has.
func (p *Pools) Fresh() (id uuid.UUID) {
	binary.BigEndian.PutUint64(id[:8], p.rand.Uint64())
	binary.BigEndian.PutUint64(id[8:], p.rand.Uint64())
	return id
}

// Known returns an id that is probably there.
func (p *Pools) Known(kind int) uuid.UUID {
	if p.oneIn(200) { // of another kind
		if kind = p.rand.IntN(len(p.keys)); len(p.keys[kind]) == 0 {
			return p.Fresh()
		}
	}
	if len(p.keys[kind]) == 0 || p.oneIn(40) {
		return p.Fresh()
	}
	return p.keys[kind][p.rand.IntN(len(p.keys[kind]))]
}

// Unused returns an id that is probably not there.
func (p *Pools) Unused(kind int) uuid.UUID {
	if p.oneIn(60) {
		return p.Known(kind)
	}
	return p.Fresh()
}

// Serial returns an id for a row that nothing refers to.
func (p *Pools) Serial(kind int) uuid.UUID {
	id := p.Unused(kind)
	p.Learn(kind, id)
	return id
}

// Learn takes up the id of a row that is there now.
func (p *Pools) Learn(kind int, id uuid.UUID) {
	keys := p.keys[kind]
	if slices.Contains(keys, id) {
		return
	}
	if keys = append(keys, id); len(keys) > p.sizes[kind] {
		// Any, not the oldest: some rows should live long.
		i := p.rand.IntN(len(keys))
		keys = slices.Delete(keys, i, i+1)
	}
	p.keys[kind] = keys
}

// Forget drops the id of a row that is gone.
func (p *Pools) Forget(kind int, id uuid.UUID) {
	p.keys[kind] = slices.DeleteFunc(p.keys[kind], func(u uuid.UUID) bool { return u == id })
}
