package memdb

// insert stores a new row. Violations are found in PostgreSQL's order: not-null
// columns, check constraints, unique indexes as they were created, foreign keys
// as they were created. Where it returns an error, nothing has changed.
func (d *tableDef[R]) insert(st *state, f *fresh[R]) error {
	if err := d.checkValues(f.row); err != nil {
		return err
	}
	// Some unique indexes are of what a row refers to, so that is looked up first.
	missing := d.findParents(st, f.row, &f.refs)
	var tags tags
	if err := d.checkUnique(st, f.row, &tags); err != nil {
		return err
	}
	if missing != nil {
		return missingParent(d.name, missing.name)
	}
	slot := d.place(st, f, &tags)
	if d.stored != nil {
		d.stored(st, slot, f.row, nil)
	}
	return nil
}

// tags are a row's in the unique indexes that it is in.
type tags [maxUnique]struct {
	tag uint32
	in  bool
}

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

// findParents tells a row where the rows are that it refers to, and returns the
// first foreign key to what is not there, if any.
func (d *tableDef[R]) findParents(st *state, r *R, refs *refs) (missing *parent[R]) {
	for i := range d.parents {
		p, at := &d.parents[i], d.parents[i].column(r)
		*at = noSlot
		if !refs[i].Valid {
			continue
		}
		if slot, ok := p.find(st, refs[i].UUID); ok {
			*at = slot
		} else if missing == nil {
			missing = p
		}
	}
	return missing
}

// place puts a row that has been checked into the table and its indexes.
func (d *tableDef[R]) place(st *state, f *fresh[R], tags *tags) uint32 {
	st.changed = true
	t := d.of(st)
	slot := t.take()
	if d.initiator != nil {
		*d.initiator(f.row) = st.initiators.add(st.own, f.initiator)
	}
	t.rows.Set(st.own, slot, f.row)
	for i := range d.unique {
		if tags[i].in {
			t.unique[i].Insert(st.own, tags[i].tag, slot)
		}
	}
	for i := range d.parents {
		p := &d.parents[i]
		if parent := *p.column(f.row); parent != noSlot {
			p.attach(st, parent, slot, f.row)
		}
	}
	return slot
}

// update puts a row in the place of another. It refers to what that referred to,
// unless there are refs. No statement changes a column of a unique index except
// by leaving a partial one, so there is no duplicate to look for.
func (d *tableDef[R]) update(st *state, slot uint32, old, r *R, refs *refs) error {
	if err := d.checkValues(r); err != nil {
		return err
	}
	if refs != nil {
		if missing := d.findParents(st, r, refs); missing != nil {
			return missingParent(d.name, missing.name)
		}
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
		was, is := *p.column(old), *p.column(r)
		if was == is {
			continue
		}
		if was != noSlot {
			p.detach(st, was, slot, old)
		}
		if is != noSlot {
			p.attach(st, is, slot, r)
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
	// A parent may be gone by now, in the same statement: then its slot is nobody
	// else's yet, and its lists are empty, or about to be.
	for i := range d.parents {
		p := &d.parents[i]
		if parent := *p.column(r); parent != noSlot {
			p.detach(st, parent, slot, r)
		}
	}
	if d.initiator != nil {
		st.initiators.remove(st.own, *d.initiator(r))
	}
	if d.removed != nil {
		d.removed(st, slot, r)
	}
	return removal{table: d.name, slot: slot, children: d.children}
}

// cascader is a table of any rows, of which a delete may reach some.
type cascader interface {
	tableName() string
	// remove takes out a row and returns what it was to those who refer to it.
	remove(st *state, slot uint32) removal
}

// removal is a row that is gone, and the foreign keys to it.
type removal struct {
	table    string
	slot     uint32
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
		for _, slot := range key.take(st, parent.slot) {
			if key.onDelete != cascade {
				return stillReferenced(st.opts, parent.table, key)
			}
			remove(key.table, slot)
		}
	}
	st.settle()
	return nil
}
