package rel

import (
	"cmp"
	"slices"

	"github.com/tasktwin/tasktwin/memdb/internal/cow"
)

// InSet keeps children in the order of their slots.
func InSet[T, R any](list func(*T) *cow.Vec[cow.Set]) Children[T, R] {
	return Children[T, R]{
		Lists: func(t *T) cow.Pages { return list(t) },
		Attach: func(st *State[T], parent, slot uint32, _ *R) {
			list(&st.Tables).At(st.owner, parent).Insert(st.owner, slot)
		},
		Detach: func(st *State[T], parent, slot uint32, _ *R) {
			list(&st.Tables).At(st.owner, parent).Remove(st.owner, slot)
		},
		Drain: func(st *State[T], parent uint32) []uint32 {
			set := list(&st.Tables).Get(parent)
			if set.Len() == 0 {
				return nil
			}
			list(&st.Tables).Set(st.owner, parent, cow.Set{})
			return slices.Collect(set.All())
		},
		Has: func(st *State[T], parent uint32) bool {
			set := list(&st.Tables).Get(parent)
			return set.Len() > 0
		},
	}
}

// NumberedChild is a child with its number, which is unique among the children of its parent.
type NumberedChild struct {
	Number int32
	Slot   uint32
}

// AtNumber returns a comparison for [cow.Tree] that finds the child with the number.
func AtNumber(number int32) func(NumberedChild) int {
	return func(x NumberedChild) int { return cmp.Compare(x.Number, number) }
}

// ByNumber keeps children ordered by their number. An update that keeps the parent
// must keep the number.
func ByNumber[T, R any](list func(*T) *cow.Vec[cow.Tree[NumberedChild]], number func(*R) int32) Children[T, R] {
	return Children[T, R]{
		Lists: func(t *T) cow.Pages { return list(t) },
		Attach: func(st *State[T], parent, slot uint32, r *R) {
			list(&st.Tables).At(st.owner, parent).Insert(st.owner, NumberedChild{number(r), slot}, AtNumber(number(r)))
		},
		Detach: func(st *State[T], parent, _ uint32, r *R) {
			list(&st.Tables).At(st.owner, parent).Remove(st.owner, AtNumber(number(r)))
		},
		Drain: func(st *State[T], parent uint32) []uint32 {
			children := list(&st.Tables).Get(parent)
			if children.Len() == 0 {
				return nil
			}
			list(&st.Tables).Set(st.owner, parent, cow.Tree[NumberedChild]{})
			slots := make([]uint32, 0, children.Len())
			for n := range children.All() {
				slots = append(slots, n.Slot)
			}
			return slots
		},
		Has: func(st *State[T], parent uint32) bool {
			children := list(&st.Tables).Get(parent)
			return children.Len() > 0
		},
	}
}

// UniqueNumber is the constraint that the numbers of a parent's children are unique. It
// finds them in the list that [ByNumber] keeps.
func UniqueNumber[T, R any](
	name string, list func(*T) *cow.Vec[cow.Tree[NumberedChild]], parent func(*R) *uint32, number func(*R) int32,
) Unique[T, R] {
	return Unique[T, R]{
		Name: name,
		Same: func(_ *T, a, b *R) bool { return *parent(a) == *parent(b) && number(a) == number(b) },
		Find: func(t *T, r *R) (uint32, bool) { return SlotOfNumber(list(t).Get(*parent(r)), number(r)) },
	}
}

// SlotOfNumber returns the slot of the child with a number, and whether there is one.
func SlotOfNumber(children cow.Tree[NumberedChild], number int32) (slot uint32, ok bool) {
	n, ok := children.Find(AtNumber(number))
	return n.Slot, ok
}

// OnlyChild is for a foreign key whose column is unique. The list stores the slot of
// the only child plus one, or 0 if there is no child.
func OnlyChild[T, R any](list func(*T) *cow.Vec[uint32]) Children[T, R] {
	return Children[T, R]{
		Lists:  func(t *T) cow.Pages { return list(t) },
		Attach: func(st *State[T], parent, slot uint32, _ *R) { list(&st.Tables).Set(st.owner, parent, slot+1) },
		Detach: func(st *State[T], parent, _ uint32, _ *R) { list(&st.Tables).Set(st.owner, parent, 0) },
		Drain: func(st *State[T], parent uint32) []uint32 {
			if next := list(&st.Tables).Get(parent); next > 0 {
				return []uint32{next - 1} // removing the child detaches it
			}
			return nil
		},
		Has: func(st *State[T], parent uint32) bool { return list(&st.Tables).Get(parent) > 0 },
	}
}

// UniqueParent is the constraint that a parent has at most one child. It finds the child
// in the list that [OnlyChild] keeps.
func UniqueParent[T, R any](name string, list func(*T) *cow.Vec[uint32], parent func(*R) *uint32) Unique[T, R] {
	return Unique[T, R]{
		Name: name,
		Same: func(_ *T, a, b *R) bool { return *parent(a) == *parent(b) },
		Find: func(t *T, r *R) (uint32, bool) {
			slot := list(t).Get(*parent(r)) - 1
			return slot, slot != NoSlot
		},
	}
}
