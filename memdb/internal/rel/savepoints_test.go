package rel

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"testing"
)

// authorsIn returns the ids of the authors in the order of their slots.
func authorsIn(t *testing.T, x Executor[library]) (ids []int) {
	t.Helper()
	err := Read(t.Context(), x, nil, func(st *State[library]) error {
		for _, r := range st.Tables.authors.All() {
			ids = append(ids, r.id)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// Each level of three nested savepoints is committed or rolled back. The changes of a
// level remain if it and all levels around it are committed.
func TestNestedSavepoints(t *testing.T) {
	t.Parallel()
	const levels = 3
	for first := range levels + 1 { // the first level that writes; level 0 is the transaction
		for fails := range 1 << levels {
			s, ctx := newStore(), t.Context()
			isFailing := func(level int) bool { return level > 0 && fails>>(level-1)&1 == 1 }
			var run func(tx *Tx[library], level int) error
			write := func(tx *Tx[library], id, level int) error {
				if level < first {
					return nil
				}
				return insertAuthor(ctx, tx, id, string(rune('a'+id)))
			}
			run = func(tx *Tx[library], level int) error {
				if err := write(tx, level*10, level); err != nil {
					return err
				}
				if level < levels {
					err := tx.InTx(ctx, nil, func(sp *Tx[library]) error { return run(sp, level+1) })
					if isFailing(level+1) != errors.Is(err, errBad) {
						t.Errorf("savepoint %d: %v", level+1, err)
					}
				}
				if err := write(tx, level*10+1, level); err != nil {
					return err
				}
				if isFailing(level) {
					return errBad
				}
				return nil
			}
			if err := s.InTx(ctx, TxOptions{}, func(tx *Tx[library]) error { return run(tx, 0) }); err != nil {
				t.Fatal(err)
			}
			var want []int
			for level := range levels + 1 {
				if isFailing(level) {
					break
				}
				if level >= first {
					want = append(want, level*10, level*10+1)
				}
			}
			got := authorsIn(t, s)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("first write on level %d, failures %03b: authors %v, want %v", first, fails, got, want)
			}
			if err := insertAuthor(ctx, s, 99, "another session"); err != nil {
				t.Error(err)
			}
		}
	}
}

// A statement that fails midway, such as a delete, aborts only its savepoint. None of its
// changes remain.
func TestRollbackToASavepointUndoesHalfAStatement(t *testing.T) {
	t.Parallel()
	s, ctx := new(Store[library]), t.Context()
	s.Init(&librarySchema, newLibrary(t).Tables)
	deleteAuthor := func(x Executor[library], id int) error {
		return Write(ctx, x, nil, MayFailMidway, func(st *State[library]) error { return authorsDef.Delete(st, authorSlot(st, id)) })
	}
	load := func(x Executor[library], books ...newBook) error {
		return Write(ctx, x, nil, MayFailMidway, func(st *State[library]) error { return loadBooks(st, books) })
	}
	err := s.InTx(ctx, TxOptions{}, func(tx *Tx[library]) error {
		err := Write(ctx, tx, nil, FailsBeforeWriting, func(st *State[library]) error {
			return reviewsDef.Insert(st, &review{id: 1, of: copySlot(st, 2)})
		})
		if err != nil {
			return err
		}
		good, orphan := newBook{&book{id: 2, title: "x"}, 1, 2}, newBook{&book{id: 3, title: "x"}, 9, 0}
		duplicate := newBook{&book{id: 1, title: "x"}, 1, 0}
		for what, fn := range map[string]func(*Tx[library]) error{
			"reviews_of":   func(sp *Tx[library]) error { return deleteAuthor(sp, 1) },
			"books_author": func(sp *Tx[library]) error { return load(sp, good, orphan) },
			"books_pkey":   func(sp *Tx[library]) error { return load(sp, orphan, duplicate) },
			errBad.Error(): func(sp *Tx[library]) error { return errors.Join(load(sp, good), errBad) },
		} {
			err := tx.InTx(ctx, nil, fn)
			if got := violated(err); got != what {
				t.Errorf("a savepoint failed with %s, want %s", got, what)
			}
			if err := Read(ctx, tx, nil, func(st *State[library]) error { return checkLibrary(st, 2, 1, 2) }); err != nil {
				t.Errorf("after %s: %v", what, err)
			}
		}
		if err := tx.InTx(ctx, nil, func(sp *Tx[library]) error { return load(sp, good) }); err != nil {
			return err
		}
		return Read(ctx, tx, nil, func(st *State[library]) error { return checkLibrary(st, 2, 2, 2) })
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := Read(ctx, s, nil, func(st *State[library]) error { return checkLibrary(st, 2, 2, 2) }); err != nil {
		t.Errorf("after the commit: %v", err)
	}
}

// checkLibrary returns an error if the numbers of rows or the books of author 1 are not
// as expected.
func checkLibrary(st *State[library], authors, books, copies int) error {
	l := &st.Tables
	list := l.booksOf.Get(authorSlot(st, 1))
	if l.authors.Len() != authors || l.books.Len() != books || l.copies.Len() != copies || list.Len() != books {
		return fmt.Errorf("%d authors, %d books, %d copies, and author 1 has %d books",
			l.authors.Len(), l.books.Len(), l.copies.Len(), list.Len())
	}
	return nil
}

// A rollback restores the slots that were allocated and freed since the savepoint. The
// slots that a transaction frees are used again once it has committed.
func TestRollbackReturnsSlots(t *testing.T) {
	t.Parallel()
	s, ctx := newStore(), t.Context()
	for id := range 3 {
		if err := insertAuthor(ctx, s, id, string(rune('a'+id))); err != nil {
			t.Fatal(err)
		}
	}
	deleteAuthor := func(x Executor[library], id int) error {
		return Write(ctx, x, nil, MayFailMidway, func(st *State[library]) error { return authorsDef.Delete(st, authorSlot(st, id)) })
	}
	err := s.InTx(ctx, TxOptions{}, func(tx *Tx[library]) error {
		if err := deleteAuthor(tx, 0); err != nil {
			return err
		}
		_ = tx.InTx(ctx, nil, func(sp *Tx[library]) error {
			return errors.Join(deleteAuthor(sp, 1),
				insertAuthor(ctx, sp, 10, "in the savepoint"), insertAuthor(ctx, sp, 11, "also"), errBad)
		})
		return insertAuthor(ctx, tx, 12, "in a new slot")
	})
	if got := authorsIn(t, s); err != nil || !slices.Equal(got, []int{1, 2, 12}) {
		t.Errorf("authors by slots %v, %v, want 1, 2 and 12", got, err)
	}
	if err := insertAuthor(ctx, s, 13, "in the slot of 0"); err != nil || !slices.Equal(authorsIn(t, s), []int{13, 1, 2, 12}) {
		t.Errorf("authors by slots %v, %v", authorsIn(t, s), err)
	}
}

// A transaction cannot commit while it has an open savepoint in which a statement has
// run, because the savepoint's function may still fail. The changes of a savepoint that
// outlives its transaction are lost.
func TestOpenSavepoints(t *testing.T) {
	t.Parallel()
	for statements, want := range map[int]string{0: "<nil>", 1: ErrSavepointOpen.Error(), 2: ErrSavepointOpen.Error()} {
		s, ctx := newStore(), t.Context()
		open, end, ended := make(chan struct{}), make(chan struct{}), make(chan error)
		err := s.InTx(ctx, TxOptions{}, func(tx *Tx[library]) error {
			if err := insertAuthor(ctx, tx, 9, "x"); err != nil {
				return err
			}
			go func() {
				ended <- tx.InTx(ctx, nil, func(sp *Tx[library]) error {
					for id := range statements {
						if err := insertAuthor(ctx, sp, id, strconv.Itoa(id)); err != nil {
							return err
						}
					}
					close(open)
					<-end
					return nil
				})
			}()
			<-open
			return nil
		})
		expect(t, "the transaction", err, want)
		close(end)
		expect(t, "the savepoint", <-ended, ErrTxDone.Error())
		if got := countAuthors(t, s); got != map[bool]int{true: 1}[statements == 0] {
			t.Errorf("%d statements: %d authors are left", statements, got)
		}
	}
}
