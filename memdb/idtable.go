package memdb

import (
	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin/internal/cow"
)

// idTable is ids by number, each of them once. It is for those that no foreign
// key keeps anywhere, and that many rows have in common. It has an id as long as
// some row refers to it; then the number is free for another.
type idTable struct {
	slots
	ids   cow.Vec[uuid.UUID]
	index cow.Hash
	// references are how many rows refer to a number. They are not beside the ids,
	// which change less often, so that a change copies less.
	references cow.Vec[uint32]
}

func (t *idTable) get(number uint32) uuid.UUID { return t.ids.Get(number) }

// add counts one more row that refers to an id, and returns the id's number.
func (t *idTable) add(own cow.Owner, id uuid.UUID) uint32 {
	tag := tagOf(id)
	n, ok := t.index.Find(tag, func(n uint32) bool { return t.ids.Get(n) == id })
	if !ok {
		n = t.take()
		t.ids.Set(own, n, id)
		t.index.Insert(own, tag, n)
	}
	*t.references.At(own, n)++
	return n
}

// remove counts one row less that refers to a number.
func (t *idTable) remove(own cow.Owner, n uint32) {
	references := t.references.At(own, n)
	*references--
	if *references > 0 {
		return
	}
	t.index.Remove(own, tagOf(t.ids.Get(n)), n)
	t.ids.Set(own, n, uuid.Nil)
	t.give(n)
}
