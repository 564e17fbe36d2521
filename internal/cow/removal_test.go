package cow

import (
	"cmp"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"

	"github.com/tasktwin/tasktwin/internal/testrand"
)

// bytesOf returns what the nodes of a tree take, by their sizes and capacities.
func (n *treeNode[E]) bytesOf() uintptr {
	if n == nil {
		return 0
	}
	var e E
	bytes := unsafe.Sizeof(*n) + uintptr(cap(n.entries))*unsafe.Sizeof(e) + uintptr(cap(n.kids))*unsafe.Sizeof(n)
	for _, kid := range n.kids {
		bytes += kid.bytesOf()
	}
	return bytes
}

func (n *vecNode[T]) bytesOf() uintptr {
	if n == nil {
		return 0
	}
	var item T
	bytes := unsafe.Sizeof(*n) + uintptr(cap(n.items))*unsafe.Sizeof(item) + uintptr(cap(n.kids))*unsafe.Sizeof(n)
	for _, kid := range n.kids {
		bytes += kid.bytesOf()
	}
	return bytes
}

// bytesOf returns what the buckets of an index take, with the vector that has them.
func (h *Hash) bytesOf() uintptr {
	bytes := h.buckets.root.bytesOf()
	for i := range h.count {
		bytes += uintptr(cap(h.buckets.Get(i).entries)) * unsafe.Sizeof(hashEntry{})
	}
	return bytes
}

func (n *treeNode[E]) depth() int {
	switch {
	case n == nil:
		return 0
	case n.kids == nil:
		return 1
	}
	return 1 + n.kids[0].depth()
}

// removals are orders in which to remove numbers from 0 to n, those to keep last.
func removals(r *rand.Rand, n int) map[string][]int {
	ascending := counted(n)
	descending := slices.Clone(ascending)
	slices.Reverse(descending)
	orders := map[string][]int{"the first": ascending, "the last": descending, "any": r.Perm(n)}
	for name, k := range map[string]int{"all but each 64th": 64, "all but each 7th": 7} {
		kept := slices.Clone(ascending)
		slices.SortStableFunc(kept, func(a, b int) int { return cmp.Compare(btoi(a%k == 0), btoi(b%k == 0)) })
		orders[name] = kept
	}
	return orders
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func counted(n int) []int {
	numbers := make([]int, n)
	for i := range numbers {
		numbers[i] = i
	}
	return numbers
}

func treeOf(own Owner, entries []int) (tree Tree[int]) {
	for _, e := range entries {
		tree.Insert(own, e, orderOf(e))
	}
	return tree
}

// What is left of a tree takes at most twice what a new tree of the same takes,
// and is hardly higher, whatever was removed, and whoever has the nodes.
func TestTreeShrinks(t *testing.T) {
	t.Parallel()
	r := testrand.New(t)
	const n = 1 << 15
	own := NewOwner()
	for name, inserts := range map[string][]int{"in order": counted(n), "in any order": r.Perm(n)} {
		least := treeSize / 2
		if name == "in order" {
			least = mergeSize // no node was split in halves
		}
		shared := treeOf(own, inserts)
		for which, removes := range removals(r, n) {
			for by, tree := range map[Owner]Tree[int]{NewOwner(): shared, own: treeOf(own, inserts)} {
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

// requireSmall compares a tree with a new one of the same entries, which is as
// small as it can be because they come in their order.
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

// Of half a million entries each 64th is left.
func TestTreeOfFewEntriesIsSmall(t *testing.T) {
	t.Parallel()
	const n = 1 << 19
	own := NewOwner()
	tree := treeOf(own, counted(n))
	full, depth := tree.root.bytesOf(), tree.root.depth()
	for e := range n {
		if e%64 != 0 {
			tree.Remove(own, orderOf(e))
		}
	}
	requireSmall(t, &tree, "63 of 64 removed")
	if got := tree.root.bytesOf(); got > full/32 || tree.root.depth() >= depth {
		t.Errorf("%d KB at depth %d became %d KB at depth %d", full>>10, depth, got>>10, tree.root.depth())
	}
	tree.root.each(func(n *treeNode[int]) {
		most := max(2*len(n.entries), room(len(n.entries)))
		if cap(n.entries) > most || cap(n.kids) > most {
			t.Errorf("a node of %d entries has room for %d, and for %d kids", len(n.entries), cap(n.entries), cap(n.kids))
		}
	})
}

// An entry that comes before others in the middle of a tree does not get a node of
// its own.
func TestTreeOfDescendingEntriesIsFull(t *testing.T) {
	t.Parallel()
	own := NewOwner()
	tree := treeOf(own, counted(treeSize))
	const n = 10_000
	for e := n; e >= treeSize; e-- {
		tree.Insert(own, e, orderOf(e))
	}
	if leaves := countLeaves(tree.root); leaves > n/(treeSize/2) {
		t.Errorf("%d leaves for %d entries", leaves, tree.Len())
	}
	tree.root.bounds(t, nil, nil, treeSize/2, cmp.Compare)
}

// Two nodes become one when that has room for more, and not before. Entries that
// come and go then do not split and merge it each time.
func TestTreeDoesNotThrash(t *testing.T) {
	t.Parallel()
	own := NewOwner()
	tree := treeOf(own, counted(2*treeSize))
	for e := range treeSize / 2 {
		tree.Remove(own, orderOf(e))
	}
	for e := 2*treeSize - 1; tree.root.kids != nil; e-- {
		tree.Remove(own, orderOf(e))
	}
	if tree.Len() != mergeSize {
		t.Fatalf("%d entries are in one node, want %d", tree.Len(), mergeSize)
	}
	for range 100 {
		tree.Insert(own, -1, orderOf(-1))
		if tree.root.kids != nil {
			t.Fatalf("a node of %d entries was split", tree.Len()-1)
		}
		tree.Remove(own, orderOf(-1))
	}
	for e := -1; tree.root.kids == nil; e-- {
		tree.Insert(own, e, orderOf(e))
	}
	for range 100 {
		tree.Remove(own, orderOf(treeSize))
		if tree.root.kids == nil {
			t.Fatalf("two nodes with %d entries became one", tree.Len())
		}
		tree.Insert(own, treeSize, orderOf(treeSize))
	}
}

// Where two inner nodes become one, the kids that have not been neighbours before
// become one, too, if they fit, and what is between them is still found.
func TestTreeMergesInnerNodes(t *testing.T) {
	t.Parallel()
	own := NewOwner()
	const border, kept = treeSize * treeSize, mergeSize / 2
	for _, last := range []int{1, treeSize} {
		tree := treeOf(own, counted(2*border)) // two inner nodes of full leaves
		remove := func(from, to int) {
			for e := from; e < to; e++ {
				if !tree.Remove(own, orderOf(e)) {
					t.Fatalf("%d is lost", e)
				}
			}
		}
		// The second node's first leaf goes, and the next gets what is before its entry.
		remove(border, border+treeSize)
		tree.Insert(own, border+1, orderOf(border+1))
		remove(border+treeSize+1, border+2*treeSize)
		// The first node's last leaf becomes that small.
		remove(border-treeSize+last, border)
		remove(kept*treeSize, border-treeSize)
		if len(tree.root.kids) != 2 {
			t.Fatalf("the root has %d kids", len(tree.root.kids))
		}
		remove(border+kept*treeSize, 2*border)
		if depth, _ := shape(t, tree.root, own, true); depth != 2 {
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

// What is left of an index takes at most twice what a new index of the same takes.
func TestHashShrinks(t *testing.T) {
	t.Parallel()
	r := testrand.New(t)
	const n = 1 << 16
	tag := func(i int) uint32 { return uint32(i) * 0x9e3779b1 }
	var full Hash
	own := NewOwner()
	for i := range n {
		full.Insert(own, tag(i), uint32(i))
	}
	for which, removes := range removals(r, n) {
		h, by := full, NewOwner()
		for i, number := range removes {
			if left := n - i; left == n/4 || left == n/64 || left == 100 || left == 1 {
				var fresh Hash
				for _, number := range removes[i:] {
					fresh.Insert(own, tag(number), uint32(number))
				}
				if got, want := h.bytesOf(), fresh.bytesOf(); got > 2*want {
					t.Errorf("without %s: %d numbers take %d KB, and %d KB in a new index", which, left, got>>10, want>>10)
				}
			}
			h.Remove(by, tag(number), uint32(number))
			if want := min(full.count, uint32(h.size/hashLow+1)); h.size > 0 && h.count != want {
				t.Fatalf("%d numbers have %d buckets, want %d", h.size, h.count, want)
			}
		}
		if h != (Hash{}) {
			t.Errorf("without %s: an empty index has %d buckets", which, h.count)
		}
	}
	for i := range n {
		if _, ok := full.Find(tag(i), func(number uint32) bool { return number == uint32(i) }); !ok {
			t.Fatalf("%d is lost where nothing was removed", i)
		}
	}
}

// What is left of a set takes at most twice what a new set of the same takes, and
// one number takes no node.
func TestSetShrinks(t *testing.T) {
	t.Parallel()
	r := testrand.New(t)
	const n = 1 << 15
	own := NewOwner()
	var full Set
	for i := range uint32(n) {
		full.Insert(own, i)
	}
	for which, removes := range removals(r, n) {
		s, by := full, NewOwner()
		for i, number := range removes {
			if left := n - i; left == n/4 || left == n/64 || left == 100 || left <= 2 {
				var fresh Set
				for number := range s.All() {
					fresh.Insert(own, number)
				}
				if got, want := s.root.bytesOf(), fresh.root.bytesOf(); got > 2*want || s.Len() != left {
					t.Errorf("without %s: %d numbers take %d bytes, and %d in a new set", which, left, got, want)
				}
			}
			s.Remove(by, uint32(number))
		}
		if s != (Set{}) {
			t.Errorf("without %s: an empty set has something", which)
		}
	}
}

// bounds checks that a node's entries are in order, from low to before high where
// these are there, that the leaves are at one depth, and that any two neighbours
// have more than pair entries.
func (n *treeNode[E]) bounds(t *testing.T, low, high *E, pair int, compare func(a, b E) int) {
	t.Helper()
	if n == nil {
		return
	}
	ordered := n.entries
	if n.kids != nil {
		ordered = ordered[1:] // the first decides nothing
	}
	if !slices.IsSortedFunc(ordered, compare) {
		t.Fatalf("entries out of order: %v", n.entries)
	}
	if n.kids == nil {
		first, last := n.entries[0], n.entries[len(n.entries)-1]
		if low != nil && compare(first, *low) < 0 || high != nil && compare(last, *high) >= 0 {
			t.Fatalf("entries %v are not all of this kid", n.entries)
		}
		return
	}
	if len(n.kids) != len(n.entries) {
		t.Fatalf("a node has %d kids for %d entries", len(n.kids), len(n.entries))
	}
	for i, kid := range n.kids {
		from, to := low, high
		if i > 0 {
			from = &n.entries[i]
			if both := len(n.kids[i-1].entries) + len(kid.entries); both <= pair {
				t.Fatalf("two neighbours have %d entries", both)
			}
		}
		if i+1 < len(n.kids) {
			to = &n.entries[i+1]
		}
		if d := kid.depth(); d != n.kids[0].depth() {
			t.Fatalf("leaves at depths %d and %d", d, n.kids[0].depth())
		}
		kid.bounds(t, from, to, pair, compare)
	}
}

// image is a node of a tree as it was, to see whether somebody changes it.
type image struct {
	node    *treeNode[int]
	was     treeNode[int]
	entries []int
	kids    []*treeNode[int]
}

// each shows all nodes.
func (n *treeNode[E]) each(add func(*treeNode[E])) {
	if n == nil {
		return
	}
	add(n)
	for _, kid := range n.kids {
		kid.each(add)
	}
}

// Copies of an index that shrink and grow share no bucket that both change.
func TestHashSharesBucketsWithRemovals(t *testing.T) {
	t.Parallel()
	const n, kept = 5000, 500
	own := NewOwner()
	var full Hash
	for i := range uint32(n) {
		full.Insert(own, i, i)
	}
	copies, owners := []Hash{full, full}, []Owner{NewOwner(), NewOwner()}
	// The last buckets, which nobody has changed, go to those that are nearly empty.
	numbers := make([]uint32, n)
	for i := range numbers {
		numbers[i] = uint32(i)
	}
	slices.SortFunc(numbers, func(a, b uint32) int { return cmp.Compare(full.bucketOf(a), full.bucketOf(b)) })
	for _, i := range numbers[:n-kept] {
		for c := range copies {
			copies[c].Remove(owners[c], i, i)
		}
	}
	for c := range copies {
		for i := range uint32(n) {
			copies[c].Insert(owners[c], i, uint32(c+1)*n+i)
		}
	}
	for c, h := range append(copies, full) {
		for i := range uint32(n) {
			var got []uint32
			h.Find(i, func(number uint32) bool { got = append(got, number); return false })
			slices.Sort(got)
			want := []uint32{i}
			switch {
			case c < len(copies) && slices.Contains(numbers[n-kept:], i):
				want = []uint32{i, uint32(c+1)*n + i}
			case c < len(copies):
				want = []uint32{uint32(c+1)*n + i}
			}
			if !slices.Equal(got, want) {
				t.Fatalf("copy %d has %d of tag %d, want %d", c, got, i, want)
			}
		}
	}
}

// A number that comes and goes does not add and take away a bucket each time.
func TestHashDoesNotThrash(t *testing.T) {
	t.Parallel()
	own := NewOwner()
	for _, size := range []uint32{hashLow - 1, hashLow, hashLoad, hashLoad + 1, 2 * hashLow, 10 * hashLow, 10 * hashLoad} {
		var h Hash
		for i := range uint32(20 * hashLoad) {
			h.Insert(own, i, i)
		}
		for i := uint32(20*hashLoad - 1); i >= size; i-- {
			h.Remove(own, i, i)
		}
		count, changes := h.count, 0
		for range 100 {
			h.Insert(own, size, size)
			h.Remove(own, size, size)
			if h.count != count {
				changes, count = changes+1, h.count
			}
		}
		if changes > 1 || int(h.count-1)*hashLow > h.size {
			t.Errorf("%d numbers have %d buckets, whose number changed %d times", h.size, h.count, changes)
		}
	}
}

// A vector without its end is as a new one, and another owner's stays as it is.
func TestVecTruncate(t *testing.T) {
	t.Parallel()
	r := testrand.New(t)
	own := NewOwner()
	for _, size := range []uint32{1, 5, vecSize, vecSize + 1, vecSize * vecSize, 3*vecSize*vecSize + 7} {
		var full Vec[uint32]
		for i := range size {
			full.Set(own, i, i+1)
		}
		for _, n := range []uint32{0, 1, vecSize - 1, vecSize, vecSize + 1, r.Uint32N(size + 1), size - 1, size, size + 1, size * vecSize, 1<<32 - 1} {
			v, by := full, NewOwner()
			v.Truncate(by, n)
			var fresh Vec[uint32]
			for i := range min(n, size) {
				fresh.Set(own, i, i+1)
			}
			if got, want := v.root.bytesOf(), fresh.root.bytesOf(); v.shift != fresh.shift || got > 2*want {
				t.Errorf("%d of %d items take %d bytes at shift %d, and %d at %d in a new vector", n, size, got, v.shift, want, fresh.shift)
			}
			for i := range size + 1 {
				if v.Get(i) != fresh.Get(i) || i < size && full.Get(i) != i+1 {
					t.Fatalf("of %d items after %d, item %d is %d, and was %d", size, n, i, v.Get(i), full.Get(i))
				}
			}
			v.Set(by, size, 7)
			if got := v.Get(size - 1); got != fresh.Get(size-1) || v.Get(size) != 7 {
				t.Errorf("item %d is %d again", size-1, got)
			}
		}
	}
	var sparse Vec[int]
	sparse.Set(own, vecSize*vecSize, 1)
	sparse.Truncate(own, 3*vecSize)
	if sparse.root != nil || sparse.Get(0) != 0 {
		t.Error("a vector of zeros has a node")
	}
	sparse.Truncate(own, 1)
}

// A tree that others share nodes with stays as it is, node by node, whatever they
// insert and remove, and theirs are what their models say.
func TestTreeSharesNodesWithRemovals(t *testing.T) {
	t.Parallel()
	r := testrand.New(t)
	var tree Tree[int]
	model := map[int]bool{}
	own := NewOwner()
	type snapshot struct {
		tree   Tree[int]
		images []image
		model  map[int]bool
	}
	var snapshots []snapshot
	for range 60 {
		const n = 20_000
		// Runs of inserts and of removals, at one place or anywhere.
		from, width := r.IntN(n), 1+r.IntN(n)
		insert, step := r.IntN(5) < 2, r.IntN(3)-1
		for i := range r.IntN(8000) {
			e := from + r.IntN(width)
			if step != 0 {
				e = from + step*i
			}
			if insert && !model[e] {
				tree.Insert(own, e, orderOf(e))
				model[e] = true
			} else if !insert {
				if tree.Remove(own, orderOf(e)) != model[e] {
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
				s.images = append(s.images, image{n, *n, slices.Clone(n.entries), slices.Clone(n.kids)})
			})
			snapshots = append(snapshots, s)
			own = NewOwner()
		}
	}
	for _, s := range snapshots {
		if !slices.Equal(slices.Collect(s.tree.All()), slices.Sorted(maps.Keys(s.model))) {
			t.Error("a snapshot has changed")
		}
		for _, i := range s.images {
			if i.node.owner != i.was.owner || !slices.Equal(i.node.entries, i.entries) || !slices.Equal(i.node.kids, i.kids) {
				t.Fatal("a node of a snapshot has changed")
			}
		}
	}
}
