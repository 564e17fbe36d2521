package memdb

import (
	"hash/maphash"
	"slices"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/cow"
)

// primaryKey is the first unique index of every table.
const primaryKey = 0

// maxUnique is the most unique indexes of a table.
const maxUnique = 3

// maxParents is the most foreign keys of a table.
const maxParents = 4

type action int

const (
	noAction action = iota
	restrict
	cascade
)

// tableDef is what the schema says of a table.
type tableDef[R any] struct {
	name string
	of   func(*state) *table[R]
	// id is the primary key, of tables that have one id for it.
	id func(*R) uuid.UUID
	// unique are its unique indexes, in the order of their creation. The first
	// is the primary key.
	unique []unique[R]
	// initiator, of tables that have one, is where a row keeps its number.
	initiator func(*R) *uint32
	// check looks at not-null columns and then at check constraints.
	check func(*R) error
	// stored and removed keep what is derived from the rows. Where a row takes
	// another's place, old is that.
	stored  func(st *state, slot uint32, r, old *R)
	removed func(st *state, slot uint32, r *R)
	// parents are its foreign keys, in the order of their creation.
	parents []parent[R]
	// children are the foreign keys to it, in the order of their creation, which
	// is the order in which PostgreSQL acts on them.
	children []child
}

// unique is a unique index.
type unique[R any] struct {
	name tasktwin.UniqueConstraint
	// tag is bits of a hash of what must be unique. It reports whether the row
	// is in the index, which may be partial.
	tag func(o *Options, r *R) (tag uint32, in bool)
	// same reports whether two rows of one tag are the same to the index.
	same func(o *Options, a, b *R) bool
	// taken, where it is set, looks among a parent's children instead.
	taken func(st *state, r *R) bool
}

// column is where a row keeps the slot of the row that a foreign key refers to.
// A foreign key sees to it that this stays there as long as the row does, so that
// its slot says as much as its id, in a quarter of the room and without a search.
type column[R any] func(*R) *uint32

// noSlot is NULL.
const noSlot = ^uint32(0)

// parent is a foreign key, seen from the table that has it.
type parent[R any] struct {
	name   tasktwin.ForeignKeyConstraint
	column column[R]
	// find returns the parent's slot.
	find func(st *state, id uuid.UUID) (slot uint32, ok bool)
	// reserve takes a slot of the parent's table in which there is no row.
	reserve func(st *state) uint32
	// attach and detach keep the parent's list of children.
	attach, detach func(st *state, parent, slot uint32, r *R)
}

// fresh is a row that is not in its table yet, with the ids of what it refers to
// by its foreign keys, in the order of their creation.
type fresh[R any] struct {
	row  *R
	refs refs
	// initiator is of tables that have one.
	initiator uuid.UUID
}

type refs [maxParents]uuid.NullUUID

func to(id uuid.UUID) uuid.NullUUID { return uuid.NullUUID{UUID: id, Valid: true} }

// child is a foreign key, seen from the table that it refers to.
type child struct {
	table    cascader
	name     tasktwin.ForeignKeyConstraint
	onDelete action
	// take returns the slots of the rows that refer to a row that is deleted, and
	// forgets them. Those that were deleted before are not among them: who goes
	// leaves the lists of all its parents.
	take func(st *state, parent uint32) []uint32
}

var seed = maphash.MakeSeed()

func tagOf(id uuid.UUID) uint32 { return uint32(maphash.Bytes(seed, id[:])) }

// tagOfSlot is of a slot, which differs from others in its lowest bits.
func tagOfSlot(slot uint32) uint32 { return slot }

// tagOfName is of a name that is unique among those with the same id.
func tagOfName(id uuid.UUID, name string) uint32 { return tagAmong(tagOf(id), name) }

func tagAmong(tag uint32, name string) uint32 { return uint32(maphash.String(seed, name)) ^ tag*31 }

// byID is the unique index of a column that is an id.
func byID[R any](name tasktwin.UniqueConstraint, id func(*R) uuid.UUID) unique[R] {
	return unique[R]{
		name: name,
		tag:  func(_ *Options, r *R) (uint32, bool) { return tagOf(id(r)), true },
		same: func(_ *Options, a, b *R) bool { return id(a) == id(b) },
	}
}

// byName is the unique index of a name, as the database compares it, among the
// rows that have something in common, which is an id or what a slot refers to:
// key returns that, the name, and whether the row is in the index.
func byName[R any, K comparable](
	name tasktwin.UniqueConstraint, tag func(K) uint32, key func(o *Options, r *R) (among K, name string, in bool),
) unique[R] {
	return unique[R]{
		name: name,
		tag: func(o *Options, r *R) (uint32, bool) {
			among, name, in := key(o, r)
			if !in {
				return 0, false
			}
			return tagAmong(tag(among), name), true
		},
		same: func(o *Options, a, b *R) bool {
			amongA, nameA, _ := key(o, a)
			amongB, nameB, _ := key(o, b)
			return amongA == amongB && nameA == nameB
		},
	}
}

// find returns the row of an id, and nil where there is none.
func (d *tableDef[R]) find(st *state, id uuid.UUID) (slot uint32, r *R) {
	t := d.of(st)
	slot, _ = t.unique[primaryKey].Find(tagOf(id), func(slot uint32) bool {
		if found := t.rows.Get(slot); d.id(found) == id {
			r = found
		}
		return r != nil
	})
	return slot, r
}

// links are what a row knows of the rows that refer to it by one foreign key.
type links[R any] struct {
	attach, detach func(st *state, parent, slot uint32, r *R)
	take           func(st *state, parent uint32) []uint32
}

// refer adds a foreign key to two tables. The order of the calls is that of
// their creation.
func refer[R, P any](d *tableDef[R], to *tableDef[P], name tasktwin.ForeignKeyConstraint, onDelete action, l links[R], c column[R]) {
	find := func(st *state, id uuid.UUID) (uint32, bool) {
		slot, r := to.find(st, id)
		return slot, r != nil
	}
	reserve := func(st *state) uint32 { return to.of(st).take() }
	d.parents = append(d.parents, parent[R]{name, c, find, reserve, l.attach, l.detach})
	to.children = append(to.children, child{d, name, onDelete, l.take})
}

// inSet keeps children in the order in which they came, more or less.
func inSet[R any](list childList) links[R] {
	return links[R]{
		attach: func(st *state, parent, slot uint32, _ *R) {
			st.children[list].At(st.own, parent).Insert(st.own, slot)
		},
		detach: func(st *state, parent, slot uint32, _ *R) {
			st.children[list].At(st.own, parent).Remove(st.own, slot)
		},
		take: func(st *state, parent uint32) []uint32 {
			set := st.children[list].Get(parent)
			if set.Len() == 0 {
				return nil
			}
			st.children[list].Set(st.own, parent, cow.Set{})
			return slices.Collect(set.All())
		},
	}
}

// inNumbered keeps children in the order of their build numbers.
func inNumbered[R any](list func(*state) *cow.Vec[cow.Tree[numbered]], number func(*R) int32) links[R] {
	return links[R]{
		attach: func(st *state, parent, slot uint32, r *R) {
			list(st).At(st.own, parent).Insert(st.own, numbered{number(r), slot}, byNumber(number(r)))
		},
		detach: func(st *state, parent, _ uint32, r *R) {
			list(st).At(st.own, parent).Remove(st.own, byNumber(number(r)))
		},
		take: func(st *state, parent uint32) []uint32 {
			children := list(st).Get(parent)
			if children.Len() == 0 {
				return nil
			}
			list(st).Set(st.own, parent, cow.Tree[numbered]{})
			slots := make([]uint32, 0, children.Len())
			for n := range children.All() {
				slots = append(slots, n.slot)
			}
			return slots
		},
	}
}

// onlyChild keeps the one row, if any, that refers to a row: its slot plus one.
func onlyChild[R any](list func(*state) *cow.Vec[uint32]) links[R] {
	return links[R]{
		attach: func(st *state, parent, slot uint32, _ *R) { list(st).Set(st.own, parent, slot+1) },
		detach: func(st *state, parent, _ uint32, _ *R) { list(st).Set(st.own, parent, 0) },
		take: func(st *state, parent uint32) []uint32 {
			if next := list(st).Get(parent); next > 0 {
				return []uint32{next - 1} // which forgets itself, as it goes
			}
			return nil
		},
	}
}
