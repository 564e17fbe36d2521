package memdb

import (
	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin/internal/cow"
)

// idTable is ids by number, each of them once. It is for those that no foreign
// key keeps anywhere, and that many rows have in common. It only grows: who has
// started one job is likely to start another.
type idTable struct {
	ids   cow.Vec[uuid.UUID]
	index cow.Hash
	size  uint32
}

func (t *idTable) get(number uint32) uuid.UUID { return t.ids.Get(number) }

// number returns the number of an id, which it gets if it has none.
func (t *idTable) number(own cow.Owner, id uuid.UUID) uint32 {
	tag := tagOf(id)
	if n, ok := t.index.Find(tag, func(n uint32) bool { return t.ids.Get(n) == id }); ok {
		return n
	}
	n := t.size
	t.size++
	t.ids.Set(own, n, id)
	t.index.Insert(own, tag, n)
	return n
}
