package cow_test

import (
	"cmp"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/tasktwin/tasktwin/internal/testrand"
	"github.com/tasktwin/tasktwin/memdb/internal/cow"
)

// versions makes random changes to many copies of a container and to a model of each
// copy, and compares each copy with its model.
func versions[C, M any](t *testing.T, fork func(C, M) (C, M), change func(*rand.Rand, cow.Owner, *C, M), check func(*testing.T, C, M)) {
	t.Helper()
	t.Parallel()
	type version struct {
		owner cow.Owner
		c     C
		model M
	}
	r := testrand.New(t)
	var zeroC C
	var zeroM M
	c, m := fork(zeroC, zeroM)
	all := []*version{{cow.NewOwner(), c, m}}
	for range 200 {
		v := all[r.IntN(len(all))]
		if len(all) < 12 && r.IntN(4) == 0 {
			c, m := fork(v.c, v.model)
			all = append(all, &version{cow.NewOwner(), c, m})
			v.owner = cow.NewOwner() // its nodes are shared now
		}
		for range r.IntN(300) {
			change(r, v.owner, &v.c, v.model)
		}
	}
	for _, v := range all {
		check(t, v.c, v.model)
	}
}

func TestVecVersions(t *testing.T) {
	versions(t, func(c cow.Vec[int], m map[uint32]int) (cow.Vec[int], map[uint32]int) {
		if m == nil {
			return c, map[uint32]int{}
		}
		return c, maps.Clone(m)
	}, func(r *rand.Rand, owner cow.Owner, c *cow.Vec[int], m map[uint32]int) {
		i := r.Uint32N(1 << (1 + r.IntN(20)))
		if r.IntN(4) == 0 {
			page := i / cow.PageSize
			c.DropPage(owner, page)
			maps.DeleteFunc(m, func(i uint32, _ int) bool { return i/cow.PageSize == page })
			return
		}
		m[i] = r.Int()
		c.Set(owner, i, m[i])
	}, func(t *testing.T, c cow.Vec[int], m map[uint32]int) {
		t.Helper()
		for i, want := range m {
			if got := c.Get(i); got != want {
				t.Fatalf("item %d is %d, want %d", i, got, want)
			}
		}
		for i := range uint32(10_000) {
			if got := c.Get(i); got != m[i] {
				t.Fatalf("item %d is %d, want %d", i, got, m[i])
			}
		}
		if got := c.Get(1<<32 - 1); got != 0 {
			t.Fatalf("the last item is %d", got)
		}
		pages := map[uint32]int{} // the numbers of items
		for i := range m {
			pages[i/cow.PageSize] = max(pages[i/cow.PageSize], int(i%cow.PageSize)+1)
		}
		for page := range uint32(1000) {
			items := c.Page(page)
			if len(items) != pages[page] {
				t.Fatalf("page %d has %d items, want %d", page, len(items), pages[page])
			}
			for k, item := range items {
				if want := m[page*cow.PageSize+uint32(k)]; item != want {
					t.Fatalf("item %d of page %d is %d, want %d", k, page, item, want)
				}
			}
		}
	})
}

func TestHashVersions(t *testing.T) {
	// There are few tags, so that many numbers share one, and the tags differ only in
	// some bits.
	tag := func(i uint32) uint32 { return i * 0x10010101 % 5000 << (i % 3 * 8) }
	versions(t, func(c cow.Hash, m map[uint32]bool) (cow.Hash, map[uint32]bool) {
		if m == nil {
			return c, map[uint32]bool{}
		}
		return c, maps.Clone(m)
	}, func(r *rand.Rand, owner cow.Owner, c *cow.Hash, m map[uint32]bool) {
		i := r.Uint32N(20_000)
		if m[i] {
			c.Remove(owner, tag(i), i)
			delete(m, i)
		} else {
			c.Insert(owner, tag(i), i)
			m[i] = true
		}
	}, func(t *testing.T, c cow.Hash, m map[uint32]bool) {
		t.Helper()
		for i := range uint32(20_000) {
			if ok := has(&c, tag(i), i); ok != m[i] {
				t.Fatalf("%d: found %v, want %v", i, ok, m[i])
			}
		}
	})
}

// has reports whether an index has a number with a tag.
func has(h *cow.Hash, tag, number uint32) bool {
	for n := range h.Numbers(tag) {
		if n == number {
			return true
		}
	}
	return false
}

func TestHashHoldsManyOfOneTag(t *testing.T) {
	t.Parallel()
	var h cow.Hash
	owner := cow.NewOwner()
	for i := range uint32(1000) {
		h.Insert(owner, 7, i)
	}
	for i := range uint32(1000) {
		if !has(&h, 7, i) {
			t.Fatalf("%d is lost", i)
		}
	}
}

func TestTreeVersions(t *testing.T) {
	at := func(e uint32) func(uint32) int { return func(x uint32) int { return cmp.Compare(x, e) } }
	versions(t, func(c cow.Tree[uint32], m map[uint32]bool) (cow.Tree[uint32], map[uint32]bool) {
		if m == nil {
			return c, map[uint32]bool{}
		}
		return c, maps.Clone(m)
	}, func(r *rand.Rand, owner cow.Owner, c *cow.Tree[uint32], m map[uint32]bool) {
		e := r.Uint32N(6000)
		if r.IntN(3) == 0 { // in a small range, where entries are often removed
			e = r.Uint32N(300)
		}
		if m[e] {
			if !c.Remove(owner, at(e)) {
				panic("what is there is not removed")
			}
			delete(m, e)
			return
		}
		if c.Remove(owner, at(e)) {
			panic("what is not there is removed")
		}
		c.Insert(owner, e, at(e))
		m[e] = true
	}, func(t *testing.T, c cow.Tree[uint32], m map[uint32]bool) {
		t.Helper()
		want := slices.Sorted(maps.Keys(m))
		if c.Len() != len(want) {
			t.Fatalf("%d entries, want %d", c.Len(), len(want))
		}
		if got := slices.Collect(c.All()); !slices.Equal(got, want) {
			t.Fatalf("entries %v, want %v", got, want)
		}
		got := slices.Collect(c.Backward())
		slices.Reverse(got)
		if !slices.Equal(got, want) {
			t.Fatalf("backward %v, want %v", got, want)
		}
		last, ok := c.Last()
		if ok != (len(want) > 0) || ok && last != want[len(want)-1] {
			t.Fatalf("last is %d, %v", last, ok)
		}
		for e := range uint32(6100) {
			if _, ok := c.Find(at(e)); ok != m[e] {
				t.Fatalf("%d is there: %v", e, ok)
			}
		}
	})
}

func TestTreeGrowsAtItsEnd(t *testing.T) {
	t.Parallel()
	var tree cow.Tree[int]
	owner := cow.NewOwner()
	for i := range 100_000 {
		tree.Insert(owner, i, func(x int) int { return cmp.Compare(x, i) })
	}
	next := 0
	for i := range tree.All() {
		if i != next {
			t.Fatalf("entry %d, want %d", i, next)
		}
		next++
	}
	for i := range 100_000 {
		if !tree.Remove(owner, func(x int) int { return cmp.Compare(x, i) }) {
			t.Fatalf("%d is lost", i)
		}
	}
	if _, ok := tree.Last(); ok || tree.Len() != 0 {
		t.Fatal("something is left")
	}
}

func TestSetVersions(t *testing.T) {
	versions(t, func(c cow.Set, m map[uint32]bool) (cow.Set, map[uint32]bool) {
		if m == nil {
			return c, map[uint32]bool{}
		}
		return c, maps.Clone(m)
	}, func(r *rand.Rand, owner cow.Owner, c *cow.Set, m map[uint32]bool) {
		n := r.Uint32N(4)
		if len(m) > 2 && r.IntN(3) == 0 {
			n = r.Uint32N(1000)
		}
		if m[n] {
			c.Remove(owner, n)
			delete(m, n)
		} else {
			c.Insert(owner, n)
			m[n] = true
		}
		if c.Len() != len(m) {
			panic("the length is wrong")
		}
		c.Remove(owner, 2000)
	}, func(t *testing.T, c cow.Set, m map[uint32]bool) {
		t.Helper()
		if got, want := slices.Collect(c.All()), slices.Sorted(maps.Keys(m)); !slices.Equal(got, want) {
			t.Fatalf("numbers %v, want %v", got, want)
		} else if first, ok := c.First(); ok != (len(want) > 0) || ok && first != want[0] {
			t.Fatalf("the first of %v is %d, %t", want, first, ok)
		}
	})
}
