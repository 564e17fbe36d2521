package rel

// entry is what a transaction has done to one row: it has the kind, the table's place in
// the schema and the row's slot, in one word, because a transaction may have millions.
type entry uint64

// entryKind is what was done. The kinds of locks come first, from the weakest to the
// strongest.
type entryKind uint8

const (
	lockedKeyShare entryKind = iota + 1
	lockedNoKeyUpdate
	lockedUpdate
	inserted
	updated
	deleted
)

// rowID is a row of any table, which keeps its slot as long as it exists.
type rowID uint64

const (
	kindShift  = 56
	tableShift = 32
)

func newRowID(table int, slot uint32) rowID { return rowID(table)<<tableShift | rowID(slot) }

func (r rowID) table() int { return int(r >> tableShift) }

func (r rowID) slot() uint32 { return uint32(r) }

func newEntry(kind entryKind, row rowID) entry { return entry(kind)<<kindShift | entry(row) }

func (e entry) kind() entryKind { return entryKind(e >> kindShift) }

func (e entry) row() rowID { return rowID(e & (1<<kindShift - 1)) }

// changes reports whether the entry is more than a lock.
func (e entry) changes() bool { return e.kind() >= inserted }

// lock returns the lock that the entry implies. Others cannot see a row that is not
// committed, so it has none.
func (e entry) lock() LockMode {
	switch e.kind() {
	case lockedKeyShare:
		return KeyShare
	case lockedNoKeyUpdate, updated:
		return NoKeyUpdate
	case lockedUpdate, deleted:
		return Update
	default:
		return noLock
	}
}

// LockMode is the strength of a lock on a row, as PostgreSQL has them. No statement
// takes FOR SHARE.
type LockMode uint8

// The modes, from the weakest to the strongest.
const (
	noLock LockMode = iota
	// KeyShare is for a row that a foreign key refers to.
	KeyShare
	// NoKeyUpdate is for an update that keeps all keys that a foreign key may refer to.
	NoKeyUpdate
	// Update is for a delete.
	Update
)

// conflicts reports whether two transactions cannot have both locks.
func (m LockMode) conflicts(o LockMode) bool {
	switch {
	case m == noLock || o == noLock:
		return false
	case m == Update || o == Update:
		return true
	default:
		return m == NoKeyUpdate && o == NoKeyUpdate
	}
}

// asLock returns the lock of the entry as an entry of its own, and false if it has none.
func (e entry) asLock() (entry, bool) {
	switch e.lock() {
	case KeyShare:
		return newEntry(lockedKeyShare, e.row()), true
	case NoKeyUpdate:
		return newEntry(lockedNoKeyUpdate, e.row()), true
	case Update:
		return newEntry(lockedUpdate, e.row()), true
	default:
		return 0, false
	}
}

// version is one commit, in a list from the oldest that a transaction needs to the
// newest. Older ones are garbage.
type version struct {
	log  []entry
	next *version
	// seq counts the versions.
	seq uint64
}
