package rel

import (
	"slices"
	"testing"
)

func TestCascade(t *testing.T) {
	t.Parallel()
	st := newLibrary(t)
	expect(t, "delete", authorsDef.Delete(st, authorSlot(st, 1)), "<nil>")
	l := &st.Tables
	if l.authors.Len() != 1 || l.books.Len() != 0 || l.copies.Len() != 0 {
		t.Errorf("%d authors, %d books and %d copies are left, want 1, 0 and 0", l.authors.Len(), l.books.Len(), l.copies.Len())
	}
	if bookSlot(st, 1) != MissingSlot || copySlot(st, 1) != MissingSlot || authorSlot(st, 2) == MissingSlot {
		t.Error("an index has a deleted row, or lacks an existing one")
	}
	expect(t, "insert again", authorsDef.Insert(st, &author{id: 1, name: "one"}), "<nil>")
	if books := l.booksOf.Get(authorSlot(st, 1)); books.Len() != 0 {
		t.Error("a new author has a book of the deleted one whose slot it reuses")
	}
}

// RESTRICT is checked when its trigger fires. A cascade that was queued before may have
// removed the reference by then.
func TestRestrict(t *testing.T) {
	t.Parallel()
	st := newLibrary(t)
	one := authorSlot(st, 1)
	expect(t, "own translation", booksDef.Insert(st, &book{id: 2, title: "x", author: one, translator: one}), "<nil>")
	st = st.clone()
	expect(t, "delete of who translates only what is deleted", authorsDef.Delete(st, one), "<nil>")

	st = newLibrary(t)
	two := authorSlot(st, 2)
	expect(t, "translation", booksDef.Insert(st, &book{id: 2, title: "x", author: authorSlot(st, 1), translator: two}), "<nil>")
	err := authorsDef.Delete(st.clone(), two)
	expect(t, "delete of a translator", err, "books_translator")
	want := ViolationError{
		Kind: StillReferenced, Table: "books", Constraint: "books_translator", Nth: 1,
		Parent: "authors", Key: "author 2", Restrict: true,
	}
	if v := err.(*ViolationError); *v != want { //nolint:errorlint // it is never wrapped
		t.Errorf("the violation is %+v, want %+v", v, want)
	}
}

// NO ACTION is checked when its trigger fires, after the triggers queued before it.
func TestNoAction(t *testing.T) {
	t.Parallel()
	st := newLibrary(t)
	expect(t, "review", reviewsDef.Insert(st, &review{id: 1, of: copySlot(st, 1)}), "<nil>")
	expect(t, "second review of one copy", reviewsDef.Insert(st, &review{id: 2, of: copySlot(st, 1)}), "reviews_of")
	err := authorsDef.Delete(st.clone(), authorSlot(st, 1))
	expect(t, "delete through two cascades", err, "reviews_of")
	if v := err.(*ViolationError); v.Restrict || v.Parent != "copies" || v.Nth != 0 || v.Key != "" { //nolint:errorlint // it is never wrapped
		t.Errorf("the violation is %+v", v)
	}
	expect(t, "delete of the other copy", copiesDef.Delete(st, copySlot(st, 2)), "<nil>")
	expect(t, "delete of the review", reviewsDef.Delete(st, 0), "<nil>")
	expect(t, "delete of the copy", copiesDef.Delete(st, copySlot(st, 1)), "<nil>")
	expect(t, "delete of the author", authorsDef.Delete(st, authorSlot(st, 1)), "<nil>")
}

// Rows of a table with Append keep their parents from being deleted.
func TestAppendOnlyTable(t *testing.T) {
	t.Parallel()
	st := newLibrary(t)
	st.Tables.log = nil
	expect(t, "visit", visitsDef.Insert(st, &visit{day: 1, author: authorSlot(st, 1)}), "<nil>")
	if want := []string{"visit of day 1 stored at NoSlot: true, over false"}; !slices.Equal(st.Tables.log, want) {
		t.Errorf("the hook saw %q, want %q", st.Tables.log, want)
	}
	expect(t, "the same day", visitsDef.Insert(st, &visit{day: 1, author: authorSlot(st, 2)}), "visits_pkey")
	expect(t, "no author", visitsDef.Insert(st, &visit{day: 2, author: MissingSlot}), "visits_author")
	expect(t, "delete of who came", authorsDef.Delete(st.clone(), authorSlot(st, 1)), "visits_author")
	expect(t, "delete of who did not", authorsDef.Delete(st.clone(), authorSlot(st, 2)), "<nil>")
}
