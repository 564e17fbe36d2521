package rel

import (
	"context"

	"github.com/tasktwin/tasktwin/memdb/internal/cow"
)

// Schema is the tables of a store.
type Schema[T any] struct {
	// SessionName returns the name that a statement's context gives its session, for
	// [Store.Waits]. It may be nil.
	SessionName func(context.Context) string
	// Settle is a hook at the end of a statement that has deleted rows, and of other
	// changes of several rows. It may be nil.
	Settle func(*State[T])

	tables []relation[T]
}

// Define adds tables in the order of their creation: parents come before their children.
// All tables of a store must be there before its first statement. A table belongs to one
// schema.
func (s *Schema[T]) Define(tables ...relation[T]) {
	for _, table := range tables {
		table.define(s, len(s.tables))
		s.tables = append(s.tables, table)
	}
}

func (s *Schema[T]) settle(st *State[T]) {
	if s.Settle != nil {
		s.Settle(st)
	}
}

func (s *Schema[T]) sessionName(ctx context.Context) string {
	if s.SessionName == nil {
		return ""
	}
	return s.SessionName(ctx)
}

// TableDef is the definition of a table.
type TableDef[T, R any] struct {
	// Name is the table's name.
	Name string
	// Table returns the table's rows. It is nil for a table with Append.
	Table func(*T) *Table[R]
	// Unique are the unique indexes in the order of their creation. Violations are
	// found in that order.
	Unique []Unique[T, R]
	// Check returns the error of a row that violates a NOT NULL or a check constraint.
	// It checks all NOT NULL constraints first. It may be nil.
	Check func(*R) error
	// Key returns the row's primary key as the error of a row that is still referenced
	// prints it. It may be nil.
	Key func(t *T, r *R) string
	// Append is set for a table that stores its rows itself and to which rows are only
	// added. It stores a checked row at a slot and adds it to the children of its
	// parents. Rows of such a table are neither updated nor deleted, so none of its
	// foreign keys may cascade. Slots come in blocks: concurrent transactions each have
	// blocks of their own, which they fill in order, and need not fill to the end.
	Append func(st *State[T], r *R, slot uint32)
	// Appended returns the row that Append stored at a slot, Size returns the first
	// slot from which on none was used, and Block is the number of slots of a block.
	// They are set if Append is.
	Appended func(st *State[T], slot uint32) R
	Size     func(*T) uint32
	Block    uint32
	// Stored and Removed are hooks that update the data derived from the rows. For an
	// update, old is the replaced row, else nil. The slot of a row of a table with
	// Append is NoSlot. Either hook may be nil.
	Stored  func(st *State[T], slot uint32, r, old *R)
	Removed func(st *State[T], slot uint32, r *R)
	// BySlot are vectors of data that is derived from the rows, by their slots. A slot without a
	// row must have zero. The lists of children are added by References.
	BySlot []func(*T) cow.Pages
	// Orphaned is called for a row that was deleted from the state of a snapshot where
	// others still refer to it, which are gone from the newest state or refer to another row
	// there. It may be nil.
	Orphaned func(st *State[T], slot uint32)

	schema *Schema[T]
	index  int // among the schema's tables

	foreignKeys []foreignKey[T, R]
	// referrers are the foreign keys to the table in the order of their creation.
	// PostgreSQL runs their actions in that order.
	referrers []referrer[T]
}

func (d *TableDef[T, R]) define(schema *Schema[T], index int) { d.schema, d.index = schema, index }

// Unique is a unique index, which may be partial.
type Unique[T, R any] struct {
	// Name is the constraint's name.
	Name string
	// Index returns the index.
	Index func(*T) *cow.Hash
	// Hash returns a hash of a row's key, and whether the row is in the index.
	Hash func(t *T, r *R) (hash uint32, in bool)
	// Same reports whether two rows with the same hash have the same key.
	Same func(t *T, a, b *R) bool
	// Find is set, in place of Index and Hash, for a constraint without an index of its
	// own. It returns the slot of the row with the same key as r. Same then compares
	// any two rows.
	Find func(t *T, r *R) (slot uint32, ok bool)
}

// entry returns a row's entry in the index. A constraint without an index of its own has
// none.
func (u *Unique[T, R]) entry(t *T, r *R) (e indexEntry) {
	if u.Find == nil {
		e.hash, e.in = u.Hash(t, r)
	}
	return e
}

// move returns what the update of a row does to the index.
func (u *Unique[T, R]) move(t *T, old, r *R) indexMove {
	m := indexMove{u.entry(t, old), u.entry(t, r)}
	if m.from.in && m.to.in && u.Same(t, old, r) {
		return indexMove{}
	}
	return m
}

// covers reports whether the constraint is one for a row.
func (u *Unique[T, R]) covers(e indexEntry) bool { return u.Find != nil || e.in }

// find returns the slot of the row with the same key as r.
func (u *Unique[T, R]) find(tables *T, t *Table[R], hash uint32, r *R) (slot uint32, ok bool) {
	for slot := range u.Index(tables).Numbers(hash) {
		if u.Same(tables, t.Row(slot), r) {
			return slot, true
		}
	}
	return 0, false
}

// Action is what a foreign key does when the referenced row is deleted.
type Action int

// The actions. NoAction and Restrict both refuse a delete if a reference is left when
// their trigger fires, like PostgreSQL's constraints that are not deferrable: see
// [TableDef.Delete]. They differ only in the error.
const (
	NoAction Action = iota
	Restrict
	Cascade
)

// Children maintains, for one foreign key, the list of rows that refer to a parent. All
// three functions must be set for a foreign key of a table without Append.
type Children[T, R any] struct {
	// Attach and Detach add and remove a child.
	Attach, Detach func(st *State[T], parent, slot uint32, r *R)
	// Lists returns the vector of the lists, by the parents' slots. It may be nil for a table with
	// Append.
	Lists func(*T) cow.Pages
	// Drain empties the list of a deleted row and returns the slots of its children in
	// the order in which PostgreSQL would find them. Children that were deleted before
	// are not in the list, because a deleted row is detached from all its parents.
	Drain func(st *State[T], parent uint32) []uint32
	// Unique is the place of the unique index by which PostgreSQL finds the children. 0 and 1
	// mean any index that comes after that of the primary key. Unindexed means none:
	// PostgreSQL reads the whole table.
	Unique int
	// Has reports whether a row has children. It may be nil for a table with Append, whose
	// rows are never deleted.
	Has func(st *State[T], parent uint32) bool
}

// Unindexed is the value of Children.Unique for a foreign key without an index.
const Unindexed = -1

// foreignKey is a foreign key as the referencing table stores it.
type foreignKey[T, R any] struct {
	name string
	// column points to the field of a row that has the slot of its parent. While the
	// reference exists, the parent cannot be deleted and keeps its slot. So a slot
	// identifies the parent as well as a key does, in less memory and without a search.
	column   func(*R) *uint32
	children Children[T, R]
	parent   relation[T]
	// reserve allocates an empty slot of the parent table.
	reserve func(*State[T]) uint32
}

// referrer is a foreign key as the referenced table stores it.
type referrer[T any] struct {
	table    relation[T]
	name     string
	nth      int
	onDelete Action
	drain    func(st *State[T], parent uint32) []uint32
	has      func(st *State[T], parent uint32) bool
}

// References adds a foreign key from a table to a parent table. The order of the
// calls is the order of the keys' creation. Column points to the field of a row that
// has the slot of its parent: NoSlot if it is NULL, and MissingSlot if the parent does
// not exist, which Insert and Update report.
func References[T, R, P any](
	table *TableDef[T, R], parent *TableDef[T, P], name string, onDelete Action, children Children[T, R], column func(*R) *uint32,
) {
	reserve := func(st *State[T]) uint32 {
		t := parent.Table(&st.Tables)
		t.next++
		return t.next - 1
	}
	parent.referrers = append(parent.referrers, referrer[T]{table, name, len(table.foreignKeys), onDelete, children.Drain, children.Has})
	if children.Lists != nil {
		parent.BySlot = append(parent.BySlot, children.Lists)
	}
	table.foreignKeys = append(table.foreignKeys, foreignKey[T, R]{name, column, children, parent, reserve})
}
