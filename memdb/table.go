package memdb

import (
	"hash/maphash"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb/internal/cow"
	"github.com/tasktwin/tasktwin/memdb/internal/rel"
)

// table is what the schema says of a table, and how its rows and those that they
// refer to are found by id.
type table[R any] struct {
	rel.TableDef[tables, R]
	// id is the primary key, of tables that have one id for it.
	id func(*R) uuid.UUID
	// parents are what the foreign keys refer to, in the order of their creation.
	parents []parent[R]
	// keys are what errors say of the keys to the unique indexes, in their order.
	keys []key[R]
	// checked returns, as the interface has it, a pending row that a check refuses.
	// Tables without a check have none.
	checked func(f *pendingRow[R]) any
}

// parent is the table that a foreign key refers to.
type parent[R any] struct {
	columnName string
	// column is where a row keeps its parent's slot.
	column func(*R) *uint32
	// find returns the slot of the row of an id.
	find func(st *state, id uuid.UUID) (slot uint32, ok bool)
}

// references adds a foreign key, in the order of the keys' creation.
func references[R, P any](
	d *table[R], to *table[P], name tasktwin.ForeignKeyConstraint, columnName string, onDelete rel.Action,
	children rel.Children[tables, R], column func(*R) *uint32,
) {
	rel.References(&d.TableDef, &to.TableDef, string(name), onDelete, children, column)
	to.Key = func(r *P) string { return keyOf("id", keyText(to.id(r))) }
	d.parents = append(d.parents, parent[R]{columnName, column, func(st *state, id uuid.UUID) (uint32, bool) {
		slot, r := to.find(st, id)
		return slot, r != nil
	}})
}

// find returns the row of an id, or nil.
func (d *table[R]) find(st *state, id uuid.UUID) (slot uint32, r *R) {
	t := d.Table(&st.Tables)
	slot, _ = d.Unique[0].Index(&st.Tables).Find(hashID(id), func(slot uint32) bool {
		if found := t.Row(slot); d.id(found) == id {
			r = found
		}
		return r != nil
	})
	return slot, r
}

// pendingRow is a row that is not in its table yet, with the ids of what it refers
// to by its foreign keys, in the order of their creation.
type pendingRow[R any] struct {
	row  *R
	refs refs
}

// refs are the ids that a row refers to. A literal with more does not compile.
type refs [4]uuid.NullUUID

// resolve sets the columns by which the row refers to others.
func (d *table[R]) resolve(st *state, f *pendingRow[R]) {
	for i := range d.parents {
		p := &d.parents[i]
		slot := rel.NoSlot
		if ref := f.refs[i]; ref.Valid {
			var ok bool
			if slot, ok = p.find(st, ref.UUID); !ok {
				slot = rel.MissingSlot
			}
		}
		*p.column(f.row) = slot
	}
}

// insert stores a new row.
func (d *table[R]) insert(st *state, f *pendingRow[R]) error {
	d.resolve(st, f)
	if err := d.Insert(st, f.row); err != nil {
		return d.explain(st, *f, err)
	}
	return nil
}

// upsert stores a new row, or puts it in the place of an old one.
func (d *table[R]) upsert(st *state, slot uint32, old *R, f *pendingRow[R]) error {
	if old == nil {
		return d.insert(st, f)
	}
	d.resolve(st, f)
	if err := d.Update(st, slot, old, f.row); err != nil {
		return d.explain(st, *f, err)
	}
	return nil
}

func nullUUID(id uuid.UUID) uuid.NullUUID { return uuid.NullUUID{UUID: id, Valid: true} }

var seed = maphash.MakeSeed()

func hashID(id uuid.UUID) uint32 { return uint32(maphash.Bytes(seed, id[:])) }

// hashSlot is the identity: slots differ in their lowest bits.
func hashSlot(slot uint32) uint32 { return slot }

// hashName is of a name that is unique among those with the same id.
func hashName(id uuid.UUID, name string) uint32 { return hashAmong(hashID(id), name) }

func hashAmong(hash uint32, name string) uint32 { return uint32(maphash.String(seed, name)) ^ hash*31 }

// byID is the unique index of a column that is an id.
func byID[R any](name tasktwin.UniqueConstraint, index func(*tables) *cow.Hash, id func(*R) uuid.UUID) rel.Unique[tables, R] {
	return rel.Unique[tables, R]{
		Name: string(name), Index: index,
		Hash: func(_ *tables, r *R) (uint32, bool) { return hashID(id(r)), true },
		Same: func(_ *tables, a, b *R) bool { return id(a) == id(b) },
	}
}

// byName is the unique index of a name, as the database compares it, among the
// rows that have something in common, which is an id or what a slot refers to:
// key returns that, the name, and whether the row is in the index.
func byName[R any, K comparable](
	name tasktwin.UniqueConstraint, index func(*tables) *cow.Hash, hash func(K) uint32,
	key func(o *Options, r *R) (among K, name string, in bool),
) rel.Unique[tables, R] {
	return rel.Unique[tables, R]{
		Name: string(name), Index: index,
		Hash: func(t *tables, r *R) (uint32, bool) {
			among, name, in := key(&t.opts, r)
			if !in {
				return 0, false
			}
			return hashAmong(hash(among), name), true
		},
		Same: func(t *tables, a, b *R) bool {
			amongA, nameA, _ := key(&t.opts, a)
			amongB, nameB, _ := key(&t.opts, b)
			return amongA == amongB && nameA == nameB
		},
	}
}
