package memdb

import (
	"github.com/google/uuid"
)

// insert stores a new row. Violations are found in PostgreSQL's order: not-null
// columns, check constraints, unique indexes as they were created, foreign keys
// as they were created. Where it returns an error, nothing has changed.
func (d *tableDef[R]) insert(st *state, r *R) error {
	if err := d.checkValues(r); err != nil {
		return err
	}
	var tags tags
	if err := d.checkUnique(st, r, &tags); err != nil {
		return err
	}
	var slots parentSlots
	if err := d.checkParents(st, r, &slots); err != nil {
		return err
	}
	d.store(st, r, &tags, &slots)
	return nil
}

// tags are a row's in the unique indexes that it is in.
type tags [maxUnique]struct {
	tag uint32
	in  bool
}

// parentSlots are where the rows are that a row refers to.
type parentSlots [maxParents]uint32

// checkValues returns the error of a row that may not be in the table, whatever
// else is there.
func (d *tableDef[R]) checkValues(r *R) error {
	if d.check == nil {
		return nil
	}
	return d.check(r)
}

// checkUnique returns the error of a row that is not unique where it has to be.
func (d *tableDef[R]) checkUnique(st *state, r *R, tags *tags) error {
	t := d.of(st)
	for i := range d.unique {
		u, at := &d.unique[i], &tags[i]
		taken := false
		if u.taken != nil {
			taken = u.taken(st, r)
		} else if at.tag, at.in = u.tag(&st.opts, r); at.in {
			_, taken = t.unique[i].Find(at.tag, func(slot uint32) bool { return u.same(&st.opts, t.rows.Get(slot), r) })
		}
		if taken {
			return uniqueViolation(d.name, string(u.name))
		}
	}
	return nil
}

// checkParents returns the error of a row that refers to what is not there.
func (d *tableDef[R]) checkParents(st *state, r *R, slots *parentSlots) error {
	for i := range d.parents {
		p := &d.parents[i]
		id := p.column(r)
		if !id.Valid {
			continue
		}
		slot, ok := p.find(st, id.UUID)
		if !ok {
			return missingParent(d.name, p.name)
		}
		slots[i] = slot
	}
	return nil
}

// store puts a row that has been checked into the table and its indexes.
func (d *tableDef[R]) store(st *state, r *R, tags *tags, slots *parentSlots) {
	slot := d.place(st, r, tags)
	for i := range d.parents {
		p := &d.parents[i]
		if p.attach != nil && p.column(r).Valid {
			p.attach(st, slots[i], slot, r)
		}
	}
	if d.stored != nil {
		d.stored(st, slot, r, nil)
	}
}

// place puts a row into the table and the unique indexes, but not where its
// parents look for it.
func (d *tableDef[R]) place(st *state, r *R, tags *tags) uint32 {
	st.changed = true
	t := d.of(st)
	slot := t.take()
	t.rows.Set(st.own, slot, r)
	for i := range d.unique {
		if tags[i].in {
			t.unique[i].Insert(st.own, tags[i].tag, slot)
		}
	}
	return slot
}

// update puts a row in the place of another. No statement changes a column of a
// unique index except by leaving a partial one, so there is no duplicate to look
// for.
func (d *tableDef[R]) update(st *state, slot uint32, old, r *R) error {
	if err := d.checkValues(r); err != nil {
		return err
	}
	var slots parentSlots
	if err := d.checkParents(st, r, &slots); err != nil {
		return err
	}
	st.changed = true
	t := d.of(st)
	t.rows.Set(st.own, slot, r)
	for i := range d.unique {
		if d.unique[i].tag == nil {
			continue
		}
		tag, was := d.unique[i].tag(&st.opts, old)
		if _, in := d.unique[i].tag(&st.opts, r); was && !in {
			t.unique[i].Remove(st.own, tag, slot)
		}
	}
	for i := range d.parents {
		p := &d.parents[i]
		was, is := p.column(old), p.column(r)
		if p.attach == nil || was == is {
			continue
		}
		if was.Valid {
			parent, _ := p.find(st, was.UUID)
			p.detach(st, parent, slot, old)
		}
		if is.Valid {
			p.attach(st, slots[i], slot, r)
		}
	}
	if d.stored != nil {
		d.stored(st, slot, r, old)
	}
	return nil
}

func (d *tableDef[R]) tableName() string { return d.name }

func (d *tableDef[R]) exists(st *state, slot uint32) bool { return d.of(st).rows.Get(slot) != nil }

// remove takes a row out of the table and its indexes.
func (d *tableDef[R]) remove(st *state, slot uint32) removal {
	st.changed = true
	t := d.of(st)
	r := t.rows.Get(slot)
	for i := range d.unique {
		if d.unique[i].tag == nil {
			continue
		}
		if tag, in := d.unique[i].tag(&st.opts, r); in {
			t.unique[i].Remove(st.own, tag, slot)
		}
	}
	t.rows.Set(st.own, slot, nil)
	t.give(slot)
	for i := range d.parents {
		p := &d.parents[i]
		if p.detach == nil {
			continue
		}
		// A parent that is gone has forgotten its children, or is about to.
		if id := p.column(r); id.Valid {
			if parent, ok := p.find(st, id.UUID); ok {
				p.detach(st, parent, slot, r)
			}
		}
	}
	if d.removed != nil {
		d.removed(st, slot, r)
	}
	out := removal{table: d.name, slot: slot, children: d.children}
	if d.id != nil {
		out.id = d.id(r)
	}
	return out
}

// cascader is a table of any rows, of which a delete may reach some.
type cascader interface {
	tableName() string
	// exists reports whether there is a row at a slot.
	exists(st *state, slot uint32) bool
	// remove takes out a row and returns what it was to those who refer to it.
	remove(st *state, slot uint32) removal
}

// removal is a row that is gone, and the foreign keys to it.
type removal struct {
	table    string
	slot     uint32
	id       uuid.UUID
	children []child
}

// delete removes a row and does what the foreign keys to it say. PostgreSQL
// queues one trigger per foreign key for each deleted row and fires them first
// in, first out; what a cascade deletes queues at the end. The order decides
// which of several violations is reported, and whether a cascade removes a
// reference before a NO ACTION key looks for it. Where it returns an error, the
// state is half changed and of no use.
func (st *state) delete(table cascader, slot uint32) error {
	type event struct {
		parent *removal
		key    *child
	}
	var queue []event
	remove := func(table cascader, slot uint32) {
		gone := table.remove(st, slot)
		for i := range gone.children {
			queue = append(queue, event{&gone, &gone.children[i]})
		}
	}
	remove(table, slot)
	for len(queue) > 0 {
		parent, key := queue[0].parent, queue[0].key
		queue = queue[1:]
		for _, slot := range key.take(st, parent.slot, parent.id) {
			if !key.table.exists(st, slot) {
				continue
			}
			if key.onDelete != cascade {
				return stillReferenced(st.opts, parent.table, key)
			}
			remove(key.table, slot)
		}
	}
	st.settle()
	return nil
}
