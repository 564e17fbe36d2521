package rel

// Rows keep their slots in all states, so that a row of one state is found in another.
// One transaction alone takes slots from its state. As soon as there are several, all
// take them from the store, which gives each slot once.

// sharedSlots are the next slots of all tables.
type sharedSlots struct {
	next []uint32
	// tails are, of tables with Append, the next slots for statements outside of
	// transactions: see session.tails.
	tails []uint32
}

// shareSlots has all transactions take slots from the store. Callers must hold the latch.
func (s *Store[T]) shareSlots() {
	shared := &sharedSlots{next: make([]uint32, len(s.schema.tables)), tails: make([]uint32, len(s.schema.tables))}
	states := []*State[T]{s.current.Load()}
	for _, o := range s.sessions {
		if o.pending != nil {
			states = append(states, o.pending)
		}
	}
	for i, table := range s.schema.tables {
		for _, st := range states {
			shared.next[i] = max(shared.next[i], table.nextSlot(st))
		}
	}
	s.shared = shared
}

// nextSlot returns the first slot from which on none is used. A table with Append gives
// slots by the block.
func (d *TableDef[T, R]) nextSlot(st *State[T]) uint32 {
	if d.Append == nil {
		return d.Table(&st.Tables).next
	}
	return (d.Size(&st.Tables) + d.Block - 1) / d.Block * d.Block
}

// reclaimSlots makes the slots free that a statement or a committed transaction has freed. It
// drops the pages of the rows and of all vectors by the same slots where no row is left. The time
// is that of the deletes: a page is dropped once for each time that it was filled.
func (d *TableDef[T, R]) reclaimSlots(st *State[T]) {
	if d.Append != nil || d.Table(&st.Tables).freed == nil {
		return
	}
	d.Table(&st.Tables).reclaimSlots(st.owner, func(page uint32) {
		for _, vector := range d.BySlot {
			vector(&st.Tables).DropPage(st.owner, page)
		}
	})
}

func (s *Schema[T]) reclaimSlots(st *State[T]) {
	for _, table := range s.tables {
		table.reclaimSlots(st)
	}
}

// allocSlot returns a slot for a new row.
func (d *TableDef[T, R]) allocSlot(st *State[T]) uint32 {
	s := st.session
	if s == nil || s.store.shared == nil {
		if d.Append != nil {
			return d.Size(&st.Tables)
		}
		return d.Table(&st.Tables).lowest()
	}
	shared := s.store.shared
	if d.Append != nil {
		return d.allocInBlock(s, shared)
	}
	shared.next[d.index]++
	return shared.next[d.index] - 1
}

// allocInBlock returns a slot of the transaction's own block. Statements outside of
// transactions are done before others come, and share one.
func (d *TableDef[T, R]) allocInBlock(s *session[T], shared *sharedSlots) uint32 {
	tails := shared.tails
	if !s.isImplicit {
		if s.tails == nil {
			s.tails = make([]uint32, len(tails))
		}
		tails = s.tails
	}
	if tails[d.index]%d.Block == 0 {
		tails[d.index] = shared.next[d.index]
		shared.next[d.index] += d.Block
	}
	tails[d.index]++
	return tails[d.index] - 1
}
