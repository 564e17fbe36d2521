package cow

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// benchSize is the number of entries in a container.
const benchSize = 100_000

// shuffled returns the numbers of the entries in random order, the same in each run.
func shuffled() []int { return rand.New(rand.NewPCG(1, 1)).Perm(benchSize) }

func orders() map[string][]int {
	return map[string][]int{"ascending": counted(benchSize), "shuffled": shuffled()}
}

// An operation is an insert or a removal of one entry. All entries of a container are
// inserted or removed.
func BenchmarkTreeInsert(b *testing.B) {
	for name, entries := range orders() {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var tree Tree[int]
			owner, next := NewOwner(), 0
			for b.Loop() {
				if next == len(entries) {
					tree, next = Tree[int]{}, 0
				}
				tree.Insert(owner, entries[next], orderOf(entries[next]))
				next++
			}
		})
	}
}

func BenchmarkTreeRemove(b *testing.B) {
	for name, entries := range orders() {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var tree Tree[int]
			owner, next := NewOwner(), len(entries)
			for b.Loop() {
				if next == len(entries) {
					b.StopTimer()
					for _, e := range entries {
						tree.Insert(owner, e, orderOf(e))
					}
					next = 0
					b.StartTimer()
				}
				tree.Remove(owner, orderOf(entries[next]))
				next++
			}
		})
	}
}

// An operation removes one entry and inserts another. If each change is published, it
// is made under a new owner, who has no nodes yet.
func BenchmarkTreeMove(b *testing.B) {
	for _, published := range []bool{false, true} {
		name := "in place"
		if published {
			name = "published"
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			entries := shuffled()
			var tree Tree[int]
			owner, i := NewOwner(), 0
			for _, e := range entries {
				tree.Insert(owner, 2*e, orderOf(2*e))
			}
			for b.Loop() {
				if published {
					owner = NewOwner()
				}
				from := 2 * entries[i%benchSize]
				to := from + 1
				if i/benchSize%2 == 1 {
					from, to = to, from
				}
				tree.Remove(owner, orderOf(from))
				tree.Insert(owner, to, orderOf(to))
				i++
			}
		})
	}
}

func BenchmarkTreeFind(b *testing.B) {
	for name, entries := range orders() {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var tree Tree[int]
			owner, i := NewOwner(), 0
			for _, e := range entries {
				tree.Insert(owner, e, orderOf(e))
			}
			asked := shuffled()
			for b.Loop() {
				tree.Find(orderOf(asked[i%benchSize]))
				i++
			}
		})
	}
}

func benchTag(i int) uint32 { return uint32(i) * 0x9e3779b1 }

func BenchmarkHashInsert(b *testing.B) {
	b.ReportAllocs()
	var h Hash
	owner, next := NewOwner(), 0
	for b.Loop() {
		if next == benchSize {
			h, next = Hash{}, 0
		}
		h.Insert(owner, benchTag(next), uint32(next))
		next++
	}
}

func BenchmarkHashRemove(b *testing.B) {
	b.ReportAllocs()
	var h Hash
	owner, next := NewOwner(), benchSize
	for b.Loop() {
		if next == benchSize {
			b.StopTimer()
			for i := range benchSize {
				h.Insert(owner, benchTag(i), uint32(i))
			}
			next = 0
			b.StartTimer()
		}
		h.Remove(owner, benchTag(next), uint32(next))
		next++
	}
}

func BenchmarkHashNumbers(b *testing.B) {
	b.ReportAllocs()
	var h Hash
	owner, i := NewOwner(), 0
	for i := range benchSize {
		h.Insert(owner, benchTag(i), uint32(i))
	}
	asked := shuffled()
	for b.Loop() {
		want := uint32(asked[i%benchSize])
		for number := range h.Numbers(benchTag(int(want))) {
			if number == want {
				break
			}
		}
		i++
	}
}

// An operation inserts three numbers into a set and removes them.
func BenchmarkSet(b *testing.B) {
	b.ReportAllocs()
	owner := NewOwner()
	for b.Loop() {
		var s Set
		for i := range uint32(3) {
			s.Insert(owner, i)
		}
		for i := range uint32(3) {
			s.Remove(owner, i)
		}
	}
}

func BenchmarkVec(b *testing.B) {
	numbers := shuffled()
	var v Vec[uint64]
	owner := NewOwner()
	for i := range uint32(benchSize) {
		v.Set(owner, i, 1)
	}
	b.Run("get", func(b *testing.B) {
		b.ReportAllocs()
		i, sum := 0, uint64(0)
		for b.Loop() {
			sum += v.Get(uint32(numbers[i%benchSize]))
			i++
		}
		if !slices.Contains(numbers, int(sum%benchSize)) {
			b.Fatal("the sum is wrong")
		}
	})
	b.Run("set", func(b *testing.B) {
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			v.Set(owner, uint32(numbers[i%benchSize]), 2)
			i++
		}
	})
}
