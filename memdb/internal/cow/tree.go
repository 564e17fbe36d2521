package cow

import (
	"iter"
	"slices"
)

const (
	// treeSize is the most entries of a node.
	treeSize = 64
	// mergeSize is the most entries of a node that two were merged into. The room
	// that is left keeps the next inserts from splitting it again. Together
	// any two neighbours have more entries than half of treeSize, and more than
	// mergeSize if nothing was inserted since a removal changed one of them.
	mergeSize = treeSize * 7 / 8
)

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
	if right := t.root.insert(own, e, order, true); right != nil {
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
	if t.size == 0 {
		t.root = nil
		return true
	}
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
	if n == nil {
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
// neighbour if it had to be split. last says that it is its parent's last kid.
func (n *treeNode[E]) insert(own Owner, e E, order func(E) int, last bool) *treeNode[E] {
	if n.kids == nil {
		return n.add(own, n.place(order), e, nil, last)
	}
	i := n.kid(order)
	n.kids[i] = n.kids[i].owned(own)
	right := n.kids[i].insert(own, e, order, i == len(n.kids)-1)
	if right == nil {
		return nil
	}
	return n.add(own, i+1, right.entries[0], right, last)
}

// add puts an entry, and in an inner node the kid it is for, at a place.
func (n *treeNode[E]) add(own Owner, i int, e E, kid *treeNode[E], last bool) (right *treeNode[E]) {
	into := n
	if size := len(n.entries); size == treeSize {
		// A tree that grows at its end leaves full nodes behind. Elsewhere the node
		// after a full one could stay as small as it begins, and another come before it.
		half := size / 2
		if last && i == size {
			half = size
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

// remove takes an entry out of a node that is owned, which may be empty then.
func (n *treeNode[E]) remove(own Owner, order func(E) int) bool {
	if n.kids == nil {
		i := n.place(order)
		if i == len(n.entries) || order(n.entries[i]) != 0 {
			return false
		}
		n.entries = trimmed(slices.Delete(n.entries, i, i+1))
		return true
	}
	i := n.kid(order)
	kid := n.kids[i].owned(own)
	n.kids[i] = kid
	if !kid.remove(own, order) {
		return false
	}
	switch {
	case len(kid.entries) == 0:
		n.drop(i)
	case i > 0 && n.fit(i-1):
		n.merge(own, i-1)
	case i+1 < len(n.kids) && n.fit(i):
		n.merge(own, i)
	}
	return true
}

// drop takes out a kid, with its entry.
func (n *treeNode[E]) drop(i int) {
	n.entries, n.kids = trimmed(slices.Delete(n.entries, i, i+1)), trimmed(slices.Delete(n.kids, i, i+1))
}

// fit reports whether a kid and the next one may become one.
func (n *treeNode[E]) fit(i int) bool {
	return len(n.kids[i].entries)+len(n.kids[i+1].entries) <= mergeSize
}

// merge puts a new node in the place of two kids, of which it changes neither:
// they may be another owner's.
func (n *treeNode[E]) merge(own Owner, i int) {
	left, right := n.kids[i], n.kids[i+1]
	both := &treeNode[E]{owner: own, entries: joined(left.entries, right.entries)}
	if left.kids != nil {
		both.kids = joined(left.kids, right.kids)
		// The entry for the right node's first kid, which decided nothing, does now.
		seam := len(left.kids)
		both.entries[seam] = n.entries[i+1]
		if both.fit(seam - 1) { // they have not been neighbours before
			both.merge(own, seam-1)
		}
	}
	n.kids[i] = both
	n.drop(i + 1)
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
