package cow

import (
	"cmp"
	"iter"
)

// Set is a set of numbers. Most sets have one number, which needs no node.
type Set struct {
	root *treeNode[uint32]
	// size is the count of numbers if there is a root. Without a root, it is the only
	// number plus one, or 0 if the set is empty.
	size int
}

// Len returns the count of numbers.
func (s *Set) Len() int {
	if s.root == nil {
		return min(s.size, 1)
	}
	return s.size
}

// First returns the lowest number.
func (s *Set) First() (number uint32, ok bool) {
	for number := range s.All() {
		return number, true
	}
	return 0, false
}

// Insert adds a number that is not in the set.
func (s *Set) Insert(owner Owner, number uint32) {
	if s.size == 0 {
		s.size = int(number) + 1
		return
	}
	var t Tree[uint32]
	if s.root == nil {
		first := uint32(s.size - 1)
		t.Insert(owner, first, numbers(first))
	} else {
		t = Tree[uint32](*s)
	}
	t.Insert(owner, number, numbers(number))
	*s = Set(t)
}

// Remove removes a number, if it is in the set.
func (s *Set) Remove(owner Owner, number uint32) {
	switch t := Tree[uint32](*s); {
	case s.root != nil:
		t.Remove(owner, numbers(number))
		*s = Set(t)
		if t.size == 1 {
			last, _ := t.Last()
			*s = Set{size: int(last) + 1}
		}
	case s.size == int(number)+1:
		s.size = 0
	}
}

// All iterates over the numbers in ascending order.
func (s *Set) All() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		if s.root == nil && s.size > 0 {
			yield(uint32(s.size - 1))
		}
		s.root.ascend(yield)
	}
}

func numbers(number uint32) func(uint32) int {
	return func(x uint32) int { return cmp.Compare(x, number) }
}
