package cow

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"

	"github.com/tasktwin/tasktwin/internal/testrand"
)

// bytesOf returns the memory of a tree's nodes, from their sizes and capacities.
func (n *treeNode[E]) bytesOf() uintptr {
	if n == nil {
		return 0
	}
	var e E
	bytes := unsafe.Sizeof(*n) + uintptr(cap(n.entries))*unsafe.Sizeof(e) + uintptr(cap(n.children))*unsafe.Sizeof(n)
	for _, child := range n.children {
		bytes += child.bytesOf()
	}
	return bytes
}

func (n *vecNode[T]) bytesOf() uintptr {
	if n == nil {
		return 0
	}
	var item T
	bytes := unsafe.Sizeof(*n) + uintptr(cap(n.items))*unsafe.Sizeof(item) + uintptr(cap(n.children))*unsafe.Sizeof(n)
	for _, child := range n.children {
		bytes += child.bytesOf()
	}
	return bytes
}

// bytesOf returns the memory of an index's buckets and of the vector that holds them.
func (h *Hash) bytesOf() uintptr {
	bytes := h.buckets.root.bytesOf()
	for i := range h.count {
		bytes += uintptr(cap(h.buckets.Get(i).entries)) * unsafe.Sizeof(hashEntry{})
	}
	return bytes
}

// removals are orders in which to remove the numbers from 0 to n. The numbers to keep
// come last.
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

// After removals an index takes at most twice the memory of a new one with the same
// entries.
func TestHashShrinks(t *testing.T) {
	t.Parallel()
	r := testrand.New(t)
	const n = 1 << 16
	tag := func(i int) uint32 { return uint32(i) * 0x9e3779b1 }
	var full Hash
	owner := NewOwner()
	for i := range n {
		full.Insert(owner, tag(i), uint32(i))
	}
	for which, removes := range removals(r, n) {
		h, by := full, NewOwner()
		for i, number := range removes {
			if left := n - i; left == n/4 || left == n/64 || left == 100 || left == 1 {
				var fresh Hash
				for _, number := range removes[i:] {
					fresh.Insert(owner, tag(number), uint32(number))
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
		if !slices.Contains(slices.Collect(full.Numbers(tag(i))), uint32(i)) {
			t.Fatalf("%d is lost where nothing was removed", i)
		}
	}
}

// After removals a set takes at most twice the memory of a new one with the same
// numbers. A set of one number has no node.
func TestSetShrinks(t *testing.T) {
	t.Parallel()
	r := testrand.New(t)
	const n = 1 << 15
	owner := NewOwner()
	var full Set
	for i := range uint32(n) {
		full.Insert(owner, i)
	}
	for which, removes := range removals(r, n) {
		s, by := full, NewOwner()
		for i, number := range removes {
			if left := n - i; left == n/4 || left == n/64 || left == 100 || left <= 2 {
				var fresh Set
				for number := range s.All() {
					fresh.Insert(owner, number)
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

// Copies of an index that shrink and grow do not change each other's buckets.
func TestHashSharesBucketsWithRemovals(t *testing.T) {
	t.Parallel()
	const n, kept = 5000, 500
	owner := NewOwner()
	var full Hash
	for i := range uint32(n) {
		full.Insert(owner, i, i)
	}
	copies, owners := []Hash{full, full}, []Owner{NewOwner(), NewOwner()}
	// The last buckets, which nobody has changed, are merged into nearly empty ones.
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
			got := slices.Sorted(h.Numbers(i))
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

// Inserting and removing the same number does not add and drop a bucket each time.
func TestHashDoesNotThrash(t *testing.T) {
	t.Parallel()
	owner := NewOwner()
	for _, size := range []uint32{hashLow - 1, hashLow, hashLoad, hashLoad + 1, 2 * hashLow, 10 * hashLow, 10 * hashLoad} {
		var h Hash
		for i := range uint32(20 * hashLoad) {
			h.Insert(owner, i, i)
		}
		for i := uint32(20*hashLoad - 1); i >= size; i-- {
			h.Remove(owner, i, i)
		}
		count, changes := h.count, 0
		for range 100 {
			h.Insert(owner, size, size)
			h.Remove(owner, size, size)
			if h.count != count {
				changes, count = changes+1, h.count
			}
		}
		if changes > 1 || int(h.count-1)*hashLow > h.size {
			t.Errorf("%d numbers have %d buckets, whose number changed %d times", h.size, h.count, changes)
		}
	}
}

// A truncated vector is as small as a new one, and the copy of another owner does not
// change.
func TestVecTruncate(t *testing.T) {
	t.Parallel()
	r := testrand.New(t)
	owner := NewOwner()
	for _, size := range []uint32{1, 5, vecSize, vecSize + 1, vecSize * vecSize, 3*vecSize*vecSize + 7} {
		var full Vec[uint32]
		for i := range size {
			full.Set(owner, i, i+1)
		}
		for _, n := range []uint32{
			0, 1, vecSize - 1, vecSize, vecSize + 1, r.Uint32N(size + 1), size - 1, size, size + 1, size * vecSize, 1<<32 - 1,
		} {
			v, by := full, NewOwner()
			v.Truncate(by, n)
			var fresh Vec[uint32]
			for i := range min(n, size) {
				fresh.Set(owner, i, i+1)
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
	sparse.Set(owner, vecSize*vecSize, 1)
	sparse.Truncate(owner, 3*vecSize)
	if sparse.root != nil || sparse.Get(0) != 0 {
		t.Error("a vector of zeros has a node")
	}
	sparse.Truncate(owner, 1)
	for _, n := range []uint32{2, 2 * vecSize, 9 * vecSize, vecSize * vecSize} {
		sparse.Set(owner, 1, 1)
		sparse.Set(owner, vecSize*vecSize, 1)
		sparse.Truncate(owner, n)
		if sparse.Get(1) != 1 || sparse.Get(vecSize*vecSize) != 0 {
			t.Errorf("before item %d there is %d, and %d after it", n, sparse.Get(1), sparse.Get(vecSize*vecSize))
		}
	}
}

// A vector whose pages are dropped in any order takes no more than a new one with the pages that
// are left, and is as deep.
func TestVecDropPage(t *testing.T) {
	t.Parallel()
	r := testrand.New(t)
	for _, pages := range []int{1, 2, vecSize, vecSize + 1, 3 * vecSize, vecSize*vecSize + 1} {
		var v Vec[uint32]
		owner := NewOwner()
		for page := range pages {
			v.Set(owner, uint32(page)*PageSize, 1)
		}
		for name, order := range removals(r, pages) {
			by, rest := NewOwner(), v
			for dropped, page := range order {
				rest.DropPage(by, uint32(page))
				rest.DropPage(by, uint32(page+pages*vecSize)) // which is not there
				if pages > vecSize && r.IntN(pages/8) > 0 && dropped < pages-1 {
					continue
				}
				var fresh Vec[uint32]
				for _, page := range order[dropped+1:] {
					fresh.Set(owner, uint32(page)*PageSize, 1)
				}
				if got, want := rest.root.bytesOf(), fresh.root.bytesOf(); got > 2*want {
					t.Fatalf("%s: %d of %d pages take %d bytes, and %d in a new vector", name, pages-dropped-1, pages, got, want)
				}
				if rest.shift > fresh.shift {
					t.Fatalf("%s: %d of %d pages are at shift %d, and at %d in a new vector", name, pages-dropped-1, pages, rest.shift, fresh.shift)
				}
			}
		}
		for page := range pages {
			if v.Get(uint32(page)*PageSize) != 1 {
				t.Fatalf("page %d of %d is gone from the vector of another owner", page, pages)
			}
		}
	}
}

// A page that is not there costs no copy.
func TestVecDropsNoPage(t *testing.T) {
	t.Parallel()
	var v Vec[int]
	v.Set(NewOwner(), 5*PageSize, 1)
	root := v.root
	for _, page := range []uint32{0, 4, 6, PageSize, PageSize * PageSize, 1<<26 - 1} {
		if v.DropPage(NewOwner(), page); v.root != root || v.Page(page) != nil {
			t.Errorf("page %d was there", page)
		}
	}
}

func TestShortened(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]int{0: 0, 1: 1, 2: 2, 3: 3, 4: 8, 5: 8, 8: 8, 9: 8} {
		items := make([]int, 8)
		got := shortened(items, n)
		if len(got) != min(n, 8) || cap(got) != want {
			t.Errorf("8 items become %d with capacity %d, want %d with capacity %d", len(got), cap(got), n, want)
		}
	}
}
