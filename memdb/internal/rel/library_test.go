package rel

import (
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"testing"

	"github.com/tasktwin/tasktwin/memdb/internal/cow"
)

// library is an example schema: authors have books, books have copies and reviews, readers
// borrow copies, and visits are only added.
type library struct {
	authors       Table[author]
	authorsByID   cow.Hash
	authorsByName cow.Hash

	books        Table[book]
	booksByID    cow.Hash
	booksOf      cow.Vec[cow.Set]
	translations cow.Vec[cow.Set]

	copies     Table[bookCopy]
	copiesByID cow.Hash
	copiesOf   cow.Vec[cow.Tree[NumberedChild]]

	reviews     Table[review]
	reviewsByID cow.Hash
	reviewOf    cow.Vec[uint32]

	visits  []visit
	visitOf cow.Vec[bool]

	// log records the calls of the hooks.
	log []string
	// derived is what the hooks derive from the rows.
	derived derived
}

// derived is data that is derived from the rows: sums of hashes.
type derived struct {
	authors, books, visits uint32
	// orphans are of the rows that Orphaned was called for.
	orphans uint32
	settled int
}

type author struct {
	id      int
	name    string
	retired bool
}

type book struct {
	id                 int
	title              string
	author, translator uint32
}

// bookCopy is a numbered copy of a book.
type bookCopy struct {
	id     int
	number int32
	book   uint32
}

// review is the review of a copy, which has at most one.
type review struct {
	id int
	of uint32
}

type visit struct {
	day    int
	author uint32
}

var (
	authorsDef TableDef[library, author]
	booksDef   TableDef[library, book]
	copiesDef  TableDef[library, bookCopy]
	reviewsDef TableDef[library, review]
	visitsDef  TableDef[library, visit]
)

var librarySchema Schema[library]

var hashSeed = maphash.MakeSeed()

func hashOf[K comparable](key K) uint32 { return uint32(maphash.Comparable(hashSeed, key)) }

func unique[R any, K comparable](name string, index func(*library) *cow.Hash, key func(*R) (K, bool)) Unique[library, R] {
	return Unique[library, R]{
		Name: name, Index: index,
		Hash: func(_ *library, r *R) (uint32, bool) {
			k, in := key(r)
			return hashOf(k), in
		},
		Same: func(_ *library, a, b *R) bool {
			x, _ := key(a)
			y, _ := key(b)
			return x == y
		},
	}
}

var errNoTitle = errors.New("a book needs a title")

func init() {
	authorsDef.Name = "authors"
	authorsDef.Table = func(l *library) *Table[author] { return &l.authors }
	authorsDef.Key = func(_ *library, a *author) string { return fmt.Sprint("author ", a.id) }
	authorsDef.Unique = []Unique[library, author]{
		unique("authors_pkey", func(l *library) *cow.Hash { return &l.authorsByID }, func(a *author) (int, bool) { return a.id, true }),
		unique("authors_name", func(l *library) *cow.Hash { return &l.authorsByName },
			func(a *author) (string, bool) { return a.name, !a.retired }),
	}
	authorsDef.Stored = func(st *State[library], slot uint32, r, old *author) {
		st.Tables.note("stored %d at %d over %v", r.id, slot, old != nil)
		st.Tables.derived.authors += hashOf(*r)
		if old != nil {
			st.Tables.derived.authors -= hashOf(*old)
		}
	}
	authorsDef.Removed = func(st *State[library], slot uint32, r *author) {
		st.Tables.note("removed %d at %d", r.id, slot)
		st.Tables.derived.authors -= hashOf(*r)
	}
	authorsDef.Orphaned = func(st *State[library], slot uint32) {
		st.Tables.derived.orphans += hashOf(*st.Tables.authors.Parent(slot))
	}

	booksDef.Name = "books"
	booksDef.Table = func(l *library) *Table[book] { return &l.books }
	booksDef.Check = func(b *book) error {
		if b.title == "" {
			return errNoTitle
		}
		return nil
	}
	booksDef.Stored = func(st *State[library], _ uint32, r, old *book) {
		st.Tables.note("stored book %d", r.id)
		st.Tables.derived.books += hashOf(*r)
		if old != nil {
			st.Tables.derived.books -= hashOf(*old)
		}
	}
	booksDef.Removed = func(st *State[library], _ uint32, r *book) { st.Tables.derived.books -= hashOf(*r) }
	booksDef.Orphaned = func(st *State[library], slot uint32) {
		st.Tables.derived.orphans += hashOf(*st.Tables.books.Parent(slot))
	}
	booksDef.Unique = []Unique[library, book]{
		unique("books_pkey", func(l *library) *cow.Hash { return &l.booksByID }, func(b *book) (int, bool) { return b.id, true }),
	}
	References(&booksDef, &authorsDef, "books_author", Cascade,
		InSet[library, book](func(l *library) *cow.Vec[cow.Set] { return &l.booksOf }), func(b *book) *uint32 { return &b.author })
	References(&booksDef, &authorsDef, "books_translator", Restrict,
		InSet[library, book](func(l *library) *cow.Vec[cow.Set] { return &l.translations }), func(b *book) *uint32 { return &b.translator })

	copiesOf := func(l *library) *cow.Vec[cow.Tree[NumberedChild]] { return &l.copiesOf }
	copyBook, copyNumber := func(c *bookCopy) *uint32 { return &c.book }, func(c *bookCopy) int32 { return c.number }
	copiesDef.Name = "copies"
	copiesDef.Table = func(l *library) *Table[bookCopy] { return &l.copies }
	copiesDef.Unique = []Unique[library, bookCopy]{
		unique("copies_pkey", func(l *library) *cow.Hash { return &l.copiesByID }, func(c *bookCopy) (int, bool) { return c.id, true }),
		UniqueNumber("copies_number", copiesOf, copyBook, copyNumber),
	}
	References(&copiesDef, &booksDef, "copies_book", Cascade, ByNumber(copiesOf, copyNumber), copyBook)

	reviewOf, reviewed := func(l *library) *cow.Vec[uint32] { return &l.reviewOf }, func(r *review) *uint32 { return &r.of }
	reviewsDef.Name = "reviews"
	reviewsDef.Table = func(l *library) *Table[review] { return &l.reviews }
	reviewsDef.Unique = []Unique[library, review]{
		UniqueParent("reviews_of", reviewOf, reviewed),
		unique("reviews_pkey", func(l *library) *cow.Hash { return &l.reviewsByID }, func(r *review) (int, bool) { return r.id, true }),
	}
	References(&reviewsDef, &copiesDef, "reviews_of", NoAction, OnlyChild[library, review](reviewOf), reviewed)

	visitsDef.Name = "visits"
	visitsDef.Unique = []Unique[library, visit]{{Name: "visits_pkey", Find: func(l *library, v *visit) (uint32, bool) {
		for n, old := range l.visits {
			if old.day == v.day {
				return uint32(n), true
			}
		}
		return 0, false
	}}}
	visitsDef.Append = func(st *State[library], v *visit, slot uint32) {
		visits := slices.Clone(st.Tables.visits)
		for len(visits) <= int(slot) {
			visits = append(visits, visit{})
		}
		visits[slot] = *v
		st.Tables.derived.visits += hashOf(*v)
		st.Tables.visits = visits
		st.Tables.visitOf.Set(st.Owner(), v.author, true)
	}
	visitsDef.Appended = func(st *State[library], slot uint32) visit { return st.Tables.visits[slot] }
	visitsDef.Size = func(l *library) uint32 { return uint32(len(l.visits)) }
	visitsDef.Block = 4
	visitsDef.Stored = func(st *State[library], slot uint32, v, old *visit) {
		st.Tables.note("visit of day %d stored at NoSlot: %t, over %v", v.day, slot == NoSlot, old != nil)
	}
	References(&visitsDef, &authorsDef, "visits_author", NoAction, Children[library, visit]{
		Drain: func(st *State[library], parent uint32) []uint32 {
			if st.Tables.visitOf.Get(parent) {
				return []uint32{NoSlot}
			}
			return nil
		},
	}, func(v *visit) *uint32 { return &v.author })
	librarySchema.SessionName = sessionName
	librarySchema.Settle = func(st *State[library]) { st.Tables.derived.settled++ }
	librarySchema.Define(&authorsDef, &booksDef, &copiesDef, &reviewsDef, &visitsDef)
}

// note records a call of a hook. Other states have the same log up to here.
func (l *library) note(format string, args ...any) {
	l.log = append(slices.Clip(l.log), fmt.Sprintf(format, args...))
}

// slotOf returns the slot of the row with a primary key, or MissingSlot.
func slotOf[T, R any](st *State[T], d *TableDef[T, R], key *R) uint32 {
	hash, _ := d.Unique[0].Hash(&st.Tables, key)
	slot, ok := d.Unique[0].find(&st.Tables, d.Table(&st.Tables), hash, key)
	if !ok {
		return MissingSlot
	}
	return slot
}

func authorSlot(st *State[library], id int) uint32 { return slotOf(st, &authorsDef, &author{id: id}) }
func bookSlot(st *State[library], id int) uint32   { return slotOf(st, &booksDef, &book{id: id}) }
func copySlot(st *State[library], id int) uint32   { return slotOf(st, &copiesDef, &bookCopy{id: id}) }

// violated returns the constraint that an error names, or the error's text.
func violated(err error) string {
	if v, ok := errors.AsType[*ViolationError](err); ok {
		return v.Constraint
	}
	return fmt.Sprint(err)
}

func expect(t *testing.T, what string, err error, want string) {
	t.Helper()
	if got := violated(err); got != want {
		t.Errorf("%s: got %s, want %s", what, got, want)
	}
}

func newState[T any](tables T) *State[T] { return &State[T]{Tables: tables, owner: cow.NewOwner()} }

// newLibrary returns a state with author 1, their book 1 with copies 1 and 2, and author
// 2 without books.
func newLibrary(t *testing.T) *State[library] {
	t.Helper()
	st := newState(library{})
	for _, err := range []error{
		authorsDef.Insert(st, &author{id: 1, name: "one"}),
		authorsDef.Insert(st, &author{id: 2, name: "two"}),
		booksDef.Insert(st, &book{id: 1, title: "first", author: authorSlot(st, 1), translator: NoSlot}),
		copiesDef.Insert(st, &bookCopy{id: 1, number: 1, book: bookSlot(st, 1)}),
		copiesDef.Insert(st, &bookCopy{id: 2, number: 2, book: bookSlot(st, 1)}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return st
}
