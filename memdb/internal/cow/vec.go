package cow

import "slices"

// vecBits is the binary logarithm of a vector's fan-out.
const (
	vecBits = 6
	vecSize = 1 << vecBits
	vecMask = vecSize - 1
)

// Vec is a vector of items by number, of which those that were never set are
// zero. It is a radix tree. An item that is set to zero keeps its place: whoever
// no longer needs a number should use it for the next item.
type Vec[T any] struct {
	root *vecNode[T]
	// shift is how many bits of a number the levels below the root take.
	shift uint8
}

type vecNode[T any] struct {
	owner Owner
	kids  []*vecNode[T]
	items []T
}

// Get returns item i.
func (v *Vec[T]) Get(i uint32) (item T) {
	if uint64(i)>>v.shift >= vecSize {
		return item
	}
	n := v.root
	for shift := v.shift; shift > 0; shift -= vecBits {
		if n == nil {
			return item
		}
		k := i >> shift & vecMask
		if int(k) >= len(n.kids) {
			return item
		}
		n = n.kids[k]
	}
	if k := i & vecMask; n != nil && int(k) < len(n.items) {
		return n.items[k]
	}
	return item
}

// Set changes item i.
func (v *Vec[T]) Set(own Owner, i uint32, item T) { *v.At(own, i) = item }

// At returns item i for change, until the vector is copied.
func (v *Vec[T]) At(own Owner, i uint32) *T {
	for uint64(i)>>v.shift >= vecSize {
		if v.root != nil {
			v.root = &vecNode[T]{owner: own, kids: []*vecNode[T]{v.root}}
		}
		v.shift += vecBits
	}
	at := &v.root
	for shift := v.shift; ; shift -= vecBits {
		n := (*at).owned(own)
		*at = n
		k := int(i >> shift & vecMask)
		if shift == 0 {
			n.items = extended(n.items, k)
			return &n.items[k]
		}
		n.kids = extended(n.kids, k)
		at = &n.kids[k]
	}
}

// Truncate drops item n and all after it: they are zero again.
func (v *Vec[T]) Truncate(own Owner, n uint32) {
	switch {
	case n == 0:
		*v = Vec[T]{}
	case uint64(n)>>v.shift < vecSize: // or there is nothing after it
		v.root = v.root.truncated(own, n-1, v.shift)
		for v.shift != 0 && (n-1)>>v.shift == 0 {
			v.shift -= vecBits
			if v.root != nil {
				v.root = v.root.kids[0]
			}
		}
	}
}

// truncated returns a node of some level without what comes after an item.
func (n *vecNode[T]) truncated(own Owner, last uint32, shift uint8) *vecNode[T] {
	if n == nil {
		return nil
	}
	n = n.owned(own)
	k := int(last >> shift & vecMask)
	if shift == 0 {
		n.items = shortened(n.items, k+1)
		return n
	}
	n.kids = shortened(n.kids, k+1)
	if k < len(n.kids) {
		n.kids[k] = n.kids[k].truncated(own, last, shift-vecBits)
	}
	return n
}

// shortened returns the first n items, in a new slice if more than half of the
// old one is unused, and forgets the others.
func shortened[T any](items []T, n int) []T {
	items = slices.Delete(items, min(n, len(items)), len(items))
	if cap(items) > 2*len(items) {
		return slices.Clone(items)
	}
	return items
}

// extended returns the items with as many zeros as make k one of them.
func extended[T any](items []T, k int) []T {
	var zero T
	for len(items) <= k {
		items = append(items, zero)
	}
	return items
}

func (n *vecNode[T]) owned(own Owner) *vecNode[T] {
	switch {
	case n == nil:
		return &vecNode[T]{owner: own}
	case n.owner == own:
		return n
	}
	return &vecNode[T]{owner: own, kids: slices.Clone(n.kids), items: slices.Clone(n.items)}
}
