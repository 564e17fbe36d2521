package rel

import (
	"hash/fnv"

	"github.com/tasktwin/tasktwin/internal/footprint"
)

// The footprint of a statement is what it has read, written and locked, for who explores
// the orders of statements. It has more than serializable transactions remember: also what
// a statement has looked for and not found because another had changed it before.

// IsRecorded reports whether the statement has a footprint.
func (st *State[T]) IsRecorded() bool { return st.session != nil && st.session.footprint != nil }

// recorded returns a copy of the state for a statement that reads, so that its footprint
// is noted. The session changes nothing while the statement runs.
func (st *State[T]) recorded(s *session[T]) *State[T] {
	c := st.clone()
	c.session = s
	return c
}

// record begins the footprint of a statement, if there is to be one, even if it is nothing.
func (s *session[T]) record(f *footprint.Statement) {
	s.footprint = f
	if f != nil {
		f.Known = true
	}
}

func (s *session[T]) touch(kind footprint.Kind, table, nth int, hash uint32, a footprint.Access, name func() string) {
	i := footprint.NewItem(kind, table, nth, hash)
	s.footprint.Touch(i, a)
	if names := s.footprint.Names; names != nil && names[i] == "" {
		names[i] = name()
	}
}

// lockAccess is the access of a lock.
var lockAccess = [...]footprint.Access{KeyShare: footprint.KeyShare, NoKeyUpdate: footprint.NoKeyUpdate, Update: footprint.Update}

// touchRow notes an access to the row at a slot. Rows of a table with Append never change.
func (d *TableDef[T, R]) touchRow(s *session[T], st *State[T], slot uint32, a footprint.Access) {
	if s == nil || s.footprint == nil || d.Append != nil {
		return
	}
	r := d.Table(&st.Tables).Parent(slot)
	if r == nil && s.newest != nil {
		st = s.newest
		r = d.Table(&st.Tables).Parent(slot)
	}
	if r != nil {
		d.touchRowOf(s, st, r, a)
	}
}

func (d *TableDef[T, R]) touchRowOf(s *session[T], st *State[T], r *R, a footprint.Access) {
	s.touch(footprint.Row, d.index, 0, d.identity(st, r), a, func() string { return d.Name + " " + d.key(&st.Tables, r) })
}

// identity returns a hash of a row's primary key.
func (d *TableDef[T, R]) identity(st *State[T], r *R) uint32 {
	if d.Unique[0].Find == nil {
		return d.Unique[0].entry(&st.Tables, r).hash
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(d.key(&st.Tables, r)))
	return h.Sum32()
}

// touchKey notes that a row's key to the nth unique index is taken or freed. A constraint
// without an index of its own is on columns that refer to other rows, for which the
// children of those stand, unless it is the primary key.
func (d *TableDef[T, R]) touchKey(st *State[T], nth int, r *R, a footprint.Access) {
	s, u := st.session, &d.Unique[nth]
	if s == nil || s.footprint == nil {
		return
	}
	var hash uint32
	switch e := u.entry(&st.Tables, r); {
	case e.in:
		hash = e.hash
	case nth == 0 && u.Find != nil:
		hash = d.identity(st, r)
	default:
		return
	}
	d.touchKeyHash(s, nth, hash, a)
}

func (d *TableDef[T, R]) touchKeyHash(s *session[T], nth int, hash uint32, a footprint.Access) {
	s.touch(footprint.Key, d.index, nth, hash, a, func() string { return d.Name + ", a key of " + d.Unique[nth].Name })
}

// touchChildren notes an access to the rows that refer to a parent by the nth foreign key,
// which is given by a hash of its primary key.
func (d *TableDef[T, R]) touchChildren(s *session[T], nth int, hash uint32, a footprint.Access) {
	if s == nil || s.footprint == nil {
		return
	}
	s.touch(footprint.Children, d.index, nth, hash, a, func() string {
		key := &d.foreignKeys[nth]
		return d.Name + " of one of " + key.parent.name() + ", by " + key.name
	})
}

func (d *TableDef[T, R]) touchTable(s *session[T], a footprint.Access) {
	s.touch(footprint.Table, d.index, 0, 0, a, func() string { return "all " + d.Name })
}

// touchChange notes that a row is stored, replaced or deleted: old is nil for an insert,
// and r for a delete.
func (d *TableDef[T, R]) touchChange(st *State[T], r, old *R) {
	s := st.session
	if s == nil || s.footprint == nil {
		return
	}
	const writes = footprint.Update | footprint.Writes
	d.touchTable(s, footprint.Writes)
	for _, version := range []*R{old, r} {
		if version == nil {
			continue
		}
		a := writes
		if old != nil && r != nil {
			a = footprint.NoKeyUpdate | footprint.Writes
		}
		d.touchRowOf(s, st, version, a)
		for i := range d.Unique {
			d.touchKey(st, i, version, writes)
		}
	}
	for i := range d.foreignKeys {
		key := &d.foreignKeys[i]
		for _, version := range []*R{old, r} {
			if version == nil || old != nil && r != nil && *key.column(old) == *key.column(r) {
				continue
			}
			if parent := *key.column(version); parent != NoSlot {
				d.touchChildren(s, i, key.parent.identityAt(st, parent), writes)
			}
		}
	}
}

// identityAt is identity for the row at a slot, or 0 if there is none.
func (d *TableDef[T, R]) identityAt(st *State[T], slot uint32) uint32 {
	if d.Append != nil {
		return 0
	}
	r := d.Table(&st.Tables).Parent(slot)
	if r == nil {
		return 0
	}
	return d.identity(st, r)
}

// identityOf is identity for a row of any table.
func (d *TableDef[T, R]) identityOf(st *State[T], row any) uint32 { return d.identity(st, row.(*R)) }

// TouchReference notes that a row which is about to be stored refers, by the nth foreign
// key, to the row with the primary key of a hash, whether that exists or not.
func (d *TableDef[T, R]) TouchReference(st *State[T], nth int, hash uint32) {
	if !st.IsRecorded() {
		return
	}
	d.touchChildren(st.session, nth, hash, footprint.Update|footprint.Writes)
	d.foreignKeys[nth].parent.touchPrimaryKey(st.session, hash)
}

func (d *TableDef[T, R]) touchPrimaryKey(s *session[T], hash uint32) {
	d.touchKeyHash(s, 0, hash, footprint.Sees)
}

// noteWaiting tells that the statement of a session waits. Callers must hold the latch.
func (w *waiter[T]) noteWaiting() {
	f := w.session.footprint
	if f == nil || f.Observer == nil {
		return
	}
	var holders []string
	for _, h := range w.holders() {
		holders = append(holders, h.session.name)
	}
	f.Observer.Waiting(holders, w.conflict.Table, w.conflict.Key)
}

// ready lets the statement look again whom it waits for. Callers must hold the latch.
func (w *waiter[T]) ready() {
	if f := w.session.footprint; f != nil && f.Observer != nil && !w.isReady {
		f.Observer.Going()
	}
	w.isReady = true
}

// touchDelete is touchChange for a row that has been removed, whose table may be any.
func (d *TableDef[T, R]) touchDelete(st *State[T], row any) { d.touchChange(st, nil, row.(*R)) }

// Touch notes in the footprint, only there, that the statement has looked at the row at a
// slot. Serializable transactions need not remember a row that could only be seen before
// its last change.
func (d *TableDef[T, R]) Touch(st *State[T], slot uint32) {
	d.touchRow(st.session, st, slot, footprint.Sees)
}
