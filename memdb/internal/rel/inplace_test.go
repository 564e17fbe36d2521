package rel

import (
	"context"
	"runtime"
	"testing"
)

func newStore() *Store[library] {
	s := new(Store[library])
	s.Init(&librarySchema, library{})
	return s
}

func insertAuthor(ctx context.Context, x Executor[library], id int, name string) error {
	return Write(ctx, x, nil, FailsBeforeWriting, func(st *State[library]) error {
		return authorsDef.Insert(st, &author{id: id, name: name})
	})
}

// countAuthors returns the number of authors that a statement reads.
func countAuthors(t *testing.T, x Executor[library]) (n int) {
	t.Helper()
	err := Read(t.Context(), x, nil, func(st *State[library]) error {
		n = st.Tables.authors.Len()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A state is changed in place until somebody reads it, and never afterwards.
func TestReadStatesAreNotChangedInPlace(t *testing.T) {
	t.Parallel()
	s := newStore()
	// write makes an empty write and returns the state that it changed.
	write := func(mode WriteMode) *State[library] {
		before := s.Peek()
		st, err := s.startWrite(t.Context(), nil, mode)
		if err != nil {
			t.Fatal(err)
		}
		st.changed = true
		switch inPlace := st == before; {
		case inPlace && st.read.Load():
			t.Error("a state that was read is changed in place")
		case inPlace != (s.Peek() == nil):
			t.Error("readers find the state during a change in place, or find none during a change of a clone")
		}
		if _, err := s.endWrite(t.Context(), st, nil); err != nil {
			t.Fatal(err)
		}
		if s.Peek() != st {
			t.Error("the state is not published")
		}
		return st
	}
	first := s.Peek()
	for range 2 {
		if write(FailsBeforeWriting) != first {
			t.Error("a state that nobody has read was cloned")
		}
	}
	if write(MayFailMidway) == first {
		t.Error("a statement that may fail midway changes the state in place")
	}
	second := s.Peek()
	for what, read := range map[string]func(){
		"a query":    func() { countAuthors(t, s) },
		"a fork":     func() { s.Fork(new(Store[library])) },
		"a snapshot": func() { s.snapshot() },
		"a transaction": func() {
			_ = s.InTx(t.Context(), TxOptions{}, func(tx *Tx[library]) error { countAuthors(t, tx); return nil })
		},
	} {
		read()
		third := write(FailsBeforeWriting)
		if third == second {
			t.Errorf("%s has read the state, and it is changed in place", what)
		}
		if write(FailsBeforeWriting) != third {
			t.Errorf("after %s and a write, a state that nobody has read was cloned", what)
		}
		second = third
	}
	// A clone without changes is not published.
	s.snapshot()
	st, err := s.startWrite(t.Context(), nil, FailsBeforeWriting)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.endWrite(t.Context(), st, nil); err != nil || s.Peek() == st {
		t.Errorf("a state without changes was published: %v", err)
	}
}

// Inserts, updates and deletes on a clone are published. The error of a read is returned.
func TestChangesToClonesArePublished(t *testing.T) {
	t.Parallel()
	s := newStore()
	for _, step := range []struct {
		name string
		do   func(*State[library]) error
		want string
	}{
		{"an insert", func(st *State[library]) error { return authorsDef.Insert(st, &author{id: 1, name: "x"}) }, "x"},
		{"an update", func(st *State[library]) error {
			return authorsDef.Update(st, 0, st.Tables.authors.Row(0), &author{id: 1, name: "y"})
		}, "y"},
		{"a row set", func(st *State[library]) error {
			st.Tables.authors.Set(st.Owner(), 0, &author{id: 1, name: "z"})
			return authorsDef.Insert(st, &author{id: 2, name: "another"})
		}, "z"},
		{"a delete", func(st *State[library]) error { return authorsDef.Delete(st, 0) }, "none"},
	} {
		before := s.snapshot() // so that the write is to a clone
		if err := Write(t.Context(), s, nil, MayFailMidway, step.do); err != nil {
			t.Fatal(err)
		}
		got := "none"
		err := Read(t.Context(), s, nil, func(st *State[library]) error {
			if r := st.Tables.authors.Row(0); r != nil {
				got = r.name
			}
			return errBad
		})
		if expect(t, "a read", err, errBad.Error()); got != step.want || s.Peek() == before {
			t.Errorf("after %s: %s, want %s", step.name, got, step.want)
		}
	}
}

// A statement that fails leaves the committed state as it was.
func TestFailedStatementsAreNotPublished(t *testing.T) {
	t.Parallel()
	s := newStore()
	for range 2 {
		before := countAuthors(t, s)
		err := Write(t.Context(), s, nil, MayFailMidway, func(st *State[library]) error {
			if err := authorsDef.Insert(st, &author{id: 1, name: "x"}); err != nil {
				return err
			}
			return errBad
		})
		expect(t, "the statement", err, errBad.Error())
		if got := countAuthors(t, s); got != before {
			t.Errorf("%d authors, want %d", got, before)
		}
	}
	// Finding no rows does not roll back the statement's changes.
	err := Write(t.Context(), s, nil, FailsBeforeWriting, func(st *State[library]) error {
		_ = authorsDef.Insert(st, &author{id: 1, name: "x"})
		return ErrNoRows
	})
	if expect(t, "the statement", err, ErrNoRows.Error()); countAuthors(t, s) != 1 {
		t.Error("the changes of a statement that found no rows are lost")
	}
}

// A reader waits while a state is changed in place, and then reads that state.
func TestReadersWaitForChangesInPlace(t *testing.T) {
	t.Parallel()
	for range 50 {
		s := newStore()
		st, err := s.startWrite(t.Context(), nil, FailsBeforeWriting)
		if err != nil {
			t.Fatal(err)
		}
		comes, read := make(chan struct{}), make(chan *State[library])
		go func() {
			close(comes)
			read <- s.snapshot()
		}()
		<-comes
		for range 200 {
			runtime.Gosched() // to the reader
		}
		select {
		case <-read:
			t.Fatal("a reader did not wait")
		default:
		}
		if _, err := s.endWrite(t.Context(), st, nil); err != nil {
			t.Fatal(err)
		}
		if got := <-read; got != st {
			t.Error("a reader waited for one state and read another")
		}
	}
}

// A panic in a statement releases the locks that the statement holds.
func TestPanicReleasesTheStore(t *testing.T) {
	t.Parallel()
	for _, mode := range []WriteMode{FailsBeforeWriting, MayFailMidway} {
		s := newStore()
		for what, x := range map[string]func(func(Executor[library])){
			"the store": func(fn func(Executor[library])) { fn(s) },
			"a transaction": func(fn func(Executor[library])) {
				_ = s.InTx(t.Context(), TxOptions{}, func(tx *Tx[library]) error { fn(tx); return nil })
			},
		} {
			for name, statement := range map[string]func(Executor[library]){
				"write": func(x Executor[library]) {
					_ = Write(t.Context(), x, nil, mode, func(*State[library]) error { panic("a bug") })
				},
				"read": func(x Executor[library]) {
					_ = Read(t.Context(), x, nil, func(*State[library]) error { panic("a bug") })
				},
				"nil": func(x Executor[library]) {
					var none context.Context
					_ = Read(none, x, nil, func(*State[library]) error { return nil })
				},
			} {
				func() {
					defer func() {
						if recover() == nil {
							t.Errorf("the panic of a %s in %s does not reach the caller", name, what)
						}
					}()
					x(statement)
				}()
				if err := insertAuthor(t.Context(), s, s.snapshot().Tables.authors.Len(), what+name); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}
