package memdb

import (
	"hash/maphash"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb/internal/cow"
	"github.com/tasktwin/tasktwin/memdb/internal/rel"
)

// table is the definition of a table. It finds the table's rows and their parents by id.
type table[R any] struct {
	rel.TableDef[tables, R]
	// id returns the primary key. It is nil for tables whose primary key is not one id.
	id func(*R) uuid.UUID
	// parents are the tables that the foreign keys refer to, in the order of the foreign
	// keys' creation.
	parents []parent[R]
	// keys describe the keys of the unique indexes, in the order of the indexes.
	keys []key[R]
	// checked returns a pending row as a public row, for the error of a failed check. It is
	// nil for tables without checks.
	checked func(f *pendingRow[R]) any
}

// parent is the table that a foreign key refers to, and the column that refers to it.
type parent[R any] struct {
	columnName string
	// column points to the field of a row that has the slot of its parent.
	column func(*R) *uint32
	// find returns the slot of the parent with an id.
	find func(st *state, id uuid.UUID) (slot uint32, ok bool)
	// isAt reports whether the parent with an id is at a slot.
	isAt func(st *state, slot uint32, id uuid.UUID) bool
}

// references adds a foreign key. The order of the calls is the order of the keys' creation.
func references[R, P any](
	d *table[R], to *table[P], name tasktwin.ForeignKeyConstraint, columnName string, onDelete rel.Action,
	children rel.Children[tables, R], column func(*R) *uint32,
) {
	rel.References(&d.TableDef, &to.TableDef, string(name), onDelete, children, column)
	to.Key = func(_ *tables, r *P) string { return keyOf("id", keyText(to.id(r))) }
	d.parents = append(d.parents, parent[R]{
		columnName, column,
		func(st *state, id uuid.UUID) (uint32, bool) {
			slot, r := to.find(st, id)
			return slot, r != nil
		},
		func(st *state, slot uint32, id uuid.UUID) bool {
			r := to.Table(&st.Tables).Row(slot)
			return r != nil && to.id(r) == id
		},
	})
}

// unindexed marks the children by a foreign key without an index in PostgreSQL.
func unindexed[R any](children rel.Children[tables, R]) rel.Children[tables, R] {
	children.Unique = rel.Unindexed
	return children
}

// find returns the row with an id, or nil.
func (d *table[R]) find(st *state, id uuid.UUID) (slot uint32, r *R) {
	t := d.Table(&st.Tables)
	for slot := range d.Unique[0].Index(&st.Tables).Numbers(hashID(id)) {
		if r := t.Row(slot); d.id(r) == id {
			return slot, r
		}
	}
	return 0, nil
}

// parentSlot returns the slot of the row with an id to which others refer. In a transaction
// with a snapshot the row may be deleted: see [rel.Table.Parent].
func (d *table[R]) parentSlot(st *state, id uuid.UUID) (slot uint32, ok bool) {
	if slot, r := d.find(st, id); r != nil {
		return slot, true
	}
	return d.Table(&st.Tables).FindGone(func(r *R) bool { return d.id(r) == id })
}

// target returns the row with an id that an update or a delete is to change, or nil. Like
// PostgreSQL, a statement that had to wait takes the newest version of a row that was there
// when it began.
func (d *table[R]) target(st *state, id uuid.UUID) (slot uint32, r *R) {
	slot, r = d.findTarget(st, id)
	if st.IsTracked() {
		d.noteLook(st, id, slot, r)
	}
	return slot, r
}

// findTarget is target for a statement that notes itself what it reads.
func (d *table[R]) findTarget(st *state, id uuid.UUID) (slot uint32, r *R) {
	snapshot := st.Snapshot()
	slot, r = d.find(snapshot, id)
	if r != nil && snapshot != st {
		r = d.Table(&st.Tables).Row(slot)
	}
	return slot, r
}

// pendingRow is a row that is not in its table yet, with the ids of its parents in the
// order of the foreign keys' creation.
type pendingRow[R any] struct {
	row  *R
	refs refs
}

// refs are the ids of a row's parents. No table has more foreign keys; a literal with more
// ids does not compile.
type refs [4]uuid.NullUUID

// resolve sets the row's foreign key columns to the slots of its parents. They are often
// those of another row, such as the one that it replaces, which may be nil. To try them saves a
// search of the index.
func (d *table[R]) resolve(st *state, f *pendingRow[R], like *R) {
	for i := range d.parents {
		p, ref := &d.parents[i], &f.refs[i]
		slot := rel.NoSlot
		if like != nil {
			slot = *p.column(like)
		}
		if ref.Valid && st.IsRecorded() {
			d.TouchReference(st, i, hashID(ref.UUID))
		}
		switch {
		case !ref.Valid:
			slot = rel.NoSlot
		case slot == rel.NoSlot || !p.isAt(st, slot, ref.UUID):
			var ok bool
			if slot, ok = p.find(st, ref.UUID); !ok {
				slot = p.findElsewhere(st, ref.UUID)
			}
		}
		*p.column(f.row) = slot
	}
}

// findElsewhere returns the slot of a parent that the statement does not see. Its children
// have keys to unique indexes, for which the statement may have to wait, although the parent
// is missing.
func (p *parent[R]) findElsewhere(st *state, id uuid.UUID) uint32 {
	for _, other := range st.Elsewhere() {
		if slot, ok := p.find(other, id); ok {
			return slot
		}
	}
	return rel.MissingSlot
}

// insert stores a new row.
func (d *table[R]) insert(st *state, f *pendingRow[R]) error { return d.insertLike(st, f, nil) }

// insertLike stores a new row that may have the parents of another, or those that it has
// itself.
func (d *table[R]) insertLike(st *state, f *pendingRow[R], like *R) error {
	d.resolve(st, f, like)
	if err := d.Insert(st, f.row); err != nil {
		return d.explain(st, *f, err)
	}
	return nil
}

// upsert stores a new row, or replaces the old row by it if there is one in the newest state.
func (d *table[R]) upsert(st *state, slot uint32, old *R, f *pendingRow[R]) error {
	if old != nil {
		if own := d.Table(&st.Tables).Row(slot); own != nil {
			old = own
		}
	}
	d.resolve(st, f, old)
	if err := d.Upsert(st, slot, old, f.row); err != nil {
		return d.explain(st, *f, err)
	}
	return nil
}

func nullUUID(id uuid.UUID) uuid.NullUUID { return uuid.NullUUID{UUID: id, Valid: true} }

var seed = maphash.MakeSeed()

func hashID(id uuid.UUID) uint32 { return uint32(maphash.Bytes(seed, id[:])) }

// hashSlot is the identity function. It is a good hash, because slots differ in their
// lowest bits.
func hashSlot(slot uint32) uint32 { return slot }

// hashName hashes a name that is unique among the rows with the same id.
func hashName(id uuid.UUID, name string) uint32 { return hashInScope(hashID(id), name) }

func hashInScope(hash uint32, name string) uint32 {
	return uint32(maphash.String(seed, name)) ^ hash*31
}

// byID returns the unique index of an id column.
func byID[R any](name tasktwin.UniqueConstraint, index func(*tables) *cow.Hash, id func(*R) uuid.UUID) rel.Unique[tables, R] {
	return rel.Unique[tables, R]{
		Name: string(name), Index: index,
		Hash: func(_ *tables, r *R) (uint32, bool) { return hashID(id(r)), true },
		Same: func(_ *tables, a, b *R) bool { return id(a) == id(b) },
	}
}

// byName returns the unique index of a scope and a name. The scope is an id or a slot, such
// as that of the owner. key returns the row's scope, the name in the form in which the
// database compares it, and whether the row is in the index.
func byName[R any, K comparable](
	name tasktwin.UniqueConstraint, index func(*tables) *cow.Hash, hash func(K) uint32,
	key func(o *Options, r *R) (scope K, name string, in bool),
) rel.Unique[tables, R] {
	return rel.Unique[tables, R]{
		Name: string(name), Index: index,
		Hash: func(t *tables, r *R) (uint32, bool) {
			scope, name, in := key(&t.opts, r)
			if !in {
				return 0, false
			}
			return hashInScope(hash(scope), name), true
		},
		Same: func(t *tables, a, b *R) bool {
			scopeA, nameA, _ := key(&t.opts, a)
			scopeB, nameB, _ := key(&t.opts, b)
			return scopeA == scopeB && nameA == nameB
		},
	}
}
