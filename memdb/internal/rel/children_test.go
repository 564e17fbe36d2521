package rel

import (
	"fmt"
	"slices"
	"testing"
)

// drain drains the children of the row at a slot, for the n-th foreign key to its table.
func drain[T, R any](st *State[T], d *TableDef[T, R], n int, slot uint32) []uint32 {
	return d.referrers[n].drain(st, slot)
}

func TestDrainReturnsChildrenInOrderOnce(t *testing.T) {
	t.Parallel()
	st := newLibrary(t)
	author, first := authorSlot(st, 1), bookSlot(st, 1)
	for id := 2; id <= 4; id++ {
		expect(t, "book", booksDef.Insert(st, &book{id: id, title: "x", author: author, translator: NoSlot}), "<nil>")
	}
	for id, number := range map[int]int32{3: -1, 4: 7, 5: 3} {
		expect(t, "copy", copiesDef.Insert(st, &bookCopy{id: id, number: number, book: first}), "<nil>")
	}
	expect(t, "review", reviewsDef.Insert(st, &review{id: 1, of: copySlot(st, 4)}), "<nil>")

	var byNumber []uint32
	for _, id := range []int{3, 1, 2, 5, 4} { // their numbers are -1, 1, 2, 3 and 7
		byNumber = append(byNumber, copySlot(st, id))
	}
	if got := drain(st, &booksDef, 0, first); !slices.Equal(got, byNumber) {
		t.Errorf("the copies at %v, want %v", got, byNumber)
	}
	if got := drain(st, &booksDef, 0, first); len(got) != 0 {
		t.Errorf("the copies at %v are drained a second time", got)
	}
	expect(t, "copy", copiesDef.Insert(st, &bookCopy{id: 6, number: 1, book: bookSlot(st, 2)}), "<nil>")
	if got := drain(st, &booksDef, 0, bookSlot(st, 2)); !slices.Equal(got, []uint32{copySlot(st, 6)}) {
		t.Errorf("the only copy at %v, want %d", got, copySlot(st, 6))
	}
	bySlot := []uint32{bookSlot(st, 1), bookSlot(st, 2), bookSlot(st, 3), bookSlot(st, 4)}
	slices.Sort(bySlot)
	if got := drain(st, &authorsDef, 0, author); !slices.Equal(got, bySlot) {
		t.Errorf("the books at %v, want %v", got, bySlot)
	}
	if got := drain(st, &authorsDef, 0, author); len(got) != 0 {
		t.Errorf("the books at %v are drained a second time", got)
	}
	if got := drain(st, &copiesDef, 0, copySlot(st, 4)); !slices.Equal(got, []uint32{0}) {
		t.Errorf("the review at %v, want 0", got)
	}
	if got := drain(st, &copiesDef, 0, copySlot(st, 5)); len(got) != 0 {
		t.Errorf("the reviews at %v of a copy that has none", got)
	}
}

// A row has children as long as one refers to it.
func TestHasChildren(t *testing.T) {
	t.Parallel()
	st := newLibrary(t)
	expect(t, "review", reviewsDef.Insert(st, &review{id: 1, of: copySlot(st, 1)}), "<nil>")
	author, first, reviewed := authorSlot(st, 1), bookSlot(st, 1), copySlot(st, 1)
	check := func(when string, want [3]bool) {
		t.Helper()
		got := [3]bool{
			authorsDef.referrers[0].has(st, author), booksDef.referrers[0].has(st, first), copiesDef.referrers[0].has(st, reviewed),
		}
		if got != want {
			t.Errorf("%s, author, book and copy have children: %v, want %v", when, got, want)
		}
	}
	check("with all rows", [3]bool{true, true, true})
	expect(t, "delete of the review", reviewsDef.Delete(st, 0), "<nil>")
	check("without the review", [3]bool{true, true, false})
	expect(t, "delete of one of two copies", copiesDef.Delete(st, copySlot(st, 2)), "<nil>")
	check("without one copy", [3]bool{true, true, false})
	expect(t, "delete of the other", copiesDef.Delete(st, reviewed), "<nil>")
	check("without the copies", [3]bool{true, false, false})
	expect(t, "delete of the book", booksDef.Delete(st, first), "<nil>")
	check("without the book", [3]bool{false, false, false})
}

// A row is attached only to parents that exist. An update that keeps the parent does not
// attach or detach it.
func TestChildrenAreAttachedToTheirParents(t *testing.T) {
	t.Parallel()
	type row struct{ parents [2]uint32 }
	type tables struct {
		parents Table[row]
		rows    Table[row]
		log     []string
	}
	parents := TableDef[tables, row]{Name: "parents", Table: func(t *tables) *Table[row] { return &t.parents }}
	rows := TableDef[tables, row]{Name: "rows", Table: func(t *tables) *Table[row] { return &t.rows }}
	for key := range 2 {
		call := func(name string) func(*State[tables], uint32, uint32, *row) {
			return func(st *State[tables], parent, slot uint32, r *row) {
				st.Tables.log = append(st.Tables.log, fmt.Sprintf("%s %d by %d to %d, row %v", name, slot, key, parent, r.parents[key] == parent))
			}
		}
		References(&rows, &parents, "key", Cascade, Children[tables, row]{
			Attach: call("attach"), Detach: call("detach"), Drain: func(*State[tables], uint32) []uint32 { return nil },
		}, func(r *row) *uint32 { return &r.parents[key] })
	}
	st := newState(tables{})
	for range 3 {
		if err := parents.Insert(st, &row{}); err != nil {
			t.Fatal(err)
		}
	}
	var at row
	for _, step := range []struct {
		name string
		to   [2]uint32
		want []string
	}{
		{"an insert", [2]uint32{NoSlot, 1}, []string{"attach 0 by 1 to 1, row true"}},
		{"an update of nothing", [2]uint32{NoSlot, 1}, nil},
		{"from NULL", [2]uint32{2, 1}, []string{"attach 0 by 0 to 2, row true"}},
		{"to another", [2]uint32{2, 0}, []string{"detach 0 by 1 to 1, row true", "attach 0 by 1 to 0, row true"}},
		{"to NULL", [2]uint32{2, NoSlot}, []string{"detach 0 by 1 to 0, row true"}},
		{"a delete", [2]uint32{}, []string{"detach 0 by 0 to 2, row true"}},
	} {
		st.Tables.log = nil
		next := row{step.to}
		var err error
		switch step.name {
		case "an insert":
			err = rows.Insert(st, &next)
		case "a delete":
			err = rows.Delete(st, 0)
		default:
			err = rows.Update(st, 0, &at, &next)
		}
		at = next
		if err != nil || !slices.Equal(st.Tables.log, step.want) {
			t.Errorf("%s: %q, %v, want %q", step.name, st.Tables.log, err, step.want)
		}
	}
}

// A row that reuses the slot of a row deleted in the same statement has none of that
// row's children, in any kind of list.
func TestReusedSlotsHaveNoChildren(t *testing.T) {
	t.Parallel()
	st := newLibrary(t)
	expect(t, "copy", copiesDef.Insert(st, &bookCopy{id: 3, number: 3, book: bookSlot(st, 1)}), "<nil>")
	expect(t, "review", reviewsDef.Insert(st, &review{id: 1, of: copySlot(st, 3)}), "<nil>")
	one, first, reviewed := authorSlot(st, 1), bookSlot(st, 1), copySlot(st, 3)
	st = st.clone()
	expect(t, "delete of the review", reviewsDef.Delete(st, 0), "<nil>")
	expect(t, "delete of the author", authorsDef.Delete(st, one), "<nil>")
	expect(t, "author", authorsDef.Insert(st, &author{id: 1, name: "one"}), "<nil>")
	expect(t, "book", booksDef.Insert(st, &book{id: 1, title: "x", author: NoSlot, translator: NoSlot}), "<nil>")
	for id := 1; id <= 3; id++ {
		expect(t, "copy", copiesDef.Insert(st, &bookCopy{id: id, number: int32(id), book: MissingSlot}), "copies_book")
		expect(t, "copy", copiesDef.Insert(st, &bookCopy{id: id, number: int32(id), book: bookSlot(st, 1)}), "<nil>")
	}
	if authorSlot(st, 1) != one || bookSlot(st, 1) != first || st.Tables.copies.next != 3 {
		t.Fatal("the slots are not reused")
	}
	for what, slots := range map[string][]uint32{
		"books of the author": drain(st, &authorsDef, 0, one),
		"translations":        drain(st, &authorsDef, 1, one),
		"reviews of a copy":   drain(st, &copiesDef, 0, reviewed),
	} {
		if len(slots) != 0 {
			t.Errorf("%s: %v, want none", what, slots)
		}
	}
	// The keys of a deleted review can be used again.
	expect(t, "review", reviewsDef.Insert(st, &review{id: 1, of: reviewed}), "<nil>")
	expect(t, "a second review of the copy", reviewsDef.Insert(st, &review{id: 2, of: reviewed}), "reviews_of")
	expect(t, "a second review of one id", reviewsDef.Insert(st, &review{id: 1, of: copySlot(st, 1)}), "reviews_pkey")
}
