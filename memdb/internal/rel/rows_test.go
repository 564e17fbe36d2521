package rel

import (
	"errors"
	"slices"
	"strconv"
	"testing"

	"github.com/tasktwin/tasktwin/memdb/internal/cow"
)

// Check constraints are checked before unique indexes, and unique indexes before foreign
// keys.
func TestInsertFindsViolationsInOrder(t *testing.T) {
	t.Parallel()
	st := newLibrary(t)
	st.changed = false
	for _, c := range []struct {
		book book
		want string
	}{
		{book{id: 1, title: "", author: MissingSlot, translator: MissingSlot}, errNoTitle.Error()},
		{book{id: 1, title: "x", author: MissingSlot, translator: MissingSlot}, "books_pkey"},
		{book{id: 2, title: "x", author: MissingSlot, translator: MissingSlot}, "books_author"},
		{book{id: 2, title: "x", author: NoSlot, translator: MissingSlot}, "books_translator"},
	} {
		expect(t, c.book.title, booksDef.Insert(st, &c.book), c.want)
	}
	expect(t, "a second id", authorsDef.Insert(st, &author{id: 1, name: "two"}), "authors_pkey")
	expect(t, "a second name", authorsDef.Insert(st, &author{id: 3, name: "two"}), "authors_name")
	expect(t, "a number of a list", copiesDef.Insert(st, &bookCopy{id: 3, number: 2, book: bookSlot(st, 1)}), "copies_number")
	if st.changed || st.Tables.books.Len() != 1 || st.Tables.authors.Len() != 2 {
		t.Error("a row that violates something changed the state")
	}
	expect(t, "a name outside a partial index", authorsDef.Insert(st, &author{id: 3, name: "two", retired: true}), "<nil>")
	expect(t, "NULL", booksDef.Insert(st, &book{id: 2, title: "x", author: NoSlot, translator: NoSlot}), "<nil>")
}

// An error has the kind of the violation, the table and the constraint.
func TestViolationsOfInsertsAndUpdates(t *testing.T) {
	t.Parallel()
	st := newLibrary(t)
	slot := bookSlot(st, 1)
	old := st.Tables.books.Row(slot)
	expect(t, "book", booksDef.Insert(st, &book{id: 2, title: "x", author: NoSlot, translator: NoSlot}), "<nil>")
	duplicate := &book{id: 2, title: "x", author: NoSlot, translator: NoSlot}
	orphan := &book{id: 3, title: "x", author: NoSlot, translator: MissingSlot}
	for _, c := range []struct {
		what       string
		err        error
		kind       Kind
		constraint string
	}{
		{"an insert of a duplicate", booksDef.Insert(st, duplicate), Duplicate, "books_pkey"},
		{"an update to a duplicate", booksDef.Update(st, slot, old, duplicate), Duplicate, "books_pkey"},
		{"an insert of an orphan", booksDef.Insert(st, orphan), MissingParent, "books_translator"},
		{"an update to an orphan", booksDef.Update(st, slot, old, orphan), MissingParent, "books_translator"},
	} {
		v, ok := errors.AsType[*ViolationError](c.err)
		if !ok || v.Kind != c.kind || v.Table != "books" || v.Constraint != c.constraint {
			t.Errorf("%s: %+v, want kind %d of %s", c.what, c.err, c.kind, c.constraint)
		}
	}
}

// An update checks the unique constraints in order, with and without an index.
func TestUpdateFindsViolationsInOrder(t *testing.T) {
	t.Parallel()
	st := newLibrary(t)
	expect(t, "author", authorsDef.Insert(st, &author{id: 3, name: "two", retired: true}), "<nil>")
	slot := authorSlot(st, 3)
	update := func(r author) error { return authorsDef.Update(st, slot, st.Tables.authors.Row(slot), &r) }
	expect(t, "both keys", update(author{id: 1, name: "two"}), "authors_pkey")
	expect(t, "into the index", update(author{id: 3, name: "two"}), "authors_name")
	expect(t, "outside of the index", update(author{id: 3, name: "one", retired: true}), "<nil>")
	expect(t, "into the index by another name", update(author{id: 3, name: "three"}), "<nil>")
	expect(t, "the name", authorsDef.Insert(st, &author{id: 4, name: "three"}), "authors_name")
	expect(t, "out of the index by another name", update(author{id: 3, name: "four", retired: true}), "<nil>")
	for _, name := range []string{"three", "four"} {
		expect(t, "a name that is free", authorsDef.Insert(st, &author{id: len(name) * 10, name: name}), "<nil>")
	}
	expect(t, "delete", authorsDef.Delete(st, slot), "<nil>")
	expect(t, "the name of another", authorsDef.Insert(st, &author{id: 3, name: "four"}), "authors_name")

	one, two := copySlot(st, 1), copySlot(st, 2)
	copyTo := func(r bookCopy) error { return copiesDef.Update(st, one, st.Tables.copies.Row(one), &r) }
	expect(t, "both keys of a copy", copyTo(bookCopy{id: 2, number: 2, book: bookSlot(st, 1)}), "copies_pkey")
	expect(t, "the number of a copy", copyTo(bookCopy{id: 9, number: 2, book: bookSlot(st, 1)}), "copies_number")
	if copySlot(st, 1) != one || copySlot(st, 2) != two || copySlot(st, 9) != MissingSlot {
		t.Error("a failed update moved a row in an index")
	}
}

func TestUpdateMovesRows(t *testing.T) {
	t.Parallel()
	st := newLibrary(t)
	update := func(id int, r author) error {
		slot := authorSlot(st, id)
		return authorsDef.Update(st, slot, st.Tables.authors.Row(slot), &r)
	}
	expect(t, "to a name that is taken", update(1, author{id: 1, name: "two"}), "authors_name")
	expect(t, "to an id that is taken", update(1, author{id: 2, name: "one"}), "authors_pkey")
	expect(t, "to itself", update(1, author{id: 1, name: "one"}), "<nil>")
	expect(t, "to a new name", update(1, author{id: 1, name: "uno"}), "<nil>")
	expect(t, "to the name that was left", update(2, author{id: 2, name: "one"}), "<nil>")
	expect(t, "out of the index", update(2, author{id: 2, name: "one", retired: true}), "<nil>")
	expect(t, "to the name that is not in the index", update(1, author{id: 1, name: "one"}), "<nil>")
	expect(t, "back into the index", update(2, author{id: 2, name: "one"}), "authors_name")
	expect(t, "to a new key", update(2, author{id: 20, name: "two"}), "<nil>")
	if authorSlot(st, 2) != MissingSlot || authorSlot(st, 20) == MissingSlot {
		t.Error("a row is found under its old key, or not under its new one")
	}
}

func TestUpdateMovesReferences(t *testing.T) {
	t.Parallel()
	st := newLibrary(t)
	slot := bookSlot(st, 1)
	move := func(r book) error { return booksDef.Update(st, slot, st.Tables.books.Row(slot), &r) }
	expect(t, "no title", move(book{id: 1}), errNoTitle.Error())
	expect(t, "to no author", move(book{id: 1, title: "x", author: MissingSlot}), "books_author")
	expect(t, "to another", move(book{id: 1, title: "x", author: authorSlot(st, 2), translator: NoSlot}), "<nil>")
	if a, b := st.Tables.booksOf.Get(authorSlot(st, 1)), st.Tables.booksOf.Get(authorSlot(st, 2)); a.Len() != 0 || b.Len() != 1 {
		t.Errorf("the authors have %d and %d books, want 0 and 1", a.Len(), b.Len())
	}
	expect(t, "to NULL", move(book{id: 1, title: "x", author: NoSlot, translator: authorSlot(st, 1)}), "<nil>")
	if b := st.Tables.booksOf.Get(authorSlot(st, 2)); b.Len() != 0 {
		t.Error("a book without an author is a child of an author")
	}
	// A row that keeps its number does not conflict with itself.
	at := copySlot(st, 1)
	same, taken := *st.Tables.copies.Row(at), *st.Tables.copies.Row(at)
	taken.number = 2
	expect(t, "the same number", copiesDef.Update(st, at, st.Tables.copies.Row(at), &same), "<nil>")
	expect(t, "another's number", copiesDef.Update(st, at, st.Tables.copies.Row(at), &taken), "copies_number")
}

func TestHooksSeeRows(t *testing.T) {
	t.Parallel()
	st := newState(library{})
	_ = authorsDef.Insert(st, &author{id: 7, name: "x"})
	_ = authorsDef.Update(st, 0, st.Tables.authors.Row(0), &author{id: 8, name: "y"})
	_ = authorsDef.Delete(st, 0)
	want := []string{"stored 7 at 0 over false", "stored 8 at 0 over true", "removed 8 at 0"}
	if !slices.Equal(st.Tables.log, want) {
		t.Errorf("the hooks saw %q, want %q", st.Tables.log, want)
	}
}

// The slot of a deleted row is reused by the next new row.
func TestSlotsAreReused(t *testing.T) {
	t.Parallel()
	st := newState(library{})
	for n := range 100 {
		for id := range 3 {
			if err := authorsDef.Insert(st, &author{id: id, name: strconv.Itoa(id)}); err != nil {
				t.Fatal(err)
			}
		}
		if authors := &st.Tables.authors; authors.next != 3 || authors.Len() != 3 {
			t.Fatalf("round %d: 3 authors take %d slots, and are counted as %d", n, authors.next, authors.Len())
		}
		for id := range 3 {
			if err := authorsDef.Delete(st, authorSlot(st, id)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if st.Tables.authors.Len() != 0 {
		t.Errorf("no authors are counted as %d", st.Tables.authors.Len())
	}
}

// All iterates over the rows in slot order, skips free slots and can be stopped.
func TestAll(t *testing.T) {
	t.Parallel()
	st := newLibrary(t)
	for id := 3; id <= 5; id++ {
		expect(t, "author", authorsDef.Insert(st, &author{id: id, name: strconv.Itoa(id)}), "<nil>")
	}
	for _, id := range []int{3, 5} {
		expect(t, "delete", authorsDef.Delete(st, authorSlot(st, id)), "<nil>")
	}
	var ids []int
	for slot, r := range st.Tables.authors.All() {
		if st.Tables.authors.Row(slot) != r {
			t.Errorf("slot %d has another row", slot)
		}
		ids = append(ids, r.id)
	}
	for range st.Tables.authors.All() {
		break
	}
	if !slices.Equal(ids, []int{1, 2, 4}) {
		t.Errorf("authors %v", ids)
	}
}

// A table can have any number of unique indexes and foreign keys.
func TestWideTables(t *testing.T) {
	t.Parallel()
	type wide struct {
		keys [7]int
		refs [7]uint32
	}
	type tables struct {
		parents Table[int]
		byValue cow.Hash
		rows    Table[wide]
		indexes [7]cow.Hash
		of      [7]cow.Vec[cow.Set]
	}
	parents := TableDef[tables, int]{
		Name: "parents", Table: func(t *tables) *Table[int] { return &t.parents },
		Unique: []Unique[tables, int]{{
			Name: "parents_pkey", Index: func(t *tables) *cow.Hash { return &t.byValue },
			Hash: func(_ *tables, r *int) (uint32, bool) { return hashOf(*r), true },
			Same: func(_ *tables, a, b *int) bool { return *a == *b },
		}},
	}
	rows := TableDef[tables, wide]{Name: "wide", Table: func(t *tables) *Table[wide] { return &t.rows }}
	for i := range 7 {
		rows.Unique = append(rows.Unique, Unique[tables, wide]{
			Name: strconv.Itoa(i), Index: func(t *tables) *cow.Hash { return &t.indexes[i] },
			Hash: func(_ *tables, r *wide) (uint32, bool) { return hashOf(r.keys[i]), true },
			Same: func(_ *tables, a, b *wide) bool { return a.keys[i] == b.keys[i] },
		})
		References(&rows, &parents, strconv.Itoa(i), Cascade,
			InSet[tables, wide](func(t *tables) *cow.Vec[cow.Set] { return &t.of[i] }), func(r *wide) *uint32 { return &r.refs[i] })
	}
	st := newState(tables{})
	one := 1
	first := wide{keys: [7]int{1, 1, 1, 1, 1, 1, 1}}
	if err := parents.Insert(st, &one); err != nil {
		t.Fatal(err)
	}
	if err := rows.Insert(st, &first); err != nil {
		t.Fatal(err)
	}
	for i := range 7 {
		second := wide{keys: [7]int{2, 2, 2, 2, 2, 2, 2}}
		second.keys[i] = 1
		expect(t, "a duplicate", rows.Insert(st, &second), strconv.Itoa(i))
		expect(t, "an update", rows.Update(st, 0, &first, &second), "<nil>")
		expect(t, "an update back", rows.Update(st, 0, &second, &first), "<nil>")
		second.keys[i], second.refs[i] = 2, MissingSlot
		expect(t, "a missing parent", rows.Insert(st, &second), strconv.Itoa(i))
	}
	expect(t, "a cascade", parents.Delete(st, 0), "<nil>")
	if st.Tables.rows.Len() != 0 {
		t.Error("the cascade left a row")
	}
}

// A violation has the index of the constraint in its table, and the parent table.
func TestViolationsNameTheirConstraint(t *testing.T) {
	t.Parallel()
	st := newLibrary(t)
	for _, c := range []struct {
		err  error
		want ViolationError
	}{
		{authorsDef.Insert(st, &author{id: 1}), ViolationError{Kind: Duplicate, Table: "authors", Constraint: "authors_pkey"}},
		{
			authorsDef.Insert(st, &author{id: 3, name: "two"}),
			ViolationError{Kind: Duplicate, Table: "authors", Constraint: "authors_name", Nth: 1},
		},
		{
			booksDef.Insert(st, &book{id: 2, title: "x", author: NoSlot, translator: MissingSlot}),
			ViolationError{Kind: MissingParent, Table: "books", Constraint: "books_translator", Nth: 1, Parent: "authors"},
		},
		{
			copiesDef.Insert(st, &bookCopy{id: 3, number: 9, book: MissingSlot}),
			ViolationError{Kind: MissingParent, Table: "copies", Constraint: "copies_book", Parent: "books"},
		},
	} {
		if v, ok := errors.AsType[*ViolationError](c.err); !ok || *v != c.want {
			t.Errorf("got %+v, want %+v", c.err, c.want)
		}
	}
}

// Keys with the same hash are told apart.
func TestKeysWithTheSameHash(t *testing.T) {
	t.Parallel()
	type tables struct {
		rows Table[int]
		byID cow.Hash
	}
	rows := TableDef[tables, int]{
		Name: "rows", Table: func(t *tables) *Table[int] { return &t.rows },
		Unique: []Unique[tables, int]{{
			Name: "pkey", Index: func(t *tables) *cow.Hash { return &t.byID },
			Hash: func(*tables, *int) (uint32, bool) { return 7, true },
			Same: func(_ *tables, a, b *int) bool { return *a == *b },
		}},
	}
	st := newState(tables{})
	for id := range 3 {
		expect(t, "a new key", rows.Insert(st, &id), "<nil>")
	}
	for id := range 3 {
		expect(t, "the same key", rows.Insert(st, &id), "pkey")
		if slot := slotOf(st, &rows, &id); slot != uint32(id) {
			t.Errorf("row %d is found at slot %d", id, slot)
		}
	}
}
