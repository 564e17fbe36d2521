package rel

import (
	"context"
	"maps"
	"slices"
	"testing"
)

// These are the places of the tables in the schema.
const authors, books, reviews, visits = 0, 1, 3, 4

// What a stored row adds to are the row, its table, the keys and the lists that are new.
func TestItemsOfWrites(t *testing.T) {
	t.Parallel()
	st := newLibrary(t)
	one, two := authorSlot(st, 1), authorSlot(st, 2)
	old := &book{id: 5, author: one, translator: NoSlot}
	row, table := newItem(rowItem, books, 0, 7), newItem(tableItem, books, 0, 0)
	key, list := newItem(keyItem, books, 0, hashOf(5)), newItem(childrenItem, books, 0, hashOf(1))
	items := func(more ...item) []item { return append([]item{row, table}, more...) }
	listItem := func(nth int, hash uint32) item { return newItem(childrenItem, books, nth, hash) }
	for what, c := range map[string]struct {
		r, old *book
		want   []item
	}{
		"an insert":         {r: old, want: items(key, list)},
		"a delete":          {want: items()},
		"the same":          {r: old, old: old, want: items()},
		"another id":        {r: &book{id: 6, author: one, translator: NoSlot}, old: old, want: items(newItem(keyItem, books, 0, hashOf(6)))},
		"another author":    {r: &book{id: 5, author: two, translator: NoSlot}, old: old, want: items(listItem(0, hashOf(2)))},
		"a translator":      {r: &book{id: 5, author: one, translator: two}, old: old, want: items(listItem(1, hashOf(2)))},
		"no translator":     {r: old, old: &book{id: 5, author: one, translator: two}, want: items()},
		"a missing one":     {r: &book{id: 5, author: one, translator: 77}, old: old, want: items(listItem(1, 0))},
		"a missing author":  {r: &book{id: 5, author: MissingSlot, translator: NoSlot}, old: old, want: items(listItem(0, 0))},
		"the same and more": {r: &book{id: 5, title: "x", author: one, translator: NoSlot}, old: old, want: items()},
	} {
		if got := booksDef.writtenItems(st, 7, c.r, c.old); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %x, want %x", what, got, c.want)
		}
	}
	got := authorsDef.writtenItems(st, 7, &author{id: 5, name: "x", retired: true}, nil)
	want := []item{newItem(rowItem, authors, 0, 7), newItem(tableItem, authors, 0, 0), newItem(keyItem, authors, 0, hashOf(5))}
	if !slices.Equal(got, want) {
		t.Errorf("an author without a name in the index: got %x, want %x", got, want)
	}
	got = authorsDef.writtenItems(st, 7, &author{id: 5, name: "x"}, &author{id: 5, name: "y"})
	if want[2] = newItem(keyItem, authors, 1, hashOf("x")); !slices.Equal(got, want) {
		t.Errorf("another name: got %x, want %x", got, want)
	}
}

// What a statement has read are rows, keys, lists and tables. A delete has looked for all rows
// that refer to what it deletes.
func TestItemsOfReads(t *testing.T) {
	t.Parallel()
	s := new(Store[library])
	s.Init(&librarySchema, newLibrary(t).Tables)
	ctx := context.WithValue(t.Context(), sessionKey{}, "A")
	err := s.InTx(ctx, TxOptions{Snapshot: true, Serializable: true}, func(tx *Tx[library]) error {
		noted := func(what string, items ...item) {
			want := map[item]bool{}
			for _, i := range items {
				want[i] = true
			}
			if got := tx.s.serializable.reads; !maps.Equal(got, want) {
				t.Errorf("%s: got %v, want %v", what, got, want)
			}
			clear(tx.s.serializable.reads)
		}
		if err := Read(ctx, tx, nil, func(st *State[library]) error {
			if !st.IsTracked() {
				t.Error("the reads of the transaction are not tracked")
			}
			booksDef.Read(st, 3)
			noted("a row", newItem(rowItem, books, 0, 3))
			authorsDef.ReadKey(st, 1, 8)
			noted("a key", newItem(keyItem, authors, 1, 8))
			booksDef.ReadKey(st, 0, 8)
			noted("a key of another table", newItem(keyItem, books, 0, 8))
			booksDef.ReadChildren(st, 1, 9)
			noted("a list", newItem(childrenItem, books, 1, 9))
			booksDef.ReadAll(st)
			noted("a table", newItem(tableItem, books, 0, 0))
			if got := booksDef.keyHashAt(st, 99); got != 0 {
				t.Errorf("the hash of the key of no row is %x", got)
			}
			return nil
		}); err != nil {
			return err
		}
		answer := run(ctx, tx, "delete author 2")
		noted("a delete that answers "+answer, newItem(rowItem, authors, 0, 1), newItem(childrenItem, books, 0, hashOf(2)),
			newItem(childrenItem, books, 1, hashOf(2)), newItem(childrenItem, visits, 0, hashOf(2)))
		return nil
	})
	expect(t, "the transaction", err, "<nil>")
	untracked := func(what string, opts TxOptions) {
		expect(t, what, s.InTx(ctx, opts, func(tx *Tx[library]) error {
			if answer := run(ctx, tx, "rename 1 x"); answer != "ok" {
				t.Errorf("%s: a write answers %s", what, answer)
			}
			return Read(ctx, tx, nil, func(st *State[library]) error {
				if st.IsTracked() {
					t.Errorf("the reads of %s are tracked", what)
				}
				return nil
			})
		}), "<nil>")
	}
	untracked("a transaction", TxOptions{})
	untracked("a snapshot", TxOptions{Snapshot: true})
	if (&State[library]{}).IsTracked() {
		t.Error("the reads of no transaction are tracked")
	}
}

// A row that cannot be stored because of a key has conflicts with who has looked for its table, for
// its keys up to that one, and, unless it is the primary key, for what it refers to.
func TestItemsOfDuplicates(t *testing.T) {
	t.Parallel()
	s := new(Store[library])
	s.Init(&librarySchema, newLibrary(t).Tables)
	all := &s.serializables
	expect(t, "the transaction", s.InTx(t.Context(), TxOptions{Snapshot: true, Serializable: true}, func(tx *Tx[library]) error {
		return Write(t.Context(), tx, nil, FailsBeforeWriting, func(st *State[library]) error {
			conflicts := func(what string, note func(), read item, want bool) {
				reader := all.begin(false)
				reader.reads[read] = true
				tx.s.serializable.hasTouched = false
				note()
				if got := slices.Contains(reader.out, tx.s.serializable); got != want || !tx.s.serializable.hasTouched {
					t.Errorf("%s: conflict %t, want %t", what, got, want)
				}
				all.rollBack(reader)
			}
			for nth := range 2 {
				ofAuthor := func() { all.attempt(tx.s.serializable, authorsDef.writtenUpTo(st, &author{id: 5, name: "x"}, nth)) }
				conflicts("the row", ofAuthor, newItem(rowItem, authors, 0, MissingSlot), false)
				conflicts("the table", ofAuthor, newItem(tableItem, authors, 0, 0), true)
				conflicts("the id", ofAuthor, newItem(keyItem, authors, 0, hashOf(5)), true)
				conflicts("the name", ofAuthor, newItem(keyItem, authors, 1, hashOf("x")), nth == 1)
				ofReview := func() {
					all.attempt(tx.s.serializable, reviewsDef.writtenUpTo(st, &review{id: 5, of: copySlot(st, 1)}, nth))
				}
				conflicts("the reviews of a copy", ofReview, newItem(childrenItem, reviews, 0, hashOf(1)), nth == 1)
				conflicts("the id of a review", ofReview, newItem(keyItem, reviews, 1, hashOf(5)), nth == 1)
			}
			return nil
		})
	}), "<nil>")
}

// What was written in a savepoint that was rolled back is not written.
func TestWritesTakenBack(t *testing.T) {
	playAll(t, map[string]string{
		"of a row that is the first in the savepoint": `
			A: begin serializable
			B: begin serializable
			A: savepoint
			A: insert author 3 x
			A: rollback
			B: authors -> 1:one 2:two
			A: read author 1 -> one
			B: rename 1 b
			A: commit
			B: commit`,
		"and not of a row before the savepoint": `
			A: begin serializable
			B: begin serializable
			A: insert author 3 x
			A: savepoint
			A: insert author 4 y
			A: rollback
			B: authors -> 1:one 2:two
			A: read author 1 -> one
			B: rename 1 b
			A: commit
			B: commit -> 40001`,
	})
}
