package rel

import (
	"math/bits"

	"github.com/tasktwin/tasktwin/memdb/internal/cow"
)

// tableSlots says which slots of a table are free. New rows get the lowest free slot, so that
// rows stay together, and pages of slots become empty and are dropped.
type tableSlots struct {
	// next is the first slot after those of all rows that were not deleted. Slots below it may
	// be free.
	next uint32
	// free has a bit for each free slot of a page. freePages are the pages that have one.
	free      cow.Vec[uint64]
	freePages cow.Set
	// freed are the slots of deleted rows that are not free yet. In a statement, the rows that it
	// deletes refer to each other by slots. Until a transaction commits, other transactions, and
	// statements that had to wait, find rows by their slots.
	freed *freedSlot
}

type freedSlot struct {
	slot uint32
	next *freedSlot
}

// A page of slots has the bits of one number.
var _ [64]struct{} = [cow.PageSize]struct{}{}

func slotBit(slot uint32) uint64 { return 1 << (slot % cow.PageSize) }

// lowest returns the lowest slot that has no row and may get one.
func (s *tableSlots) lowest() uint32 {
	if page, ok := s.freePages.First(); ok {
		return page*cow.PageSize + uint32(bits.TrailingZeros64(s.free.Get(page)))
	}
	return s.next
}

// take marks a slot as used. It may be free: a transaction that others run beside takes other
// slots, but has been alone before, and may have taken it from the free ones of an older state.
func (s *tableSlots) take(own cow.Owner, slot uint32) {
	s.next = max(s.next, slot+1)
	if s.freePages.Len() == 0 {
		return
	}
	page := slot / cow.PageSize
	free := s.free.Get(page)
	if free&slotBit(slot) == 0 {
		return
	}
	free &^= slotBit(slot)
	s.free.Set(own, page, free)
	if free == 0 {
		s.freePages.Remove(own, page)
	}
}

// release marks slots of a page as free.
func (s *tableSlots) release(own cow.Owner, page uint32, slots uint64) {
	free := s.free.Get(page)
	if free == 0 {
		s.freePages.Insert(own, page)
	}
	s.free.Set(own, page, free|slots)
}

// trim lowers next to the end of the last page that is not empty.
func (s *tableSlots) trim(own cow.Owner, isEmpty func(page uint32) bool) {
	for s.next > 0 {
		last := (s.next - 1) / cow.PageSize
		if !isEmpty(last) {
			return
		}
		s.freePages.Remove(own, last)
		s.next = last * cow.PageSize
		s.free.Truncate(own, last)
	}
}
