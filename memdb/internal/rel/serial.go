package rel

import (
	"maps"
	"slices"
	"sync"

	"github.com/tasktwin/tasktwin/internal/footprint"
)

// Serializable transactions have a serial order unless one of them is a pivot: it has not
// seen what a second has written, and a third has not seen what it has written, and the
// second committed first. (Cahill, Röhm, Fekete: Serializable Isolation for Snapshot
// Databases; Ports, Grittner: Serializable Snapshot Isolation in PostgreSQL.) The rules
// which transaction then fails, and when, are PostgreSQL's. It remembers reads by page or
// by table where rows are many or tables small; here they are remembered by row, key and
// list.

// item is something that a transaction reads or writes: a row, a key of a unique index,
// the rows that refer to a row by a foreign key, or a whole table.
type item uint64

type itemKind uint8

const (
	rowItem itemKind = iota
	keyItem
	childrenItem
	tableItem
)

func newItem(kind itemKind, table, nth int, value uint32) item {
	return item(kind)<<56 | item(table)<<48 | item(nth)<<32 | item(value)
}

// serializables are the serializable transactions of a store.
type serializables struct {
	mu sync.Mutex
	// known are those that have not ended, and those that have committed while others
	// were under way that are still.
	known []*serializable
	// commits counts the commits.
	commits uint64
	// replacements counts the commits of all transactions, and replacedAt has, for a row,
	// the counts of those that have replaced it, without those that came after others since
	// the last snapshot, which saw lastSeen of them.
	replacements uint64
	lastSeen     uint64
	replacedAt   map[item][]uint64
}

// serializable is a serializable transaction.
type serializable struct {
	// readOnly is set for a transaction that may not write, and for one that has committed
	// without a write.
	readOnly            bool
	committed           bool
	snapshotAt, endedAt uint64 // counts of commits
	replacementsSeen    uint64 // by the snapshot
	replacement         uint64 // the count of its own commit
	reads               map[item]bool
	// replaced are rows that it has read in a version that is no longer the newest. Who
	// changes them has not changed what it has read.
	replaced map[item]bool
	// writes has, for each item, its place in the log. pending is what its statement, which
	// waits, has written so far.
	writes  map[item]int
	pending []item
	// in are the transactions that have not seen what this one has written, and out
	// are those that have written what this one has not seen.
	in, out conflicts
	// firstOut is the first commit among those that were in out and committed before this
	// one did, or 0.
	firstOut uint64
	// isDoomed is set by another transaction: this one cannot commit. A statement fails
	// then if it reads or writes a row, which hasTouched says. isPivot is set if the
	// statement that runs must fail in any case.
	isDoomed, hasTouched, isPivot bool
	// hasWritten stays set after a rollback to a savepoint.
	hasWritten bool
}

// conflicts are transactions in the order in which conflicts with them were found.
type conflicts []*serializable

func (c *conflicts) remove(t *serializable) {
	*c = slices.DeleteFunc(*c, func(o *serializable) bool { return o == t })
}

// begin adds a transaction, whose snapshot is taken now.
func (all *serializables) begin(readOnly bool) *serializable {
	all.mu.Lock()
	defer all.mu.Unlock()
	t := &serializable{
		readOnly: readOnly, snapshotAt: all.commits, replacementsSeen: all.replacements,
		reads: map[item]bool{}, replaced: map[item]bool{}, writes: map[item]int{},
	}
	all.known = append(all.known, t)
	all.lastSeen = all.replacements
	return t
}

// read notes what t reads.
func (all *serializables) read(t *serializable, i item) {
	all.mu.Lock()
	defer all.mu.Unlock()
	kind := itemKind(i >> 56)
	if kind == rowItem || kind == tableItem {
		t.hasTouched = true
	}
	_, hasWritten := t.writes[i]
	if t.reads[i] || hasWritten && kind == rowItem { // its own version of the row
		return
	}
	t.reads[i] = true
	replacement := all.firstReplacement(t, i)
	if replacement != 0 {
		t.replaced[i] = true
	}
	for _, w := range all.known {
		switch {
		case w == t || w.isDoomed || !w.hasWrittenItem(i):
		case w.committed && w.endedAt <= t.snapshotAt: // t has seen it
		case replacement != 0 && w.replacement != replacement: // it has changed a newer version than t reads
		case t.readOnly && w.committed && (w.firstOut == 0 || t.snapshotAt < w.firstOut): // t comes first
		default:
			all.conflict(t, w, t)
		}
	}
}

// firstReplacement returns the count of the commit that has replaced a row first since a
// transaction's snapshot, or 0.
func (all *serializables) firstReplacement(t *serializable, i item) uint64 {
	counts := all.replacedAt[i]
	if n, _ := slices.BinarySearch(counts, t.replacementsSeen+1); n < len(counts) {
		return counts[n]
	}
	return 0
}

// watch notes what t reads in its newest version. It sees what others have committed, so
// that it has conflicts only with those that write later.
func (all *serializables) watch(t *serializable, i item) {
	all.mu.Lock()
	defer all.mu.Unlock()
	t.reads[i] = true
}

// write notes what t writes, in the entry of its log at a position.
func (all *serializables) write(t *serializable, at int, items ...item) {
	all.mu.Lock()
	defer all.mu.Unlock()
	t.hasTouched, t.hasWritten = true, true
	for _, i := range items {
		if _, ok := t.writes[i]; !ok {
			t.writes[i] = at
		}
		all.conflictIn(t, i)
	}
}

func (t *serializable) hasWrittenItem(i item) bool {
	_, ok := t.writes[i]
	return ok || slices.Contains(t.pending, i)
}

// attempt adds the conflicts of what a statement has written that then fails or waits.
func (all *serializables) attempt(t *serializable, items []item) {
	all.mu.Lock()
	defer all.mu.Unlock()
	t.hasTouched, t.hasWritten = true, true
	for _, i := range items {
		all.conflictIn(t, i)
	}
}

// setPending sets what a statement has written that waits. Those who read it meanwhile have not
// seen it.
func (all *serializables) setPending(t *serializable, items []item) {
	all.mu.Lock()
	defer all.mu.Unlock()
	t.pending = items
}

// conflictIn adds the conflicts of those that have read what t writes.
func (all *serializables) conflictIn(t *serializable, i item) {
	for _, r := range all.known {
		if r != t && r.reads[i] && !r.replaced[i] && !r.isDoomed && (!r.committed || r.endedAt > t.snapshotAt) {
			all.conflict(r, t, t)
		}
	}
}

// conflict adds a conflict of a reader that has not seen what a writer has written. If
// that completes a structure without a serial order, one of them has to fail: the writer,
// unless it has committed. Running is the one whose statement runs.
func (all *serializables) conflict(r, w, running *serializable) {
	if slices.Contains(r.out, w) {
		return
	}
	if isDangerous(r, w) {
		if w == running || w.committed {
			running.isPivot = true
			return
		}
		w.isDoomed = true
	}
	r.out, w.in = append(r.out, w), append(w.in, r)
}

// isDangerous reports whether a new conflict makes its reader or its writer a pivot.
func isDangerous(r, w *serializable) bool {
	if w.committed && w.firstOut != 0 {
		return true
	}
	for _, second := range w.out { // r -> w -> second
		if second.committed && (!r.committed || second.endedAt <= r.endedAt) && (!w.committed || second.endedAt <= w.endedAt) &&
			(!r.readOnly || second.endedAt <= r.snapshotAt) {
			return true
		}
	}
	if !w.committed || r.readOnly {
		return false
	}
	for _, first := range r.in { // first -> r -> w
		if !first.isDoomed && (!first.committed || first.endedAt >= w.endedAt) && (!first.readOnly || first.snapshotAt >= w.endedAt) {
			return true
		}
	}
	return false
}

// commit ends a transaction, or returns ErrDependencies if it has no place in a serial
// order. It dooms the pivots that it leaves behind.
func (all *serializables) commit(t *serializable) error {
	all.mu.Lock()
	defer all.mu.Unlock()
	if t.isDoomed || t.isPivot {
		return ErrDependencies
	}
	for _, pivot := range t.in {
		if pivot.committed || pivot.isDoomed {
			continue
		}
		for _, first := range pivot.in {
			if first == t || !first.committed && !first.readOnly && !first.isDoomed {
				pivot.isDoomed = true
				break
			}
		}
	}
	all.commits++
	t.committed, t.endedAt = true, all.commits
	t.readOnly = t.readOnly || !t.hasWritten
	for _, w := range slices.Clone(t.out) {
		if w.committed {
			if !t.readOnly && (t.firstOut == 0 || w.endedAt < t.firstOut) {
				t.firstOut = w.endedAt
			}
			t.out.remove(w)
			w.in.remove(t)
		}
	}
	for _, r := range slices.Clone(t.in) {
		if r.committed || r.readOnly {
			t.in.remove(r)
			r.out.remove(t)
		}
	}
	all.forget()
	return nil
}

// replace notes that a commit has replaced rows, in whatever isolation.
func (all *serializables) replace(t *serializable, log []entry) {
	all.mu.Lock()
	defer all.mu.Unlock()
	if len(all.known) == 0 {
		return
	}
	if all.replacedAt == nil {
		all.replacedAt = map[item][]uint64{}
	}
	all.replacements++
	if t != nil {
		t.replacement = all.replacements
	}
	for _, e := range log {
		if !e.changes() {
			continue
		}
		i := newItem(rowItem, e.row().table(), 0, e.row().slot())
		if counts := all.replacedAt[i]; len(counts) == 0 || counts[len(counts)-1] <= all.lastSeen {
			all.replacedAt[i] = append(counts, all.replacements)
		}
		for _, r := range all.known {
			if r != t && r.reads[i] {
				r.replaced[i] = true
			}
		}
	}
}

// rollBack ends a transaction that has not committed.
func (all *serializables) rollBack(t *serializable) {
	all.mu.Lock()
	defer all.mu.Unlock()
	if t.committed {
		return
	}
	all.remove(t)
	all.forget()
}

// forget removes the committed transactions that no other overlaps any more.
func (all *serializables) forget() {
	oldest := all.commits
	for _, t := range all.known {
		if !t.committed {
			oldest = min(oldest, t.snapshotAt)
		}
	}
	for _, t := range slices.Clone(all.known) {
		if t.committed && t.endedAt <= oldest {
			all.remove(t)
		}
	}
	if len(all.known) == 0 {
		all.replacedAt = nil
	}
}

func (all *serializables) remove(t *serializable) {
	all.known = slices.DeleteFunc(all.known, func(o *serializable) bool { return o == t })
	for _, o := range t.in {
		o.out.remove(t)
	}
	for _, o := range t.out {
		o.in.remove(t)
	}
}

// takeBack forgets what a transaction has written from a position of its log on.
func (all *serializables) takeBack(t *serializable, from int) {
	all.mu.Lock()
	defer all.mu.Unlock()
	if t.committed {
		return
	}
	maps.DeleteFunc(t.writes, func(_ item, at int) bool { return at >= from })
}

// mustFail reports whether a transaction cannot commit any more, or the statement that runs
// must fail.
func (all *serializables) mustFail(t *serializable) bool {
	all.mu.Lock()
	defer all.mu.Unlock()
	mustFail := t.isPivot || t.isDoomed && t.hasTouched
	t.isPivot, t.hasTouched = false, false
	return mustFail
}

// IsTracked reports whether the store notes what the statement reads: its transaction is
// serializable, or it has a footprint.
func (st *State[T]) IsTracked() bool {
	return st.session != nil && (st.session.serializable != nil || st.session.footprint != nil)
}

func (st *State[T]) noteRead(i item) {
	if s := st.session; s != nil && s.serializable != nil {
		s.store.serializables.read(s.serializable, i)
	}
}

// Read notes that the statement has read the row at a slot. NoSlot has none.
func (d *TableDef[T, R]) Read(st *State[T], slot uint32) {
	if slot == NoSlot {
		return
	}
	st.noteRead(newItem(rowItem, d.index, 0, slot))
	d.touchRow(st.session, st, slot, footprint.Sees)
}

// ReadKey notes that the statement has looked for a row by the hash of a key of the nth
// unique index, which has an index of its own.
func (d *TableDef[T, R]) ReadKey(st *State[T], nth int, hash uint32) {
	st.noteRead(newItem(keyItem, d.index, nth, hash))
	if st.IsRecorded() {
		d.touchKeyHash(st.session, nth, hash, footprint.Sees)
	}
}

// ReadChildren notes that the statement has looked for the rows that refer to a row by the
// nth foreign key of their table. The row need not exist. It is given by the hash of its key
// to the first unique index of its table.
func (d *TableDef[T, R]) ReadChildren(st *State[T], nth int, hash uint32) {
	st.noteRead(newItem(childrenItem, d.index, nth, hash))
	d.touchChildren(st.session, nth, hash, footprint.Sees)
}

// ReadAll notes that the statement has read the whole table.
func (d *TableDef[T, R]) ReadAll(st *State[T]) {
	st.noteRead(newItem(tableItem, d.index, 0, 0))
	if st.IsRecorded() {
		d.touchTable(st.session, footprint.Sees)
	}
}

// noteWrite notes that the statement has stored, replaced or deleted a row: r is nil for a
// delete, and old for an insert.
func (d *TableDef[T, R]) noteWrite(st *State[T], slot uint32, r, old *R) {
	s := st.session
	if s == nil || s.serializable == nil {
		return
	}
	s.store.serializables.write(s.serializable, len(s.log)-1, d.writtenItems(st, slot, r, old)...)
}

func (d *TableDef[T, R]) writtenItems(st *State[T], slot uint32, r, old *R) []item {
	items := []item{newItem(rowItem, d.index, 0, slot), newItem(tableItem, d.index, 0, 0)}
	if r == nil {
		return items
	}
	for i := range d.Unique {
		u := &d.Unique[i]
		if e := u.entry(&st.Tables, r); e.in && (old == nil || !u.Same(&st.Tables, old, r)) {
			items = append(items, newItem(keyItem, d.index, i, e.hash))
		}
	}
	for i := range d.foreignKeys {
		column := d.foreignKeys[i].column
		if parent := *column(r); parent != NoSlot && (old == nil || parent != *column(old)) {
			items = append(items, newItem(childrenItem, d.index, i, d.foreignKeys[i].parent.keyHashAt(st, parent)))
		}
	}
	return items
}

// The same for tables of any row type.

func (d *TableDef[T, R]) noteChildrenRead(s *session[T], nth int, hash uint32) {
	s.store.serializables.watch(s.serializable, newItem(childrenItem, d.index, nth, hash))
}

// keyHash returns the hash of a row's key to the first unique index.
func (d *TableDef[T, R]) keyHash(t *T, row any) uint32 {
	return d.Unique[0].entry(t, row.(*R)).hash
}

// keyHashAt is keyHash for the row at a slot, or 0 if there is none.
func (d *TableDef[T, R]) keyHashAt(st *State[T], slot uint32) uint32 {
	if !d.has(st, slot) {
		return 0
	}
	return d.keyHash(&st.Tables, d.Table(&st.Tables).Row(slot))
}

func (d *TableDef[T, R]) noteDelete(st *State[T], slot uint32) { d.noteWrite(st, slot, nil, nil) }

// writtenUpTo returns what an insert has written when it has come to the nth unique index, that
// one included: first the table, for those who have read it from end to end, then one index after
// the other.
func (d *TableDef[T, R]) writtenUpTo(st *State[T], r *R, nth int) []item {
	return slices.DeleteFunc(d.writtenItems(st, MissingSlot, r, nil), func(i item) bool {
		switch kind, place := itemKind(i>>56), int(i>>32&0xff); kind {
		case rowItem:
			return true // others find it in none of the indexes that are left
		case keyItem:
			return place > nth
		case childrenItem:
			by := d.foreignKeys[place].children.Unique
			return by != Unindexed && max(1, by) > nth
		default:
			return false
		}
	})
}
