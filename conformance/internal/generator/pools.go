package generator

import (
	"math/rand/v2"
	"slices"
)

// Pools hold some of the keys in use, for each kind of row. Their size limits how
// many rows a query can find, and so the time of a run, and makes collisions likely.
type Pools[K comparable] struct {
	// Violations makes keys common that are taken, missing or of another kind.
	Violations bool
	// Exact rules them out, as long as the pool of the kind is not empty.
	Exact bool

	rand  *rand.Rand
	fresh func(*rand.Rand) K
	sizes []int
	keys  [][]K
}

// Empty returns empty pools of the same sizes.
func (p *Pools[K]) Empty() Pools[K] {
	return Pools[K]{rand: p.rand, fresh: p.fresh, sizes: p.sizes, keys: make([][]K, len(p.sizes))}
}

func (p *Pools[K]) clone() [][]K {
	out := make([][]K, len(p.keys))
	for i := range p.keys {
		out[i] = slices.Clone(p.keys[i])
	}
	return out
}

// oneIn is true once in n times on average, more often with Violations, and never
// with Exact.
func (p *Pools[K]) oneIn(n int) bool {
	switch {
	case p.Exact:
		return false
	case p.Violations:
		n = max(2, n/10)
	}
	return p.rand.IntN(n) == 0
}

// Fresh returns a key that no row has.
func (p *Pools[K]) Fresh() K { return p.fresh(p.rand) }

// Known returns a key that a row of the kind probably has.
func (p *Pools[K]) Known(kind int) K {
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

// Unused returns a key that probably no row has.
func (p *Pools[K]) Unused(kind int) K {
	if p.oneIn(60) {
		return p.Known(kind)
	}
	return p.Fresh()
}

// Serial returns a key for a row that no other row refers to.
func (p *Pools[K]) Serial(kind int) K {
	key := p.Unused(kind)
	p.Learn(kind, key)
	return key
}

// Learn adds the key of a row that exists now. It removes another if the pool is
// full.
func (p *Pools[K]) Learn(kind int, key K) {
	keys := p.keys[kind]
	if slices.Contains(keys, key) {
		return
	}
	if keys = append(keys, key); len(keys) > p.sizes[kind] {
		// Any, not the oldest: some rows should live long.
		i := p.rand.IntN(len(keys))
		keys = slices.Delete(keys, i, i+1)
	}
	p.keys[kind] = keys
}

// Forget removes the key of a row that is gone.
func (p *Pools[K]) Forget(kind int, key K) {
	p.keys[kind] = slices.DeleteFunc(p.keys[kind], func(k K) bool { return k == key })
}
