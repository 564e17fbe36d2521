package rel

import (
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/tasktwin/tasktwin/memdb/internal/cow"
)

const (
	// copiesBeforePlaces is the number of copies because of reads from which on a store has
	// places.
	copiesBeforePlaces = 8
	// readsBeforeMark is the number of reads of an unchanged state at one place from which on the
	// state is marked as read. They cost about half as much as a copy.
	readsBeforeMark = 32
	// looksForState bounds how often a reader looks for the state before it sleeps, for some 10 µs.
	looksForState = 200
	// looksForReaders bounds how often a statement looks whether reads have ended before it copies
	// the state. A point read ends in time, and a list does not.
	looksForReaders = 500
	// pauseLength is the length of a pause between two looks, about 50 ns. Looking all the time
	// would slow down the writer, because it has to get the cache line back.
	pauseLength = 100
	// cacheLine is the size of a cache line, or of two where processors fetch them in pairs.
	cacheLine = 128
)

// place is where a read announces which state it reads. A statement changes a state in place
// only if no place has the state. No two places share a cache line.
type place struct {
	// owner is that of the state, or 0 if the place is free.
	owner atomic.Uint64
	// What follows belongs to the read that has the place. It counts the reads of a state since
	// it has changed: changes is what Store.changes was.
	state   cow.Owner
	changes uint64
	reads   int
	_       [cacheLine - 4*8]byte
}

// newPlaces returns more places than reads can run at the same time.
func newPlaces() *[]place {
	places := make([]place, 2*runtime.GOMAXPROCS(0))
	return &places
}

// placeHint is the index of the place that a processor has used last, so that the place is in
// its cache. It need not be right.
type placeHint struct{ i uint32 }

var (
	// placeHints keeps a hint for each processor, as every sync.Pool does.
	placeHints = sync.Pool{New: func() any { return &placeHint{lastHint.Add(1)} }}
	lastHint   atomic.Uint32
)

// take takes a place for a read of the state with an owner. It returns nil if none is free: a
// goroutine that is not running may have one, too.
func take(places []place, owner cow.Owner) *place {
	hint := placeHints.Get().(*placeHint)
	defer placeHints.Put(hint)
	for range places {
		if p := &places[int(hint.i)%len(places)]; p.owner.CompareAndSwap(0, uint64(owner)) {
			return p
		}
		hint.i++
	}
	return nil
}

// count counts a read of a state, and returns how many there were here since it has changed.
func (p *place) count(state cow.Owner, changes uint64) int {
	if p.state != state || p.changes != changes {
		p.state, p.changes, p.reads = state, changes, 0
	}
	p.reads++
	return p.reads
}

func (p *place) free() { p.owner.Store(0) }

// areFree reports whether no place has the state with an owner. It waits for a moment until
// the reads end.
func areFree(places []place, owner cow.Owner) bool {
	looks := 0
	for i := range places {
		for places[i].owner.Load() == uint64(owner) {
			if looks++; looks == looksForReaders {
				return false
			}
		}
	}
	return true
}

// pause lets a moment pass. It is not inlined, so that the compiler keeps the loop.
//
//go:noinline
func pause() {
	for range pauseLength {
	}
}
