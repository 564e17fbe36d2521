package cow

import (
	"iter"
	"slices"
)

const (
	// treeSize is the maximum number of entries in a node.
	treeSize = 64
	// mergeSize is the maximum number of entries in a node that results from a merge.
	// The spare capacity keeps the next inserts from splitting it again. Any two
	// neighbours together have more than treeSize/2 entries, and more than mergeSize if
	// nothing was inserted since a removal changed one of them.
	mergeSize = treeSize * 7 / 8
)

// Tree is a B+ tree. The caller defines the order of the entries: each search takes a
// function that returns a negative number for an entry before the wanted one, zero for
// the wanted entry, and a positive number for an entry after it.
type Tree[E any] struct {
	root *treeNode[E]
	size int
}

// treeNode is a leaf or an inner node. An inner node has an entry for each child. That
// entry is a lower bound of the child's entries, and may have been removed from the tree
// since. The first child's entry is not used for searches: entries that sort before it
// are in the first child, too.
type treeNode[E any] struct {
	owner    Owner
	entries  []E
	children []*treeNode[E]
}

// Len returns the number of entries.
func (t *Tree[E]) Len() int { return t.size }

// Insert adds an entry. Order must compare with that entry.
func (t *Tree[E]) Insert(owner Owner, e E, order func(E) int) {
	t.size++
	t.root = t.root.owned(owner)
	if right := t.root.insert(owner, e, order, true); right != nil {
		t.root = &treeNode[E]{
			owner: owner, entries: []E{t.root.entries[0], right.entries[0]}, children: []*treeNode[E]{t.root, right},
		}
	}
}

// Remove removes the entry for which order returns zero, and reports whether there was
// one.
func (t *Tree[E]) Remove(owner Owner, order func(E) int) bool {
	if t.root == nil {
		return false
	}
	t.root = t.root.owned(owner)
	if !t.root.remove(owner, order) {
		return false
	}
	t.size--
	if t.size == 0 {
		t.root = nil
		return true
	}
	for len(t.root.children) == 1 {
		t.root = t.root.children[0]
	}
	return true
}

// Find returns the entry for which order returns zero.
func (t *Tree[E]) Find(order func(E) int) (e E, ok bool) {
	n := t.root
	if n == nil {
		return e, false
	}
	for n.children != nil {
		n = n.children[n.childIndex(order)]
	}
	i := n.search(order)
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
	for n.children != nil {
		n = n.children[len(n.children)-1]
	}
	return n.entries[len(n.entries)-1], true
}

// All iterates over the entries in order.
func (t *Tree[E]) All() iter.Seq[E] {
	return func(yield func(E) bool) { t.root.ascend(yield) }
}

// Backward iterates over the entries in reverse order.
func (t *Tree[E]) Backward() iter.Seq[E] {
	return func(yield func(E) bool) { t.root.descend(yield) }
}

func (n *treeNode[E]) owned(owner Owner) *treeNode[E] {
	switch {
	case n == nil:
		return &treeNode[E]{owner: owner}
	case n.owner == owner:
		return n
	}
	return &treeNode[E]{owner: owner, entries: slices.Clone(n.entries), children: slices.Clone(n.children)}
}

// search returns the index of the first entry that is not before the wanted one.
func (n *treeNode[E]) search(order func(E) int) int {
	// Most entries are added at the end.
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

// childIndex returns the index of the child that has the wanted entry or would have it.
func (n *treeNode[E]) childIndex(order func(E) int) int {
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

// insert adds an entry to an owned node. If the node had to be split, insert returns its
// new right neighbour. last says that the node is the last child of its parent.
func (n *treeNode[E]) insert(owner Owner, e E, order func(E) int, last bool) *treeNode[E] {
	if n.children == nil {
		return n.add(owner, n.search(order), e, nil, last)
	}
	i := n.childIndex(order)
	n.children[i] = n.children[i].owned(owner)
	right := n.children[i].insert(owner, e, order, i == len(n.children)-1)
	if right == nil {
		return nil
	}
	return n.add(owner, i+1, right.entries[0], right, last)
}

// add inserts an entry at index i, and in an inner node the child that it belongs to.
func (n *treeNode[E]) add(owner Owner, i int, e E, child *treeNode[E], last bool) (right *treeNode[E]) {
	into := n
	if size := len(n.entries); size == treeSize {
		// At the end of the tree the left node stays full, so that a tree that grows at its
		// end has full nodes. Elsewhere that could leave many small nodes behind.
		half := size / 2
		if last && i == size {
			half = size
		}
		right = &treeNode[E]{owner: owner, entries: slices.Clone(n.entries[half:])}
		n.entries = n.entries[:half]
		if child != nil {
			right.children = slices.Clone(n.children[half:])
			clear(n.children[half:])
			n.children = n.children[:half]
		}
		if i >= half {
			into, i = right, i-half
		}
	}
	into.entries = slices.Insert(withSpare(into.entries), i, e)
	if child != nil {
		into.children = slices.Insert(into.children, i, child)
	}
	return right
}

// remove removes an entry from an owned node. The node may be empty afterwards.
func (n *treeNode[E]) remove(owner Owner, order func(E) int) bool {
	if n.children == nil {
		i := n.search(order)
		if i == len(n.entries) || order(n.entries[i]) != 0 {
			return false
		}
		n.entries = trimmed(slices.Delete(n.entries, i, i+1))
		return true
	}
	i := n.childIndex(order)
	child := n.children[i].owned(owner)
	n.children[i] = child
	if !child.remove(owner, order) {
		return false
	}
	switch {
	case len(child.entries) == 0:
		n.drop(i)
	case i > 0 && n.fit(i-1):
		n.merge(owner, i-1)
	case i+1 < len(n.children) && n.fit(i):
		n.merge(owner, i)
	}
	return true
}

// drop removes a child and its entry.
func (n *treeNode[E]) drop(i int) {
	n.entries, n.children = trimmed(slices.Delete(n.entries, i, i+1)), trimmed(slices.Delete(n.children, i, i+1))
}

// fit reports whether child i and its right neighbour may be merged.
func (n *treeNode[E]) fit(i int) bool {
	return len(n.children[i].entries)+len(n.children[i+1].entries) <= mergeSize
}

// merge replaces child i and its right neighbour by a new node. It changes neither of
// them, because they may belong to another owner.
func (n *treeNode[E]) merge(owner Owner, i int) {
	left, right := n.children[i], n.children[i+1]
	both := &treeNode[E]{owner: owner, entries: joined(left.entries, right.entries)}
	if left.children != nil {
		both.children = joined(left.children, right.children)
		// The right node's first entry was not used for searches. In the merged node it is,
		// so it must be a lower bound.
		seam := len(left.children)
		both.entries[seam] = n.entries[i+1]
		if both.fit(seam - 1) { // these two children were not neighbours before
			both.merge(owner, seam-1)
		}
	}
	n.children[i] = both
	n.drop(i + 1)
}

func (n *treeNode[E]) ascend(yield func(E) bool) bool {
	if n == nil {
		return true
	}
	if n.children == nil {
		for _, e := range n.entries {
			if !yield(e) {
				return false
			}
		}
	}
	for _, child := range n.children {
		if !child.ascend(yield) {
			return false
		}
	}
	return true
}

func (n *treeNode[E]) descend(yield func(E) bool) bool {
	if n == nil {
		return true
	}
	if n.children == nil {
		for _, e := range slices.Backward(n.entries) {
			if !yield(e) {
				return false
			}
		}
	}
	for _, child := range slices.Backward(n.children) {
		if !child.descend(yield) {
			return false
		}
	}
	return true
}
