package cow

import "slices"

// vecSize is a vector's fan-out, vecBits is its binary logarithm.
const (
	vecBits = 6
	vecSize = 1 << vecBits
	vecMask = vecSize - 1
)

// PageSize is the number of items in a page of a vector. Page p has the items from
// p*PageSize on.
const PageSize = vecSize

// Pages is a vector with any type of items.
type Pages interface {
	DropPage(owner Owner, page uint32)
}

// Vec is a vector of items, implemented as a radix tree. Items that were never set are
// zero. Setting an item to zero frees no memory: see [Vec.DropPage].
type Vec[T any] struct {
	root *vecNode[T]
	// shift is the number of index bits that the levels below the root use.
	shift uint8
}

type vecNode[T any] struct {
	owner    Owner
	children []*vecNode[T]
	items    []T
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
		if int(k) >= len(n.children) {
			return item
		}
		n = n.children[k]
	}
	if k := i & vecMask; n != nil && int(k) < len(n.items) {
		return n.items[k]
	}
	return item
}

// Set sets item i.
func (v *Vec[T]) Set(owner Owner, i uint32, item T) { *v.At(owner, i) = item }

// At returns a pointer to item i, which may be changed until the vector is copied.
func (v *Vec[T]) At(owner Owner, i uint32) *T {
	for uint64(i)>>v.shift >= vecSize {
		if v.root != nil {
			v.root = &vecNode[T]{owner: owner, children: []*vecNode[T]{v.root}}
		}
		v.shift += vecBits
	}
	at := &v.root
	for shift := v.shift; ; shift -= vecBits {
		n := (*at).owned(owner)
		if n != *at { // else the cache line stays with the processors that read it
			*at = n
		}
		k := int(i >> shift & vecMask)
		if shift == 0 {
			n.items = extended(n.items, k)
			return &n.items[k]
		}
		n.children = extended(n.children, k)
		at = &n.children[k]
	}
}

// Page returns the items of a page, without those at its end that were never set. It is
// empty if none was set, or the page was dropped. Callers must not change it.
func (v *Vec[T]) Page(page uint32) []T {
	i := uint64(page) << vecBits
	if i>>v.shift >= vecSize {
		return nil
	}
	n := v.root
	for shift := v.shift; shift > 0 && n != nil; shift -= vecBits {
		k := i >> shift & vecMask
		if int(k) >= len(n.children) {
			return nil
		}
		n = n.children[k]
	}
	if n == nil {
		return nil
	}
	return n.items
}

// DropPage sets the items of a page to zero and frees their memory.
func (v *Vec[T]) DropPage(owner Owner, page uint32) {
	i := uint64(page) << vecBits
	if i>>v.shift >= vecSize {
		return
	}
	v.root = v.root.withoutPage(owner, i, v.shift)
	if v.root == nil {
		*v = Vec[T]{}
		return
	}
	for v.shift > 0 && len(v.root.children) == 1 {
		v.root = v.root.children[0]
		v.shift -= vecBits
	}
}

// withoutPage returns a node without the page of item i, or nil if it has no other pages.
// shift is that of the node's level.
func (n *vecNode[T]) withoutPage(owner Owner, i uint64, shift uint8) *vecNode[T] {
	if n == nil || shift == 0 {
		return nil
	}
	k := int(i >> shift & vecMask)
	if k >= len(n.children) || n.children[k] == nil {
		return n
	}
	n = n.owned(owner)
	n.children[k] = n.children[k].withoutPage(owner, i, shift-vecBits)
	used := len(n.children)
	for used > 0 && n.children[used-1] == nil {
		used--
	}
	if used == 0 {
		return nil
	}
	n.children = shortened(n.children, used)
	return n
}

// Truncate drops item n and all after it. They read as zero again.
func (v *Vec[T]) Truncate(owner Owner, n uint32) {
	switch {
	case n == 0:
		*v = Vec[T]{}
	case uint64(n)>>v.shift < vecSize: // else the vector ends before n
		v.root = v.root.truncated(owner, n-1, v.shift)
		for v.shift != 0 && (n-1)>>v.shift == 0 {
			v.shift -= vecBits
			if v.root != nil {
				v.root = v.root.children[0]
			}
		}
	}
}

// truncated returns a node without the items after the last one. shift is that of the
// node's level.
func (n *vecNode[T]) truncated(owner Owner, last uint32, shift uint8) *vecNode[T] {
	if n == nil {
		return nil
	}
	n = n.owned(owner)
	k := int(last >> shift & vecMask)
	if shift == 0 {
		n.items = shortened(n.items, k+1)
		return n
	}
	n.children = shortened(n.children, k+1)
	if k < len(n.children) {
		n.children[k] = n.children[k].truncated(owner, last, shift-vecBits)
	}
	return n
}

// shortened returns the first n items, in a new slice if more than half of the old one
// is unused. It clears the others, so that they can be garbage collected.
func shortened[T any](items []T, n int) []T {
	items = slices.Delete(items, min(n, len(items)), len(items))
	if cap(items) > 2*len(items) {
		return slices.Clone(items)
	}
	return items
}

// extended pads items with zeros up to index k.
func extended[T any](items []T, k int) []T {
	var zero T
	for len(items) <= k {
		items = append(items, zero)
	}
	return items
}

func (n *vecNode[T]) owned(owner Owner) *vecNode[T] {
	switch {
	case n == nil:
		return &vecNode[T]{owner: owner}
	case n.owner == owner:
		return n
	}
	return &vecNode[T]{owner: owner, children: slices.Clone(n.children), items: slices.Clone(n.items)}
}
