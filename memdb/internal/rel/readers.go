package rel

import "sync"

// snapshot returns the committed state and marks it as read, so that it never changes
// from then on.
func (s *Store[T]) snapshot() *State[T] {
	for {
		st := s.awaitCurrent()
		if !st.read.Load() {
			st.read.Store(true)
		}
		// A writer that missed the mark has already taken the pointer away, or has
		// finished. Later writers see the mark.
		if s.current.Load() == st {
			return st
		}
	}
}

// enter returns the committed state for a read. It does not change until the read has ended: it
// is marked as read, or the read has a place, which the read must free at its end.
//
// Marking costs a read nothing once it is done, but makes the next statement copy the state. A
// place costs each read some 15 ns, and no copy. So a state is marked when it has been read
// often enough since it has changed.
func (s *Store[T]) enter() (st *State[T], in *place) {
	// Most states are marked when they are read.
	if st := s.current.Load(); st != nil && st.read.Load() && s.current.Load() == st {
		return st, nil
	}
	places := s.places.Load()
	if places == nil {
		return s.snapshot(), nil
	}
	for {
		st := s.awaitCurrent()
		if st.read.Load() {
			return s.snapshot(), nil
		}
		in := take(*places, st.owner)
		if in == nil {
			return s.snapshot(), nil
		}
		// As in snapshot: a writer that missed the place has already taken the pointer away.
		if s.current.Load() == st {
			if in.count(st.owner, s.changes.Load()) >= readsBeforeMark {
				st.read.Store(true)
			}
			return st, in
		}
		in.free()
	}
}

// awaitCurrent returns the committed state. It waits while a statement changes the state in
// place, which is most often a matter of a microsecond. Readers look for that long, and then
// sleep: the writer may not be running.
func (s *Store[T]) awaitCurrent() *State[T] {
	for {
		for range looksForState {
			if st := s.current.Load(); st != nil {
				return st
			}
			if s.schema == nil {
				panic(errZeroStore) // no writer will bring a state back
			}
			pause()
		}
		s.park()
	}
}

// park sleeps until a state is published, or returns at once if one is there. The first reader
// that sleeps leaves a locked mutex for the writer to unlock. A mutex, unlike a channel, may be used
// inside and outside of a bubble of testing/synctest.
func (s *Store[T]) park() {
	gate := s.parked.Load()
	if gate == nil {
		gate = new(sync.Mutex)
		gate.Lock()
		if !s.parked.CompareAndSwap(nil, gate) {
			return
		}
	}
	if s.current.Load() != nil { // the writer may have missed the mutex
		s.unpark()
	}
	gate.Lock()
	gate.Unlock() //nolint:staticcheck // the next one that sleeps goes on, too
}

// unpark wakes the readers that sleep.
func (s *Store[T]) unpark() {
	if gate := s.parked.Load(); gate != nil && s.parked.CompareAndSwap(gate, nil) {
		gate.Unlock()
	}
}
