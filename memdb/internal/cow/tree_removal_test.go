package cow

import (
	"cmp"
	"maps"
	"slices"
	"testing"

	"github.com/tasktwin/tasktwin/internal/testrand"
)

func (n *treeNode[E]) depth() int {
	switch {
	case n == nil:
		return 0
	case n.children == nil:
		return 1
	}
	return 1 + n.children[0].depth()
}

func treeOf(owner Owner, entries []int) (tree Tree[int]) {
	for _, e := range entries {
		tree.Insert(owner, e, orderOf(e))
	}
	return tree
}

// After removals a tree takes at most twice the memory of a new one with the same
// entries and is hardly deeper, whatever was removed and whoever owns the nodes.
func TestTreeShrinks(t *testing.T) {
	t.Parallel()
	r := testrand.New(t)
	const n = 1 << 15
	owner := NewOwner()
	for name, inserts := range map[string][]int{"in order": counted(n), "in any order": r.Perm(n)} {
		least := treeSize / 2
		if name == "in order" {
			least = mergeSize // because no node was split in halves
		}
		shared := treeOf(owner, inserts)
		for which, removes := range removals(r, n) {
			for by, tree := range map[Owner]Tree[int]{NewOwner(): shared, owner: treeOf(owner, inserts)} {
				for i, e := range removes {
					if left := n - i; left == n/4 || left == n/64 || left == 100 || left == 1 {
						requireSmall(t, &tree, name+", without "+which)
						tree.root.bounds(t, nil, nil, least, cmp.Compare)
					}
					if !tree.Remove(by, orderOf(e)) {
						t.Fatalf("%d is lost", e)
					}
				}
				if tree.root != nil {
					t.Errorf("%s, without %s: an empty tree has nodes", name, which)
				}
			}
		}
		if !slices.Equal(slices.Collect(shared.All()), counted(n)) {
			t.Error("another owner's changes are seen")
		}
	}
}

// requireSmall compares a tree with a new one with the same entries. The new one is as
// small as possible, because its entries are inserted in order.
func requireSmall(t *testing.T, tree *Tree[int], name string) {
	t.Helper()
	fresh := treeOf(NewOwner(), slices.Collect(tree.All()))
	got, want := tree.root.bytesOf(), fresh.root.bytesOf()
	if got > 2*want {
		t.Errorf("%s: %d entries take %d KB, and %d KB in a new tree", name, tree.Len(), got>>10, want>>10)
	}
	if got, want := tree.root.depth(), fresh.root.depth(); got > want+1 {
		t.Errorf("%s: %d entries are at depth %d, and at depth %d in a new tree", name, tree.Len(), got, want)
	}
}

// All but every 64th of half a million entries are removed.
func TestTreeOfFewEntriesIsSmall(t *testing.T) {
	t.Parallel()
	const n = 1 << 19
	owner := NewOwner()
	tree := treeOf(owner, counted(n))
	full, depth := tree.root.bytesOf(), tree.root.depth()
	for e := range n {
		if e%64 != 0 {
			tree.Remove(owner, orderOf(e))
		}
	}
	requireSmall(t, &tree, "63 of 64 removed")
	if got := tree.root.bytesOf(); got > full/32 || tree.root.depth() >= depth {
		t.Errorf("%d KB at depth %d became %d KB at depth %d", full>>10, depth, got>>10, tree.root.depth())
	}
	tree.root.each(func(n *treeNode[int]) {
		most := max(2*len(n.entries), capacityFor(len(n.entries)))
		if cap(n.entries) > most || cap(n.children) > most {
			t.Errorf("a node of %d entries has capacity %d, and %d for children", len(n.entries), cap(n.entries), cap(n.children))
		}
	})
}

// Inserting entries in descending order in the middle of a tree does not create a node
// for each.
func TestTreeOfDescendingEntriesIsFull(t *testing.T) {
	t.Parallel()
	owner := NewOwner()
	tree := treeOf(owner, counted(treeSize))
	const n = 10_000
	for e := n; e >= treeSize; e-- {
		tree.Insert(owner, e, orderOf(e))
	}
	if leaves := countLeaves(tree.root); leaves > n/(treeSize/2) {
		t.Errorf("%d leaves for %d entries", leaves, tree.Len())
	}
	tree.root.bounds(t, nil, nil, treeSize/2, cmp.Compare)
}

// Two nodes are merged only if the result has spare capacity. So alternating inserts and
// removals do not split and merge it each time.
func TestTreeDoesNotThrash(t *testing.T) {
	t.Parallel()
	owner := NewOwner()
	tree := treeOf(owner, counted(2*treeSize))
	for e := range treeSize / 2 {
		tree.Remove(owner, orderOf(e))
	}
	for e := 2*treeSize - 1; tree.root.children != nil; e-- {
		tree.Remove(owner, orderOf(e))
	}
	if tree.Len() != mergeSize {
		t.Fatalf("%d entries are in one node, want %d", tree.Len(), mergeSize)
	}
	for range 100 {
		tree.Insert(owner, -1, orderOf(-1))
		if tree.root.children != nil {
			t.Fatalf("a node of %d entries was split", tree.Len()-1)
		}
		tree.Remove(owner, orderOf(-1))
	}
	for e := -1; tree.root.children == nil; e-- {
		tree.Insert(owner, e, orderOf(e))
	}
	for range 100 {
		tree.Remove(owner, orderOf(treeSize))
		if tree.root.children == nil {
			t.Fatalf("two nodes with %d entries became one", tree.Len())
		}
		tree.Insert(owner, treeSize, orderOf(treeSize))
	}
}

// When two inner nodes are merged, the two children that become neighbours are merged,
// too, if they fit. The entries between them are still found.
func TestTreeMergesInnerNodes(t *testing.T) {
	t.Parallel()
	owner := NewOwner()
	const border, kept = treeSize * treeSize, mergeSize / 2
	for _, last := range []int{1, treeSize} {
		tree := treeOf(owner, counted(2*border)) // two inner nodes of full leaves
		remove := func(from, to int) {
			for e := from; e < to; e++ {
				if !tree.Remove(owner, orderOf(e)) {
					t.Fatalf("%d is lost", e)
				}
			}
		}
		// Remove the second node's first leaf. The next leaf then gets entries before its own
		// entry in the parent.
		remove(border, border+treeSize)
		tree.Insert(owner, border+1, orderOf(border+1))
		remove(border+treeSize+1, border+2*treeSize)
		// Shrink the first node's last leaf so that it fits together with that leaf.
		remove(border-treeSize+last, border)
		remove(kept*treeSize, border-treeSize)
		if len(tree.root.children) != 2 {
			t.Fatalf("the root has %d children", len(tree.root.children))
		}
		remove(border+kept*treeSize, 2*border)
		if depth, _ := shape(t, tree.root, owner, true); depth != 2 {
			t.Errorf("the depth is %d", depth)
		}
		tree.root.bounds(t, nil, nil, mergeSize, cmp.Compare)
		for e := range tree.All() {
			if _, ok := tree.Find(orderOf(e)); !ok {
				t.Errorf("%d is not found", e)
			}
		}
	}
}

// bounds checks that a node's entries are in order and, if the bounds are set, at least
// low and less than high, that all leaves have the same depth, and that any two
// neighbours together have more than pair entries.
func (n *treeNode[E]) bounds(t *testing.T, low, high *E, pair int, compare func(a, b E) int) {
	t.Helper()
	if n == nil {
		return
	}
	ordered := n.entries
	if n.children != nil {
		ordered = ordered[1:] // the first is not used for searches
	}
	if !slices.IsSortedFunc(ordered, compare) {
		t.Fatalf("entries out of order: %v", n.entries)
	}
	if n.children == nil {
		first, last := n.entries[0], n.entries[len(n.entries)-1]
		if low != nil && compare(first, *low) < 0 || high != nil && compare(last, *high) >= 0 {
			t.Fatalf("entries %v are not all of this child", n.entries)
		}
		return
	}
	if len(n.children) != len(n.entries) {
		t.Fatalf("a node has %d children for %d entries", len(n.children), len(n.entries))
	}
	for i, child := range n.children {
		from, to := low, high
		if i > 0 {
			from = &n.entries[i]
			if both := len(n.children[i-1].entries) + len(child.entries); both <= pair {
				t.Fatalf("two neighbours have %d entries", both)
			}
		}
		if i+1 < len(n.children) {
			to = &n.entries[i+1]
		}
		if d := child.depth(); d != n.children[0].depth() {
			t.Fatalf("leaves at depths %d and %d", d, n.children[0].depth())
		}
		child.bounds(t, from, to, pair, compare)
	}
}

// image is a copy of a tree's node, to detect changes to the node.
type image struct {
	node     *treeNode[int]
	was      treeNode[int]
	entries  []int
	children []*treeNode[int]
}

// each shows all nodes.
func (n *treeNode[E]) each(add func(*treeNode[E])) {
	if n == nil {
		return
	}
	add(n)
	for _, child := range n.children {
		child.each(add)
	}
}

// The nodes of a snapshot do not change, whatever is inserted into and removed from
// trees that share them. Those trees match their models.
func TestTreeSharesNodesWithRemovals(t *testing.T) {
	t.Parallel()
	r := testrand.New(t)
	var tree Tree[int]
	model := map[int]bool{}
	owner := NewOwner()
	type snapshot struct {
		tree   Tree[int]
		images []image
		model  map[int]bool
	}
	var snapshots []snapshot
	for range 60 {
		const n = 20_000
		// Runs of inserts and of removals, in one small range or anywhere.
		from, width := r.IntN(n), 1+r.IntN(n)
		insert, step := r.IntN(5) < 2, r.IntN(3)-1
		for i := range r.IntN(8000) {
			e := from + r.IntN(width)
			if step != 0 {
				e = from + step*i
			}
			if insert && !model[e] {
				tree.Insert(owner, e, orderOf(e))
				model[e] = true
			} else if !insert {
				if tree.Remove(owner, orderOf(e)) != model[e] {
					t.Fatalf("%d is there: %v, and was not found so", e, model[e])
				}
				delete(model, e)
			}
		}
		want := slices.Sorted(maps.Keys(model))
		if tree.Len() != len(want) || !slices.Equal(slices.Collect(tree.All()), want) {
			t.Fatal("the entries are not those of the model")
		}
		tree.root.bounds(t, nil, nil, treeSize/2, cmp.Compare)
		if r.IntN(3) == 0 {
			s := snapshot{tree: tree, model: maps.Clone(model)}
			tree.root.each(func(n *treeNode[int]) {
				s.images = append(s.images, image{n, *n, slices.Clone(n.entries), slices.Clone(n.children)})
			})
			snapshots = append(snapshots, s)
			owner = NewOwner()
		}
	}
	for _, s := range snapshots {
		if !slices.Equal(slices.Collect(s.tree.All()), slices.Sorted(maps.Keys(s.model))) {
			t.Error("a snapshot has changed")
		}
		for _, i := range s.images {
			if i.node.owner != i.was.owner || !slices.Equal(i.node.entries, i.entries) || !slices.Equal(i.node.children, i.children) {
				t.Fatal("a node of a snapshot has changed")
			}
		}
	}
}
