package rel

import "github.com/tasktwin/tasktwin/memdb/internal/cow"

// TableDef is what the schema says of a table.
type TableDef[T, R any] struct {
	// Name is the table's.
	Name string
	// Table is where the rows are. A table with Append has none.
	Table func(*T) *Table[R]
	// Unique are the unique indexes, in the order of their creation, which is the
	// order in which their violations are found.
	Unique []Unique[T, R]
	// Check returns the error of a row that must not be stored whatever else there
	// is: not-null columns come first, then check constraints. It may be nil.
	Check func(*R) error
	// Key returns what an error says of the row's primary key, where other rows
	// still refer to it. It may be nil.
	Key func(*R) string
	// Append, of a table to which rows are only added, stores a row that has been
	// checked, in a way of its own, with its place among its parents' children.
	// Rows of such a table are neither updated nor deleted: what refers to a row
	// that goes must refuse that.
	Append func(st *State[T], r *R)
	// Stored and Removed keep what is derived from the rows. If a row replaces
	// another, old is the row before, else nil. A row of a table with Append is at
	// NoSlot. Either hook may be nil.
	Stored  func(st *State[T], slot uint32, r, old *R)
	Removed func(st *State[T], slot uint32, r *R)

	foreignKeys []foreignKey[T, R]
	// referrers are the foreign keys to the table, in the order of their creation,
	// which is the order in which PostgreSQL acts on them.
	referrers []referrer[T]
}

// Unique is a unique index, which may be partial.
type Unique[T, R any] struct {
	// Name is the constraint's.
	Name string
	// Index is where the index is.
	Index func(*T) *cow.Hash
	// Hash returns a hash of what must be unique of a row, and whether the row is
	// in the index.
	Hash func(t *T, r *R) (hash uint32, in bool)
	// Same reports whether two rows of one hash are the same to the index.
	Same func(t *T, a, b *R) bool
	// Find is for a constraint without an index of its own: in place of Index and
	// Hash, it returns the slot of the row that is the same to it. Same then compares
	// any two rows, and may be nil for a table whose rows are not updated.
	Find func(t *T, r *R) (slot uint32, ok bool)
}

// find returns the slot of the row that is the same to the index as r.
func (u *Unique[T, R]) find(tables *T, t *Table[R], hash uint32, r *R) (slot uint32, ok bool) {
	return u.Index(tables).Find(hash, func(slot uint32) bool { return u.Same(tables, t.Row(slot), r) })
}

// Action is what a foreign key does when the row that is referred to is deleted.
type Action int

// The actions. NoAction and Restrict both refuse a delete if a reference is left when
// their turn comes, as PostgreSQL's constraints do that are not deferrable: see
// [TableDef.Delete]. They differ in the error.
const (
	NoAction Action = iota
	Restrict
	Cascade
)

// Children says how a row knows the rows that refer to it by one foreign key. All
// three must be set for a key of an ordinary table.
type Children[T, R any] struct {
	// Attach and Detach add and remove a child.
	Attach, Detach func(st *State[T], parent, slot uint32, r *R)
	// Drain returns the slots of the children of a row that is deleted, in the
	// order in which PostgreSQL would meet them, and forgets them. Children that
	// were deleted before are not among them: a row that is deleted is detached from
	// all its parents.
	Drain func(st *State[T], parent uint32) []uint32
}

// foreignKey is a foreign key, seen from the table that has it.
type foreignKey[T, R any] struct {
	name string
	// column is where a row keeps the slot of the row that it refers to. The foreign
	// key keeps that row in its place as long as the reference exists, so a slot
	// says as much as a key, in less room and without a search.
	column   func(*R) *uint32
	children Children[T, R]
	// parent is the name of the parent's table.
	parent string
	// reserve allocates a slot of the parent's table in which there is no row.
	reserve func(*State[T]) uint32
}

// referrer is a foreign key, seen from the table that it refers to.
type referrer[T any] struct {
	table    relation[T]
	name     string
	nth      int
	onDelete Action
	drain    func(st *State[T], parent uint32) []uint32
}

// References adds a foreign key from a table to a parent table. The order of the
// calls is the order of the keys' creation. Column is where a row keeps the slot
// of its parent: NoSlot where it is NULL, and MissingSlot where there is no such
// parent, which Insert and Update then report.
func References[T, R, P any](
	table *TableDef[T, R], parent *TableDef[T, P], name string, onDelete Action, children Children[T, R], column func(*R) *uint32,
) {
	reserve := func(st *State[T]) uint32 { return parent.Table(&st.Tables).allocSlot() }
	parent.referrers = append(parent.referrers, referrer[T]{table, name, len(table.foreignKeys), onDelete, children.Drain})
	table.foreignKeys = append(table.foreignKeys, foreignKey[T, R]{name, column, children, parent.Name, reserve})
}
