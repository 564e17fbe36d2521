package rel

import (
	"context"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// newBusyStore returns a store whose reads have places.
func newBusyStore(t *testing.T) *Store[library] {
	t.Helper()
	s := newStore()
	for n := range copiesBeforePlaces {
		if s.places.Load() != nil {
			t.Fatalf("there are places after %d copies", n)
		}
		countAuthors(t, s)
		if err := insertAuthor(t.Context(), s, n, strconv.Itoa(n)); err != nil {
			t.Fatal(err)
		}
	}
	if s.places.Load() == nil {
		t.Fatalf("there are no places after %d copies", copiesBeforePlaces)
	}
	return s
}

func newAuthor(id int) *author { return &author{id: id, name: strconv.Itoa(id)} }

func mustInsert(t *testing.T, s *Store[library], id int) {
	t.Helper()
	if err := insertAuthor(t.Context(), s, id, strconv.Itoa(id)); err != nil {
		t.Fatal(err)
	}
}

// A statement after a read that has a place changes the state in place, and one during the
// read changes a clone.
func TestPlacesSaveCopies(t *testing.T) {
	t.Parallel()
	s := newBusyStore(t)
	first := s.Peek()
	for n := range 3 * readsBeforeMark {
		countAuthors(t, s)
		mustInsert(t, s, 100+n)
	}
	if s.Peek() != first {
		t.Error("the state was copied although no read was under way")
	}
	err := Read(t.Context(), s, nil, func(st *State[library]) error {
		before := st.Tables.authors.Len()
		mustInsert(t, s, 2000)
		second := s.Peek()
		if got := st.Tables.authors.Len(); got != before || second == st {
			t.Errorf("%d authors in the state of a read that began with %d", got, before)
		}
		// A read has its own state only.
		if mustInsert(t, s, 2001); s.Peek() != second {
			t.Error("a read of an older state makes statements copy the newest one")
		}
		return nil
	})
	expect(t, "the read", err, "<nil>")
	if got, want := countAuthors(t, s), copiesBeforePlaces+3*readsBeforeMark+2; got != want {
		t.Errorf("%d authors, want %d", got, want)
	}
}

// A state that is read often is marked. Each change begins the count again.
func TestStatesThatAreReadOftenAreMarked(t *testing.T) {
	t.Parallel()
	s := newBusyStore(t)
	*s.places.Load() = (*s.places.Load())[:1] // so that all reads are counted at one place
	read := func(n int) bool {
		for range n {
			countAuthors(t, s)
		}
		return s.Peek().read.Load()
	}
	if read(readsBeforeMark - 1) {
		t.Error("the state is marked too early")
	}
	mustInsert(t, s, 100)
	if read(readsBeforeMark - 1) {
		t.Error("reads before a change are counted")
	}
	if !read(1) {
		t.Error("the state is not marked")
	}
	marked := s.Peek()
	if mustInsert(t, s, 101); s.Peek() == marked {
		t.Error("a state with the mark was changed in place")
	}
	if read(readsBeforeMark - 1) {
		t.Error("reads of the state before are counted")
	}
}

// A read marks the state if all places are taken. A read that panics frees its place.
func TestReadsWithoutPlaces(t *testing.T) {
	t.Parallel()
	s := newBusyStore(t)
	places := *s.places.Load()
	st := s.Peek()
	for range places {
		if _, in := s.enter(); in == nil || st.read.Load() {
			t.Fatal("a read has no place although one is free")
		}
	}
	if _, in := s.enter(); in != nil || !st.read.Load() {
		t.Error("a read without a place has not marked the state")
	}
	for i := range places {
		places[i].free()
	}
	mustInsert(t, s, 100)
	func() {
		defer func() { _ = recover() }()
		_ = Read(t.Context(), s, nil, func(*State[library]) error { panic("a bug") })
	}()
	for i := range places {
		if places[i].owner.Load() != 0 {
			t.Error("a read that has panicked has a place")
		}
	}
}

// Readers sleep while the statement that changes the state in place does not go on, and
// see all that it has changed.
func TestReadersSleepBesideASleepingWriter(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]*Store[library]{"marks": newStore(), "places": newBusyStore(t)} {
		before := s.Peek().Tables.authors.Len()
		var readers sync.WaitGroup
		var done atomic.Int32
		err := Write(t.Context(), s, nil, FailsBeforeWriting, func(st *State[library]) error {
			if err := authorsDef.Insert(st, newAuthor(1000)); err != nil {
				return err
			}
			for range 8 {
				readers.Go(func() {
					if got := countAuthors(t, s); got != before+2 {
						t.Errorf("%s: %d authors, want %d", name, got, before+2)
					}
					done.Add(1)
				})
			}
			for s.parked.Load() == nil { // until one of them sleeps
				time.Sleep(time.Millisecond)
			}
			time.Sleep(10 * time.Millisecond)
			if done.Load() != 0 {
				t.Errorf("%s: a read has ended in the middle of the statement", name)
			}
			return authorsDef.Insert(st, newAuthor(1001))
		})
		expect(t, name, err, "<nil>")
		readers.Wait()
	}
}

// With one processor, statements that give it away in the middle and readers make progress.
func TestReadersAndWritersOnOneProcessor(t *testing.T) { //nolint:paralleltest // it sets GOMAXPROCS
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	s := newBusyStore(t)
	readBesideWrites(t, s, 4, 2, 300, runtime.Gosched)
}

// A read sees all of a statement or nothing, and statements in the order in which they ended.
func TestReadersBesideWriters(t *testing.T) {
	t.Parallel()
	readBesideWrites(t, newBusyStore(t), 3, 2, 2000, func() {})
	readBesideWrites(t, newStore(), 3, 2, 2000, func() {})
}

// readBesideWrites has goroutines write and read. Each statement inserts two rows, and calls
// between in the middle.
func readBesideWrites(t *testing.T, s *Store[library], readers, writers, statements int, between func()) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	first := s.snapshot().Tables.authors.Len()
	var reading, writing sync.WaitGroup
	for range readers {
		reading.Go(func() {
			for last := first; ctx.Err() == nil; {
				got := countAuthors(t, s)
				if got < last || (got-first)%2 != 0 {
					t.Errorf("%d authors after %d", got, last)
					return
				}
				last = got
			}
		})
	}
	for w := range writers {
		writing.Go(func() {
			for n := range statements {
				id := 10_000 * (w + 1) * 10
				err := Write(ctx, s, nil, FailsBeforeWriting, func(st *State[library]) error {
					if err := authorsDef.Insert(st, newAuthor(id+2*n)); err != nil {
						return err
					}
					between()
					return authorsDef.Insert(st, newAuthor(id+2*n+1))
				})
				if err != nil {
					t.Error(err)
				}
				if got := countAuthors(t, s); got < first+2*(n+1) {
					t.Errorf("%d authors after %d statements", got, n+1)
				}
			}
		})
	}
	writing.Wait()
	stop()
	reading.Wait()
	if got, want := s.Peek().Tables.authors.Len(), first+2*writers*statements; got != want {
		t.Errorf("%d authors, want %d", got, want)
	}
}
