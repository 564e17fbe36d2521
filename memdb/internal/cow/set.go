package cow

import (
	"cmp"
	"iter"
)

// Set is a set of numbers. Most have one, for which there is no node.
type Set struct {
	root *treeNode[uint32]
	// size is how many numbers the nodes have. Without nodes, it is the only
	// number plus one, or 0 if there is none.
	size int
}

// Len returns how many numbers there are.
func (s *Set) Len() int {
	if s.root == nil {
		return min(s.size, 1)
	}
	return s.size
}

// Insert adds a number that is not in the set.
func (s *Set) Insert(own Owner, number uint32) {
	if s.size == 0 {
		s.size = int(number) + 1
		return
	}
	var t Tree[uint32]
	if s.root == nil {
		first := uint32(s.size - 1)
		t.Insert(own, first, numbers(first))
	} else {
		t = Tree[uint32](*s)
	}
	t.Insert(own, number, numbers(number))
	*s = Set(t)
}

// Remove takes a number out, if it is there.
func (s *Set) Remove(own Owner, number uint32) {
	switch t := Tree[uint32](*s); {
	case s.root != nil:
		t.Remove(own, numbers(number))
		*s = Set(t)
		if t.size == 1 {
			last, _ := t.Last()
			*s = Set{size: int(last) + 1}
		}
	case s.size == int(number)+1:
		s.size = 0
	}
}

// All returns the numbers from the lowest to the highest.
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
