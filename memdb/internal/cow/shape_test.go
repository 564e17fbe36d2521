package cow

import (
	"cmp"
	"iter"
	"slices"
	"testing"

	"github.com/tasktwin/tasktwin/internal/testrand"
)

func orderOf(e int) func(int) int { return func(x int) int { return cmp.Compare(x, e) } }

// shape checks the nodes of a tree that was made under one owner, and returns its depth
// and its entries. Each node must belong to that owner.
func shape(t *testing.T, n *treeNode[int], owner Owner, root bool) (depth, entries int) {
	t.Helper()
	if n == nil {
		return 0, 0
	}
	switch {
	case n.owner != owner:
		t.Fatalf("a node is %d's, want %d's", n.owner, owner)
	case len(n.entries) > treeSize || len(n.entries) == 0 && !root:
		t.Fatalf("a node has %d entries", len(n.entries))
	case n.children == nil:
		return 1, len(n.entries)
	case len(n.children) != len(n.entries):
		t.Fatalf("a node has %d children for %d entries", len(n.children), len(n.entries))
	case root && len(n.children) < 2:
		t.Fatalf("the root has %d children", len(n.children))
	}
	first := -1
	for _, child := range n.children {
		d, e := shape(t, child, owner, false)
		if first < 0 {
			first = d
		}
		if d != first {
			t.Fatalf("leaves at depths %d and %d", first, d)
		}
		entries += e
	}
	for _, rest := range n.children[len(n.children):cap(n.children)] {
		if rest != nil {
			t.Fatal("a node holds on to a child that has moved")
		}
	}
	return first + 1, entries
}

// A tree stays balanced whatever is inserted and removed. Its nodes are changed in place
// only by their owner.
func TestTreeShape(t *testing.T) {
	t.Parallel()
	r := testrand.New(t)
	var tree Tree[int]
	owner := NewOwner()
	const n = 30_000
	for _, e := range r.Perm(n) {
		tree.Insert(owner, e, orderOf(e))
		if tree.root.owner != owner {
			t.Fatalf("the root is %d's, want %d's", tree.root.owner, owner)
		}
	}
	depth, entries := shape(t, tree.root, owner, true)
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
	tree.Remove(owner, orderOf(n/2))
	tree.Insert(owner, n/2, orderOf(n/2))
	if tree.root != root {
		t.Error("the owner's root was copied")
	}
	before, other := tree, NewOwner()
	tree.Remove(other, orderOf(n/2))
	if tree.root == root || tree.root.owner != other {
		t.Error("another owner's root was not copied")
	}
	shape(t, before.root, owner, true)
	if _, ok := before.Find(orderOf(n / 2)); !ok {
		t.Error("another owner's change is seen")
	}
	tree = before
	for i, e := range r.Perm(n) {
		if !tree.Remove(owner, orderOf(e)) {
			t.Fatalf("%d is lost", e)
		}
		if i%997 == 0 || i > n-200 {
			if _, entries := shape(t, tree.root, owner, true); entries != n-1-i {
				t.Fatalf("%d entries, want %d", entries, n-1-i)
			}
			tree.root.bounds(t, nil, nil, treeSize/2, cmp.Compare)
		}
	}
	if tree.root != nil || tree.Len() != 0 {
		t.Error("an empty tree has nodes")
	}
	if tree.Remove(owner, orderOf(1)) {
		t.Error("something was removed from an empty tree")
	}
	var empty Tree[int]
	if empty.Remove(owner, orderOf(1)) || empty.root != nil {
		t.Error("something was removed from a tree that never had anything")
	}
	if _, ok := empty.Find(orderOf(1)); ok || slices.Collect(empty.Backward()) != nil {
		t.Error("something is in a tree that never had anything")
	}
}

func countLeaves(n *treeNode[int]) (leaves int) {
	if n.children == nil {
		return 1
	}
	for _, child := range n.children {
		leaves += countLeaves(child)
	}
	return leaves
}

// A tree that grows at its end has full nodes and little spare capacity.
func TestTreeOfAscendingEntriesIsFull(t *testing.T) {
	t.Parallel()
	var tree Tree[int]
	owner := NewOwner()
	const n = treeSize * treeSize * 2
	for e := range n {
		tree.Insert(owner, e, orderOf(e))
	}
	if leaves := countLeaves(tree.root); leaves != n/treeSize {
		t.Errorf("%d leaves for %d entries", leaves, n)
	}
	if depth, _ := shape(t, tree.root, owner, true); depth != 3 {
		t.Errorf("the depth is %d", depth)
	}
	for size := range treeSize {
		var small Tree[int]
		for e := range size {
			small.Insert(owner, e, orderOf(e))
		}
		if size > 0 && cap(small.root.entries) > size+size/4+4 {
			t.Errorf("a leaf of %d entries has capacity %d", size, cap(small.root.entries))
		}
	}
}

// A node in the middle of a tree is split in halves.
func TestTreeSplitsInHalves(t *testing.T) {
	t.Parallel()
	var tree Tree[int]
	owner := NewOwner()
	for e := range treeSize {
		tree.Insert(owner, 2*e, orderOf(2*e))
	}
	tree.Insert(owner, 1, orderOf(1))
	children := tree.root.children
	if len(children) != 2 || len(children[0].entries) != treeSize/2+1 || len(children[1].entries) != treeSize/2 {
		t.Errorf("a full node became %d nodes, the first of %d entries", len(children), len(children[0].entries))
	}
}

// An iteration that stops early, in either direction, yields no more entries.
func TestTreeStopsWhereItIsTold(t *testing.T) {
	t.Parallel()
	var tree Tree[int]
	owner := NewOwner()
	const n = treeSize * treeSize * 2
	for e := range n {
		tree.Insert(owner, e, orderOf(e))
	}
	if depth, _ := shape(t, tree.root, owner, true); depth != 3 {
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

func TestWithSpare(t *testing.T) {
	t.Parallel()
	items := make([]int, 8, 9)
	if got := withSpare(items); &got[0] != &items[0] {
		t.Error("a slice with spare capacity was copied")
	}
	items = items[:8:8]
	got := withSpare(items)
	if &got[0] == &items[0] || len(got) != 8 || cap(got) != 14 {
		t.Errorf("%d of 8 items, with capacity %d", len(got), cap(got))
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
			t.Errorf("%d items with capacity %d become %d with capacity %d, want %d", c.items, c.room, len(got), cap(got), c.want)
		}
		if c.room == c.want && len(got) > 0 && &got[0] != &items[0] {
			t.Errorf("%d items with capacity %d were copied", c.items, c.room)
		}
	}
}

// The number of buckets follows from the size of an index, whatever the tags. Each
// number is in the bucket of its tag.
func TestHashShape(t *testing.T) {
	t.Parallel()
	var h Hash
	owner := NewOwner()
	const n = 20_000
	for i := range uint32(2 * n) {
		if i < n {
			h.Insert(owner, i*0x9e3779b1, i)
		} else {
			h.Insert(owner, 0x12345678, i) // more entries with one tag than a bucket should have
		}
		if want := (h.size + hashLoad - 1) / hashLoad; int(h.count) != want {
			t.Fatalf("%d buckets for %d numbers, want %d", h.count, h.size, want)
		}
	}
	numbers := 0
	for i := range h.count {
		b := h.buckets.Get(i)
		if b.owner != owner {
			t.Errorf("bucket %d is %d's", i, b.owner)
		}
		if cap(b.entries) > len(b.entries)+len(b.entries)/4+4 {
			t.Errorf("a bucket of %d entries has capacity %d", len(b.entries), cap(b.entries))
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
	h.Remove(other, 0x9e3779b1, 1) // it was removed before
	if h.size != 2*n-1 {
		t.Errorf("%d numbers are left", h.size)
	}
	if got := slices.Collect(before.Numbers(0x9e3779b1)); !slices.Equal(got, []uint32{1}) {
		t.Errorf("%d, but another owner's change must not be seen, nor numbers of other tags", got)
	}
	if got := slices.Collect(h.Numbers(3)); got != nil {
		t.Errorf("found %d", got)
	}
	var empty Hash
	if got := slices.Collect(empty.Numbers(3)); got != nil {
		t.Errorf("an empty index has %d", got)
	}
}

// A bucket with spare capacity is changed in place by its owner.
func TestHashIsChangedInPlace(t *testing.T) {
	t.Parallel()
	var h Hash
	owner := NewOwner()
	h.Insert(owner, 1, 1)
	first := &h.buckets.Get(0).entries[0]
	h.Insert(owner, 2, 2)
	if &h.buckets.Get(0).entries[0] != first {
		t.Error("a slice with spare capacity was copied")
	}
	other := NewOwner()
	h.Insert(other, 3, 3)
	if &h.buckets.Get(0).entries[0] == first || h.buckets.Get(0).owner != other {
		t.Error("another owner's bucket was not copied")
	}
}

// A set of one number has no node, whatever it had before.
func TestSetShape(t *testing.T) {
	t.Parallel()
	var s Set
	owner := NewOwner()
	s.Insert(owner, 0)
	if s.root != nil || s.Len() != 1 {
		t.Error("a set of one has a node")
	}
	s.Insert(owner, 7)
	s.Remove(owner, 0)
	if s.Len() != 1 {
		t.Errorf("a set of one has %d", s.Len())
	}
	s.Remove(owner, 7)
	if s.root != nil || s.Len() != 0 {
		t.Error("an empty set has a node")
	}
	s.Remove(owner, 0)
	if s.Len() != 0 {
		t.Errorf("a set without numbers has %d", s.Len())
	}
	s.Insert(owner, 7)
	if s.root != nil || s.Len() != 1 {
		t.Errorf("a set of one has %d, or a node", s.Len())
	}
	s.Remove(owner, 6)
	s.Remove(owner, 8)
	if got := slices.Collect(s.All()); !slices.Equal(got, []uint32{7}) {
		t.Errorf("what was not there is removed: %d are left", got)
	}
}

// A vector is as deep as its highest index requires. Its nodes are changed in place only
// by their owner.
func TestVecShape(t *testing.T) {
	t.Parallel()
	owner := NewOwner()
	for highest, shift := range map[uint32]uint8{
		0: 0, vecSize - 1: 0, vecSize: vecBits, vecSize*vecSize - 1: vecBits, vecSize * vecSize: 2 * vecBits, 1<<32 - 1: 5 * vecBits,
	} {
		var v Vec[uint32]
		v.Set(owner, 0, 7)
		v.Set(owner, highest, highest+1)
		if v.shift != shift || v.Get(highest) != highest+1 {
			t.Errorf("a vector up to %d has shift %d and item %d", highest, v.shift, v.Get(highest))
		}
		if want := uint32(7); highest > 0 && v.Get(0) != want {
			t.Errorf("item 0 is %d below item %d", v.Get(0), highest)
		}
		root := v.root
		if v.Set(owner, 0, 8); v.root != root || root.owner != owner {
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
	sparse.Set(owner, vecSize*vecSize, 1)
	if n := sparse.root; n.children[0] != nil || n.children[1].owner != owner || n.children[1].children[0].owner != owner {
		t.Error("what was never set has a node, or a node is nobody's")
	}
	if got := sparse.Get(0); got != 0 {
		t.Errorf("what was never set is %d", got)
	}
}

// Prefetch reads the first entry of each line of the cache of a tag's bucket.
func TestPrefetchReadsEveryLine(t *testing.T) {
	t.Parallel()
	var h Hash
	owner := NewOwner()
	for n := range uint32(hashLoad) {
		h.Insert(owner, 7, 1<<n)
		want := uint32(1)
		if n >= 8 {
			want |= 1 << 8
		}
		if n >= 16 {
			want |= 1 << 16
		}
		if got := h.Prefetch(7); got != want {
			t.Errorf("of %d entries it reads %b, want %b", n+1, got, want)
		}
	}
}
