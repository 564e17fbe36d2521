package memdb

import (
	"cmp"
	"encoding/binary"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin/memdb/internal/rel"
)

// state is one version of all tables. Every query is a function of a state.
type state = rel.State[tables]

// listEntry is a task in a list that is ordered by time and id.
type listEntry struct {
	at   pgTime
	id   uuidKey
	slot uint32
}

func (l listEntry) compare(o listEntry) int {
	if l.at != o.at {
		return cmp.Compare(l.at, o.at)
	}
	return l.id.compare(o.id)
}

// atListEntry returns a comparison for [cow.Tree] that finds an entry.
func atListEntry(l listEntry) func(listEntry) int {
	return func(x listEntry) int { return x.compare(l) }
}

// uuidKey is an id as two numbers. They compare faster than the bytes, in the same order.
type uuidKey struct{ high, low uint64 }

func uuidKeyOf(id uuid.UUID) uuidKey {
	return uuidKey{binary.BigEndian.Uint64(id[:8]), binary.BigEndian.Uint64(id[8:])}
}

func (k uuidKey) id() (id uuid.UUID) {
	binary.BigEndian.PutUint64(id[:8], k.high)
	binary.BigEndian.PutUint64(id[8:], k.low)
	return id
}

func (k uuidKey) compare(o uuidKey) int {
	if k.high != o.high {
		return cmp.Compare(k.high, o.high)
	}
	return cmp.Compare(k.low, o.low)
}
