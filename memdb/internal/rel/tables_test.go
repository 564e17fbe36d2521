package rel

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tasktwin/tasktwin/memdb/internal/cow"
)

// print returns the rows of some tables, in the order of their ids, each with its parents' ids.
func (l *library) print(tables ...string) string {
	var all []string
	for _, table := range tables {
		var rows []string
		switch table {
		case "authors":
			for _, r := range l.authors.All() {
				rows = append(rows, fmt.Sprintf("%d:%s", r.id, r.name))
			}
		case "books":
			for _, r := range l.books.All() {
				rows = append(rows, fmt.Sprintf("%d/%d", r.id, l.authors.Parent(r.author).id))
			}
		case "copies":
			for _, r := range l.copies.All() {
				rows = append(rows, fmt.Sprintf("%d/%d.%d", r.id, l.books.Parent(r.book).id, r.number))
			}
		case "reviews":
			for _, r := range l.reviews.All() {
				rows = append(rows, fmt.Sprintf("%d/%d", r.id, l.copies.Parent(r.of).id))
			}
		case "visits":
			for _, r := range l.visits {
				if r.day > 0 {
					rows = append(rows, fmt.Sprintf("%d/%d", r.day, l.authors.Parent(r.author).id))
				}
			}
		}
		if len(rows) == 0 {
			rows = []string{"-"}
		}
		slices.Sort(rows)
		all = append(all, strings.Join(rows, " "))
	}
	return strings.Join(all, ", ")
}

// printGone returns the deleted rows to which others refer, or which of them a hook or a search
// has missed.
func (l *library) printGone() string {
	var all []string
	var orphans uint32
	for _, r := range gone(&l.authors) {
		all = append(all, fmt.Sprint("author ", r.id))
		orphans += hashOf(*r)
	}
	for _, r := range gone(&l.books) {
		all = append(all, fmt.Sprint("book ", r.id))
		orphans += hashOf(*r)
	}
	for _, r := range gone(&l.copies) {
		all = append(all, fmt.Sprint("copy ", r.id))
	}
	if orphans != l.derived.orphans {
		return "the hook was called for other rows than " + strings.Join(all, " ")
	}
	if len(all) == 0 {
		return "-"
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// gone returns the rows that are in Parents and not in All.
func gone[R any](t *Table[R]) (rows []*R) {
	for slot, r := range t.Parents() {
		at, isGone := t.FindGone(func(g *R) bool { return g == r })
		switch {
		case t.Row(slot) == r && !isGone:
		case t.Row(slot) == nil && isGone && at == slot && t.Parent(slot) == r:
			rows = append(rows, r)
		default:
			panic(fmt.Sprintf("slot %d: is the row gone?", slot))
		}
	}
	return rows
}

// check returns an error if the indexes, the lists of children, the sizes or the sums do not
// agree with the rows.
func (l *library) check() error {
	sums := derived{settled: l.derived.settled, orphans: l.derived.orphans}
	for _, r := range l.authors.All() {
		sums.authors += hashOf(*r)
	}
	for _, r := range l.books.All() {
		sums.books += hashOf(*r)
	}
	for _, r := range l.visits {
		if r.day > 0 {
			sums.visits += hashOf(r)
		}
		if r.day > 0 && !l.visitOf.Get(r.author) {
			return fmt.Errorf("visit %d is not with its author", r.day)
		}
	}
	if sums != l.derived {
		return fmt.Errorf("the derived data is %+v, of the rows %+v", l.derived, sums)
	}
	return errors.Join(
		checkTable(l, &authorsDef), checkTable(l, &booksDef), checkTable(l, &copiesDef), checkTable(l, &reviewsDef),
		checkChildren("books of", &l.books, func(r *book) uint32 { return r.author },
			func(parent uint32) []uint32 { return setAt(&l.booksOf, parent) }),
		checkChildren("translations", &l.books, func(r *book) uint32 { return r.translator },
			func(parent uint32) []uint32 { return setAt(&l.translations, parent) }),
		checkChildren("copies of", &l.copies, func(r *bookCopy) uint32 { return r.book }, func(parent uint32) (slots []uint32) {
			list := l.copiesOf.Get(parent)
			for c := range list.All() {
				if r := l.copies.Row(c.Slot); r != nil && r.number == c.Number {
					slots = append(slots, c.Slot)
				}
			}
			return slots
		}),
		checkChildren("review of", &l.reviews, func(r *review) uint32 { return r.of }, func(parent uint32) []uint32 {
			if at := l.reviewOf.Get(parent); at > 0 {
				return []uint32{at - 1}
			}
			return nil
		}),
	)
}

func setAt(sets *cow.Vec[cow.Set], parent uint32) []uint32 {
	set := sets.Get(parent)
	return slices.Collect(set.All())
}

func checkTable[R any](l *library, d *TableDef[library, R]) error {
	table := d.Table(l)
	n := 0
	for slot, r := range table.All() {
		n++
		for i := range d.Unique {
			u := &d.Unique[i]
			e := indexEntry{}
			if u.Find == nil {
				if e.hash, e.in = u.Hash(l, r); !e.in {
					continue
				}
			}
			if at, ok := d.lookUp(l, u, e, r); !ok || at != slot {
				return fmt.Errorf("index %s has the row at slot %d at %d, %t", u.Name, slot, at, ok)
			}
		}
	}
	if n != table.Len() {
		return fmt.Errorf("table %s has %d rows, and counts %d", d.Name, n, table.Len())
	}
	if err := table.checkSlots(); err != nil {
		return fmt.Errorf("table %s: %w", d.Name, err)
	}
	return nil
}

// checkSlots returns an error if the free slots do not agree with the rows.
func (t *Table[R]) checkSlots() error {
	for slot := range t.next + cow.PageSize {
		isFree := t.free.Get(slot/cow.PageSize)&slotBit(slot) != 0
		switch row := t.Row(slot); {
		case row != nil && slot >= t.next:
			return fmt.Errorf("slot %d has a row, and the next slot is %d", slot, t.next)
		case isFree && row != nil:
			return fmt.Errorf("slot %d has a row and is free", slot)
		case isFree && slot/cow.PageSize*cow.PageSize >= t.next:
			return fmt.Errorf("slot %d is free, and its page begins after the next slot, %d", slot, t.next)
		}
	}
	for f := t.freed; f != nil; f = f.next {
		if t.Row(f.slot) != nil || t.free.Get(f.slot/cow.PageSize)&slotBit(f.slot) != 0 {
			return fmt.Errorf("slot %d is freed, and is free or has a row", f.slot)
		}
	}
	var pages []uint32
	for page := range t.next/cow.PageSize + 1 {
		if t.free.Get(page) != 0 {
			pages = append(pages, page)
		}
	}
	if got := slices.Collect(t.freePages.All()); !slices.Equal(got, pages) {
		return fmt.Errorf("pages %v have free slots, and %v are listed", pages, got)
	}
	return nil
}

// maxSlots is more than the slots that a script takes.
const maxSlots = 64

// checkChildren compares the lists of all parents with the children that refer to them.
func checkChildren[R any](what string, t *Table[R], parent func(*R) uint32, list func(parent uint32) []uint32) error {
	for at := range uint32(maxSlots) {
		var want []uint32
		for slot, r := range t.All() {
			if parent(r) == at {
				want = append(want, slot)
			}
		}
		got := list(at)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			return fmt.Errorf("%s %d: %v, want %v", what, at, got, want)
		}
	}
	return nil
}
