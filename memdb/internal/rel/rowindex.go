package rel

import "slices"

// searchedLog is the length up to which a log is searched for a row without an index.
const searchedLog = 32

// rowIndex has the rows of the first entries of a log by the kinds that has may ask for.
type rowIndex struct {
	sets    [updated + 1]rowSet
	entries int
}

// has reports whether the transaction's log has an entry of a kind for a row: inserted,
// updated or lockedKeyShare.
func (s *session[T]) has(kind entryKind, row rowID) bool {
	if len(s.log) <= searchedLog {
		return slices.Contains(s.log, newEntry(kind, row))
	}
	for _, e := range s.log[s.rows.entries:] {
		s.rows.add(e)
	}
	s.rows.entries = len(s.log)
	return s.rows.sets[kind].has(row)
}

func (x *rowIndex) add(e entry) {
	if kind := e.kind(); kind == inserted || kind == updated || kind == lockedKeyShare {
		x.sets[kind].add(e.row())
	}
}

// truncate drops the entries from a position on of the log that the index is of.
func (x *rowIndex) truncate(log []entry, to int) {
	switch {
	case x.entries <= to:
		return
	case to == 0:
		*x = rowIndex{}
		return
	}
	hasUpdates := false
	for _, e := range log[to:x.entries] {
		if kind := e.kind(); kind <= updated {
			x.sets[kind].remove(e.row())
		}
		hasUpdates = hasUpdates || e.kind() == updated
	}
	x.entries = to
	if hasUpdates { // a row may have been updated before, too
		for _, e := range log[:to] {
			x.add(e)
		}
	}
}

// logUpdated adds an update to the log. The lock that it has begun with goes, because the
// update says that, too. Nobody has looked at the lock: the statement has the latch since it has
// taken it.
func (s *session[T]) logUpdated(row rowID) {
	if last := len(s.log) - 1; last >= s.mark && s.log[last] == newEntry(lockedNoKeyUpdate, row) {
		s.log[last] = newEntry(updated, row)
		if s.rows.entries > last {
			s.rows.add(s.log[last])
		}
		return
	}
	s.note(updated, row)
}
