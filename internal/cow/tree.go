package cow

import (
	"iter"
	"slices"
)

// treeSize is the most entries of a node.
const treeSize = 64

// Tree is a B+ tree of entries in an order that its user knows: each search is
// by a function that says of an entry whether it comes before what is looked for
// (negative), is it (zero), or comes after it (positive).
type Tree[E any] struct {
	root *treeNode[E]
	size int
}

// treeNode is a leaf, or an inner node. An inner node has an entry for each kid,
// not after any of the kid's, which may be no longer in the tree. That of
// the first kid decides nothing: what comes before it is there, too.
type treeNode[E any] struct {
	owner   Owner
	entries []E
	kids    []*treeNode[E]
}

// Len returns the number of entries.
func (t *Tree[E]) Len() int { return t.size }

// Insert adds an entry to which order compares.
func (t *Tree[E]) Insert(own Owner, e E, order func(E) int) {
	t.size++
	t.root = t.root.owned(own)
	if right := t.root.insert(own, e, order); right != nil {
		t.root = &treeNode[E]{owner: own, entries: []E{t.root.entries[0], right.entries[0]}, kids: []*treeNode[E]{t.root, right}}
	}
}

// Remove takes out the entry that order finds, and reports whether it was there.
func (t *Tree[E]) Remove(own Owner, order func(E) int) bool {
	if t.root == nil {
		return false
	}
	t.root = t.root.owned(own)
	if !t.root.remove(own, order) {
		return false
	}
	t.size--
	for len(t.root.kids) == 1 {
		t.root = t.root.kids[0]
	}
	return true
}

// Find returns the entry that order finds.
func (t *Tree[E]) Find(order func(E) int) (e E, ok bool) {
	n := t.root
	if n == nil {
		return e, false
	}
	for n.kids != nil {
		n = n.kids[n.kid(order)]
	}
	i := n.place(order)
	if i == len(n.entries) || order(n.entries[i]) != 0 {
		return e, false
	}
	return n.entries[i], true
}

// Last returns the last entry.
func (t *Tree[E]) Last() (e E, ok bool) {
	n := t.root
	if t.size == 0 {
		return e, false
	}
	for n.kids != nil {
		n = n.kids[len(n.kids)-1]
	}
	return n.entries[len(n.entries)-1], true
}

// All returns the entries in order.
func (t *Tree[E]) All() iter.Seq[E] {
	return func(yield func(E) bool) { t.root.ascend(yield) }
}

// Backward returns the entries from the last to the first.
func (t *Tree[E]) Backward() iter.Seq[E] {
	return func(yield func(E) bool) { t.root.descend(yield) }
}

func (n *treeNode[E]) owned(own Owner) *treeNode[E] {
	switch {
	case n == nil:
		return &treeNode[E]{owner: own}
	case n.owner == own:
		return n
	}
	return &treeNode[E]{owner: own, entries: slices.Clone(n.entries), kids: slices.Clone(n.kids)}
}

// place returns the place of the first entry that does not come before.
func (n *treeNode[E]) place(order func(E) int) int {
	// Most are added at the end.
	if last := len(n.entries); last == 0 || order(n.entries[last-1]) < 0 {
		return last
	}
	low, high := 0, len(n.entries)-1
	for low < high {
		if mid := (low + high) / 2; order(n.entries[mid]) < 0 {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}

// kid returns the place of the kid where what order looks for is or would be.
func (n *treeNode[E]) kid(order func(E) int) int {
	low, high := 0, len(n.entries)-1
	if order(n.entries[high]) <= 0 {
		return high
	}
	for low < high-1 {
		if mid := (low + high) / 2; order(n.entries[mid]) <= 0 {
			low = mid
		} else {
			high = mid
		}
	}
	return low
}

// insert adds an entry to a node that is owned and returns its new right
// neighbour if it had to be split.
func (n *treeNode[E]) insert(own Owner, e E, order func(E) int) *treeNode[E] {
	if n.kids == nil {
		return n.add(own, n.place(order), e, nil)
	}
	i := n.kid(order)
	n.kids[i] = n.kids[i].owned(own)
	right := n.kids[i].insert(own, e, order)
	if right == nil {
		return nil
	}
	return n.add(own, i+1, right.entries[0], right)
}

// add puts an entry, and in an inner node the kid it is for, at a place.
func (n *treeNode[E]) add(own Owner, i int, e E, kid *treeNode[E]) (right *treeNode[E]) {
	into := n
	if size := len(n.entries); size == treeSize {
		// What grows at its end leaves full nodes behind.
		half := size
		if i < size {
			half = size / 2
		}
		right = &treeNode[E]{owner: own, entries: slices.Clone(n.entries[half:])}
		n.entries = n.entries[:half]
		if kid != nil {
			right.kids = slices.Clone(n.kids[half:])
			clear(n.kids[half:])
			n.kids = n.kids[:half]
		}
		if i >= half {
			into, i = right, i-half
		}
	}
	into.entries = slices.Insert(withRoom(into.entries), i, e)
	if kid != nil {
		into.kids = slices.Insert(into.kids, i, kid)
	}
	return right
}

func (n *treeNode[E]) remove(own Owner, order func(E) int) bool {
	if n.kids == nil {
		i := n.place(order)
		if i == len(n.entries) || order(n.entries[i]) != 0 {
			return false
		}
		n.entries = slices.Delete(n.entries, i, i+1)
		return true
	}
	i := n.kid(order)
	kid := n.kids[i].owned(own)
	n.kids[i] = kid
	if !kid.remove(own, order) {
		return false
	}
	if len(kid.entries) > 0 {
		return true
	}
	n.entries, n.kids = slices.Delete(n.entries, i, i+1), slices.Delete(n.kids, i, i+1)
	return true
}

func (n *treeNode[E]) ascend(yield func(E) bool) bool {
	if n == nil {
		return true
	}
	if n.kids == nil {
		for _, e := range n.entries {
			if !yield(e) {
				return false
			}
		}
	}
	for _, kid := range n.kids {
		if !kid.ascend(yield) {
			return false
		}
	}
	return true
}

func (n *treeNode[E]) descend(yield func(E) bool) bool {
	if n == nil {
		return true
	}
	if n.kids == nil {
		for _, e := range slices.Backward(n.entries) {
			if !yield(e) {
				return false
			}
		}
	}
	for _, kid := range slices.Backward(n.kids) {
		if !kid.descend(yield) {
			return false
		}
	}
	return true
}
