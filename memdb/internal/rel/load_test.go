package rel

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// newBook is a book that is not in the table yet, with the ids of its author and
// translator, 0 for NULL.
type newBook struct {
	row                *book
	author, translator int
}

func loadBooks(st *State[library], books []newBook) error {
	type absentee struct{ key, id int }
	absent := map[absentee]uint32{}
	slot := func(id int) uint32 {
		if id == 0 {
			return NoSlot
		}
		return authorSlot(st, id)
	}
	return Load(st, &booksDef, books, func(b *newBook) (newBook, error) {
		if b.row.title == "bad" {
			return newBook{}, errBad
		}
		row := *b.row
		return newBook{&row, b.author, b.translator}, nil
	}, Pending[library, book, newBook]{
		Row: func(b *newBook) *book { return b.row },
		Resolve: func(_ *State[library], b *newBook) {
			b.row.author, b.row.translator = slot(b.author), slot(b.translator)
		},
		Placeholder: func(b *newBook, n int, reserve func() uint32) uint32 {
			who := absentee{n, []int{b.author, b.translator}[n]}
			if slot(who.id) != MissingSlot {
				panic("Load adopts for a parent that is not missing")
			}
			if _, ok := absent[who]; !ok {
				absent[who] = reserve()
			}
			return absent[who]
		},
		Explain: func(_ *State[library], b *newBook, violated error) error {
			return fmt.Errorf("book %d by %d: %w", b.row.id, b.author, violated)
		},
	})
}

var errBad = errors.New("a bad title")

// COPY checks the values of a thousand rows, then their unique keys. At the end it checks
// the foreign keys of all rows.
func TestLoadFindsViolationsAsCopyDoes(t *testing.T) {
	t.Parallel()
	const n = 2 * copyBatch
	for _, c := range []struct {
		name   string
		change func([]newBook)
		want   string
	}{
		{"good rows", func([]newBook) {}, "<nil>"},
		{"a value before a key of its batch", func(b []newBook) { b[1].row.id, b[9].row.title = 10, "bad" }, errBad.Error()},
		{"a check before a key of its batch", func(b []newBook) { b[1].row.id, b[9].row.title = 10, "" }, "book 19 by 1: " + errNoTitle.Error()},
		{"a key before a value of the next batch", func(b []newBook) { b[1].row.id, b[copyBatch].row.title = 10, "bad" }, "books_pkey"},
		{"a key before a foreign key", func(b []newBook) { b[0].author, b[n-1].row.id = 9, 10 }, "books_pkey"},
		{"the first foreign key of the first row", func(b []newBook) { b[5].author, b[3].translator, b[3].author = 9, 9, 9 }, "books_author"},
		{"a value at the end of a batch", func(b []newBook) { b[1].row.id, b[copyBatch-1].row.title = 10, "bad" }, errBad.Error()},
		{"the second foreign key", func(b []newBook) { b[3].translator, b[5].author = 9, 9 }, "books_translator"},
	} {
		st := newLibrary(t).clone()
		books := make([]newBook, n)
		for i := range books {
			books[i] = newBook{&book{id: 10 + i, title: "x"}, 1, 2}
		}
		c.change(books)
		expect(t, c.name, loadBooks(st, books), c.want)
		if c.want == "<nil>" {
			if got := st.Tables.booksOf.Get(authorSlot(st, 1)); got.Len() != n+1 || st.Tables.books.Len() != n+1 {
				t.Errorf("%d books are loaded, and the author has %d, want %d", st.Tables.books.Len(), got.Len(), n+1)
			}
		}
	}
}

// Hooks run for the rows before the first one whose parent is missing. The state is
// dropped in that case.
func TestLoadCallsHooks(t *testing.T) {
	t.Parallel()
	for want, last := range map[string]newBook{
		"<nil>":        {&book{id: 4, title: "x"}, 2, 1},
		"books_author": {&book{id: 4, title: "x"}, 9, 1},
	} {
		st := newLibrary(t).clone()
		st.Tables.log = nil
		books := []newBook{{&book{id: 2, title: "x"}, 1, 0}, {&book{id: 3, title: "x"}, 2, 0}, last, {&book{id: 5, title: "x"}, 1, 0}}
		expect(t, "load", loadBooks(st, books), want)
		seen := []string{"stored book 2", "stored book 3", "stored book 4", "stored book 5"}
		if want != "<nil>" {
			seen = seen[:2]
		}
		if !slices.Equal(st.Tables.log, seen) || !st.changed {
			t.Errorf("the hook saw %q, want %q", st.Tables.log, seen)
		}
	}
}

// Until the end of a load, rows that refer to the same missing parent count as its
// children: two copies of one missing book cannot have the same number.
func TestLoadComparesOrphans(t *testing.T) {
	t.Parallel()
	load := func(books ...int) error {
		st := newLibrary(t).clone()
		absent := map[int]uint32{}
		type newCopy struct {
			row  *bookCopy
			book int
		}
		return Load(st, &copiesDef, books, func(of *int) (newCopy, error) {
			return newCopy{&bookCopy{id: 100 + len(absent) + *of*1000 + st.Tables.copies.Len(), number: 5}, *of}, nil
		}, Pending[library, bookCopy, newCopy]{
			Row: func(c *newCopy) *bookCopy { return c.row },
			Resolve: func(st *State[library], c *newCopy) {
				c.row.id += st.Tables.copies.Len()
				c.row.book = bookSlot(st, c.book)
			},
			Placeholder: func(c *newCopy, _ int, reserve func() uint32) uint32 {
				if _, ok := absent[c.book]; !ok {
					absent[c.book] = reserve()
				}
				return absent[c.book]
			},
			Explain: func(_ *State[library], _ *newCopy, violated error) error { return violated },
		})
	}
	expect(t, "orphans of one book", load(7, 7), "copies_number")
	expect(t, "orphans of two books", load(7, 8), "copies_book")
	expect(t, "an orphan and none", load(7, 1), "copies_book")
	expect(t, "no orphan", load(1), "<nil>")
	expect(t, "no rows", load(), "<nil>")
}

// Explain adds which of the loaded rows violates the constraint.
func TestLoadExplainsTheRowThatFails(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func([]newBook){
		"book 12 by 1: a book needs a title":                        func(b []newBook) { b[2].row.title, b[3].row.id = "", 10 },
		`book 10 by 1: rel: constraint "books_pkey" of table`:       func(b []newBook) { b[3].row.id = 10 },
		`book 11 by 9: rel: constraint "books_author" of table`:     func(b []newBook) { b[1].author, b[2].author = 9, 8 },
		`book 11 by 1: rel: constraint "books_translator" of table`: func(b []newBook) { b[1].translator, b[2].author = 9, 8 },
	} {
		books := make([]newBook, 4)
		for i := range books {
			books[i] = newBook{&book{id: 10 + i, title: "x"}, 1, 2}
		}
		change(books)
		if err := loadBooks(newLibrary(t).clone(), books); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// Explain adds the row to a conflict, too: its parent may be gone after the wait.
func TestLoadExplainsTheRowThatWaits(t *testing.T) {
	t.Parallel()
	s, ctx := new(Store[library]), t.Context()
	s.Init(&librarySchema, newLibrary(t).Tables)
	err := s.InTx(ctx, TxOptions{}, func(holder *Tx[library]) error {
		if err := Write(ctx, holder, nil, MayFailMidway, func(st *State[library]) error {
			return authorsDef.Delete(st, authorSlot(st, 2))
		}); err != nil {
			return err
		}
		return Write(ctx, s, nil, MayFailMidway, func(st *State[library]) error {
			err := loadBooks(st, []newBook{{&book{id: 2, title: "x"}, 1, 0}, {&book{id: 3, title: "x"}, 2, 0}})
			expect(t, "a load beside the delete of an author", err, "book 3 by 2: rel: another transaction is in the way, table authors")
			return errBad
		})
	})
	expect(t, "the transaction", err, errBad.Error())
}
