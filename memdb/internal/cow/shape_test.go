package cow

import (
	"cmp"
	"iter"
	"slices"
	"testing"

	"github.com/tasktwin/tasktwin/internal/testrand"
)

func orderOf(e int) func(int) int { return func(x int) int { return cmp.Compare(x, e) } }

// shape checks a tree's nodes and returns its depth and its entries. Each node of
// a tree that was made under one owner is that owner's.
func shape(t *testing.T, n *treeNode[int], own Owner, root bool) (depth, entries int) {
	t.Helper()
	if n == nil {
		return 0, 0
	}
	switch {
	case n.owner != own:
		t.Fatalf("a node is %d's, want %d's", n.owner, own)
	case len(n.entries) > treeSize || len(n.entries) == 0 && !root:
		t.Fatalf("a node has %d entries", len(n.entries))
	case n.kids == nil:
		return 1, len(n.entries)
	case len(n.kids) != len(n.entries):
		t.Fatalf("a node has %d kids for %d entries", len(n.kids), len(n.entries))
	case root && len(n.kids) < 2:
		t.Fatalf("the root has %d kids", len(n.kids))
	}
	first := -1
	for _, kid := range n.kids {
		d, e := shape(t, kid, own, false)
		if first < 0 {
			first = d
		}
		if d != first {
			t.Fatalf("leaves at depths %d and %d", first, d)
		}
		entries += e
	}
	for _, rest := range n.kids[len(n.kids):cap(n.kids)] {
		if rest != nil {
			t.Fatal("a node holds on to a kid that has moved")
		}
	}
	return first + 1, entries
}

// A tree of any history is balanced, and its nodes are changed in place by their
// owner and by nobody else.
func TestTreeShape(t *testing.T) {
	t.Parallel()
	r := testrand.New(t)
	var tree Tree[int]
	own := NewOwner()
	const n = 30_000
	for _, e := range r.Perm(n) {
		tree.Insert(own, e, orderOf(e))
		if tree.root.owner != own {
			t.Fatalf("the root is %d's, want %d's", tree.root.owner, own)
		}
	}
	depth, entries := shape(t, tree.root, own, true)
	if entries != n || tree.Len() != n || depth != 3 {
		t.Fatalf("%d entries at depth %d", entries, depth)
	}
	if leaves := countLeaves(tree.root); leaves > n/(treeSize/2) {
		t.Errorf("%d leaves for %d entries", leaves, n)
	}
	next := 0
	for e := range tree.All() {
		if e != next {
			t.Fatalf("%d comes after %d", e, next-1)
		}
		next++
	}
	root := tree.root
	tree.Remove(own, orderOf(n/2))
	tree.Insert(own, n/2, orderOf(n/2))
	if tree.root != root {
		t.Error("the owner's root was copied")
	}
	before, other := tree, NewOwner()
	tree.Remove(other, orderOf(n/2))
	if tree.root == root || tree.root.owner != other {
		t.Error("another owner's root was not copied")
	}
	shape(t, before.root, own, true)
	if _, ok := before.Find(orderOf(n / 2)); !ok {
		t.Error("another owner's change is seen")
	}
	tree = before
	for i, e := range r.Perm(n) {
		if !tree.Remove(own, orderOf(e)) {
			t.Fatalf("%d is lost", e)
		}
		if i%997 == 0 || i > n-200 {
			if _, entries := shape(t, tree.root, own, true); entries != n-1-i {
				t.Fatalf("%d entries, want %d", entries, n-1-i)
			}
			tree.root.bounds(t, nil, nil, treeSize/2, cmp.Compare)
		}
	}
	if tree.root != nil || tree.Len() != 0 {
		t.Error("an empty tree has nodes")
	}
	if tree.Remove(own, orderOf(1)) {
		t.Error("something was removed from an empty tree")
	}
	var empty Tree[int]
	if empty.Remove(own, orderOf(1)) || empty.root != nil {
		t.Error("something was removed from a tree that never had anything")
	}
	if _, ok := empty.Find(orderOf(1)); ok || slices.Collect(empty.Backward()) != nil {
		t.Error("something is in a tree that never had anything")
	}
}

func countLeaves(n *treeNode[int]) (leaves int) {
	if n.kids == nil {
		return 1
	}
	for _, kid := range n.kids {
		leaves += countLeaves(kid)
	}
	return leaves
}

// What grows at its end has full nodes, and little room beside its entries.
func TestTreeOfAscendingEntriesIsFull(t *testing.T) {
	t.Parallel()
	var tree Tree[int]
	own := NewOwner()
	const n = treeSize * treeSize * 2
	for e := range n {
		tree.Insert(own, e, orderOf(e))
	}
	if leaves := countLeaves(tree.root); leaves != n/treeSize {
		t.Errorf("%d leaves for %d entries", leaves, n)
	}
	if depth, _ := shape(t, tree.root, own, true); depth != 3 {
		t.Errorf("the depth is %d", depth)
	}
	for size := range treeSize {
		var small Tree[int]
		for e := range size {
			small.Insert(own, e, orderOf(e))
		}
		if size > 0 && cap(small.root.entries) > size+size/4+4 {
			t.Errorf("a leaf of %d entries has room for %d", size, cap(small.root.entries))
		}
	}
}

// What grows in its middle is split in halves.
func TestTreeSplitsInHalves(t *testing.T) {
	t.Parallel()
	var tree Tree[int]
	own := NewOwner()
	for e := range treeSize {
		tree.Insert(own, 2*e, orderOf(2*e))
	}
	tree.Insert(own, 1, orderOf(1))
	if kids := tree.root.kids; len(kids) != 2 || len(kids[0].entries) != treeSize/2+1 || len(kids[1].entries) != treeSize/2 {
		t.Errorf("a full node became %d nodes, the first of %d entries", len(kids), len(tree.root.kids[0].entries))
	}
}

// Who looks at some entries, from either end, is shown no more of them.
func TestTreeStopsWhereItIsTold(t *testing.T) {
	t.Parallel()
	var tree Tree[int]
	own := NewOwner()
	const n = treeSize * treeSize * 2
	for e := range n {
		tree.Insert(own, e, orderOf(e))
	}
	if depth, _ := shape(t, tree.root, own, true); depth != 3 {
		t.Fatalf("the depth is %d", depth)
	}
	for _, some := range []int{1, treeSize - 1, treeSize, treeSize + 1, treeSize * treeSize, n - 1, n} {
		for name, entries := range map[string]iter.Seq[int]{"forward": tree.All(), "backward": tree.Backward()} {
			seen := 0
			entries(func(int) bool { seen++; return seen < some })
			if seen != some {
				t.Errorf("%s, asked for %d entries, it shows %d", name, some, seen)
			}
		}
	}
}

func TestWithRoom(t *testing.T) {
	t.Parallel()
	items := make([]int, 8, 9)
	if got := withRoom(items); &got[0] != &items[0] {
		t.Error("what has room was copied")
	}
	items = items[:8:8]
	got := withRoom(items)
	if &got[0] == &items[0] || len(got) != 8 || cap(got) != 14 {
		t.Errorf("%d of 8 items, with room for %d", len(got), cap(got))
	}
}

func TestTrimmed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ items, room, want int }{
		{0, 4, 4}, {0, 5, 0}, {1, 5, 5}, {1, 6, 1}, {5, 10, 10}, {6, 12, 12}, {6, 13, 6}, {32, 64, 64}, {32, 65, 32},
	} {
		items := make([]int, c.items, c.room)
		got := trimmed(items)
		if len(got) != c.items || cap(got) != c.want {
			t.Errorf("%d items with room for %d become %d with room for %d, want %d", c.items, c.room, len(got), cap(got), c.want)
		}
		if c.room == c.want && len(got) > 0 && &got[0] != &items[0] {
			t.Errorf("%d items with room for %d were copied", c.items, c.room)
		}
	}
}

// An index has as many buckets as its numbers fill, whatever it has, and each
// number is in the bucket of its tag.
func TestHashShape(t *testing.T) {
	t.Parallel()
	var h Hash
	own := NewOwner()
	const n = 20_000
	for i := range uint32(2 * n) {
		if i < n {
			h.Insert(own, i*0x9e3779b1, i)
		} else {
			h.Insert(own, 0x12345678, i) // more of one tag than there should be in a bucket
		}
		if want := (h.size + hashLoad - 1) / hashLoad; int(h.count) != want {
			t.Fatalf("%d buckets for %d numbers, want %d", h.count, h.size, want)
		}
	}
	numbers := 0
	for i := range h.count {
		b := h.buckets.Get(i)
		if b.owner != own {
			t.Errorf("bucket %d is %d's", i, b.owner)
		}
		if cap(b.entries) > len(b.entries)+len(b.entries)/4+4 {
			t.Errorf("a bucket of %d entries has room for %d", len(b.entries), cap(b.entries))
		}
		few := 0
		for _, e := range b.entries {
			if e.tag != 0x12345678 {
				few++
			}
			if h.bucketOf(e.tag) != i {
				t.Errorf("tag %x is in bucket %d", e.tag, i)
			}
		}
		if few > 4*hashLoad {
			t.Errorf("bucket %d has %d entries", i, few)
		}
		numbers += len(b.entries)
	}
	if numbers != 2*n || h.size != 2*n || h.buckets.Get(h.count).entries != nil {
		t.Errorf("%d numbers, want %d", numbers, 2*n)
	}
	before, other := h, NewOwner()
	h.Remove(other, 0x9e3779b1, 1)
	h.Remove(other, 0x9e3779b1, 1) // which is not there any more
	if h.size != 2*n-1 {
		t.Errorf("%d numbers are left", h.size)
	}
	if _, ok := before.Find(0x9e3779b1, func(uint32) bool { return true }); !ok {
		t.Error("another owner's change is seen")
	}
	asked := 0
	before.Find(0x9e3779b1, func(uint32) bool { asked++; return false })
	if asked != 1 {
		t.Errorf("%d candidates for one tag", asked)
	}
	if number, ok := h.Find(3, func(uint32) bool { return true }); number != 0 || ok {
		t.Errorf("found %d", number)
	}
	var empty Hash
	if _, ok := empty.Find(3, func(uint32) bool { return true }); ok {
		t.Error("an empty index has something")
	}
}

// An owner's bucket with room is changed in place.
func TestHashIsChangedInPlace(t *testing.T) {
	t.Parallel()
	var h Hash
	own := NewOwner()
	h.Insert(own, 1, 1)
	first := &h.buckets.Get(0).entries[0]
	h.Insert(own, 2, 2)
	if &h.buckets.Get(0).entries[0] != first {
		t.Error("what has room was copied")
	}
	other := NewOwner()
	h.Insert(other, 3, 3)
	if &h.buckets.Get(0).entries[0] == first || h.buckets.Get(0).owner != other {
		t.Error("another owner's bucket was not copied")
	}
}

// A set of one has no node, whatever it had before.
func TestSetShape(t *testing.T) {
	t.Parallel()
	var s Set
	own := NewOwner()
	s.Insert(own, 0)
	if s.root != nil || s.Len() != 1 {
		t.Error("a set of one has a node")
	}
	s.Insert(own, 7)
	s.Remove(own, 0)
	if s.Len() != 1 {
		t.Errorf("a set of one has %d", s.Len())
	}
	s.Remove(own, 7)
	if s.root != nil || s.Len() != 0 {
		t.Error("an empty set has a node")
	}
	s.Remove(own, 0)
	if s.Len() != 0 {
		t.Errorf("a set without numbers has %d", s.Len())
	}
	s.Insert(own, 7)
	if s.root != nil || s.Len() != 1 {
		t.Errorf("a set of one has %d, or a node", s.Len())
	}
	s.Remove(own, 6)
	s.Remove(own, 8)
	if got := slices.Collect(s.All()); !slices.Equal(got, []uint32{7}) {
		t.Errorf("what was not there is removed: %d are left", got)
	}
}

// A vector is as deep as its highest number needs, and its nodes are changed in
// place by their owner and by nobody else.
func TestVecShape(t *testing.T) {
	t.Parallel()
	own := NewOwner()
	for highest, shift := range map[uint32]uint8{
		0: 0, vecSize - 1: 0, vecSize: vecBits, vecSize*vecSize - 1: vecBits, vecSize * vecSize: 2 * vecBits, 1<<32 - 1: 5 * vecBits,
	} {
		var v Vec[uint32]
		v.Set(own, 0, 7)
		v.Set(own, highest, highest+1)
		if v.shift != shift || v.Get(highest) != highest+1 {
			t.Errorf("a vector up to %d has shift %d and item %d", highest, v.shift, v.Get(highest))
		}
		if want := uint32(7); highest > 0 && v.Get(0) != want {
			t.Errorf("item 0 is %d below item %d", v.Get(0), highest)
		}
		root := v.root
		if v.Set(own, 0, 8); v.root != root || root.owner != own {
			t.Error("the owner's root was copied")
		}
		before, other := v, NewOwner()
		if v.Set(other, 0, 9); v.root == root || v.root.owner != other || before.Get(0) != 8 {
			t.Error("another owner's root was not copied")
		}
		root = v.root
		if v.Set(other, highest, 1); v.root != root {
			t.Error("the new owner's root was copied")
		}
	}
	var sparse Vec[int]
	sparse.Set(own, vecSize*vecSize, 1)
	if n := sparse.root; n.kids[0] != nil || n.kids[1].owner != own || n.kids[1].kids[0].owner != own {
		t.Error("what was never set has a node, or a node is nobody's")
	}
	if got := sparse.Get(0); got != 0 {
		t.Errorf("what was never set is %d", got)
	}
}
