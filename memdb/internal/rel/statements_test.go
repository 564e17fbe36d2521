package rel

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// run runs a statement of a script, and returns its answer:
//
//	insert author 3 name      also book 2 of an author [and a translator], copy 3 of a book with a
//	                          number, review 1 of a copy, visit on day 1 of an author
//	rename 1 name             gives an author another name
//	rename 1 a 2 b            does so twice in one statement
//	retire 1                  takes an author's name out of the index
//	rekey 1 9                 gives an author another id
//	move 1 2                  makes a book one of another author, and translate 1 2 of a translator
//	upsert 1 name             inserts an author or renames the author who has the id
//	delete author 1           also book, copy, review
//	rename 2 x and delete author 1   does one after the other in one statement
//	load 2:1 3:2              loads books of authors
//	lock author 1 share       locks a row in a mode: share, nokey, update
//	read author 1             reads an author's name
//	authors, visits           reads a table, and books of 1 the books of an author
//	slots                     reads the slots of the authors, and days the days of the visits by their slots
//	all                       reads all rows
//	gone                      reads the deleted rows to which others refer
//	panic 3                   inserts an author and panics
func run(ctx context.Context, x Executor[library], what string) (answer string) {
	defer func() {
		if r := recover(); r != nil {
			answer = fmt.Sprint("panic: ", r)
		}
	}()
	s := statement{strings.Fields(what)}
	read := func(fn func(*State[library]) string) string {
		err := Read(ctx, x, nil, func(st *State[library]) error {
			answer = fn(st)
			return nil
		})
		if err != nil {
			return text(err)
		}
		return answer
	}
	write := func(mode WriteMode, fn func(*State[library]) error) string { return text(Write(ctx, x, nil, mode, fn)) }
	if slices.Contains(s.words, "and") {
		return write(MayFailMidway, s.both)
	}
	switch s.words[0] {
	case "insert":
		return write(FailsBeforeWriting, s.insert)
	case "rename":
		return write(MayWaitMidway, s.rename)
	case "retire":
		return write(FailsBeforeWriting, func(st *State[library]) error {
			return s.updateAuthor(st, 1, func(a *author) { a.retired = true })
		})
	case "rekey":
		return write(FailsBeforeWriting, func(st *State[library]) error {
			return s.updateAuthor(st, 1, func(a *author) { a.id = s.number(2) })
		})
	case "move":
		return write(FailsBeforeWriting, func(st *State[library]) error {
			return s.updateBook(st, func(b *book) { b.author = parentSlot(st, authorSlot, s.number(2)) })
		})
	case "translate":
		return write(FailsBeforeWriting, func(st *State[library]) error {
			return s.updateBook(st, func(b *book) { b.translator = parentSlot(st, authorSlot, s.number(2)) })
		})
	case "upsert":
		return write(FailsBeforeWriting, s.upsert)
	case "delete":
		return write(MayFailMidway, s.delete)
	case "load":
		return write(MayFailMidway, s.load)
	case "lock":
		return write(MayFailMidway, s.lock)
	case "panic":
		return write(MayFailMidway, func(st *State[library]) error {
			if err := authorsDef.Insert(st, &author{id: s.number(1)}); err != nil {
				return err
			}
			panic("a bug")
		})
	case "read":
		return read(s.readAuthor)
	case "authors":
		return read(func(st *State[library]) string { authorsDef.ReadAll(st); return st.Tables.print("authors") })
	case "visits":
		return read(func(st *State[library]) string { visitsDef.ReadAll(st); return st.Tables.print("visits") })
	case "days":
		return read(func(st *State[library]) string {
			var days []string
			for _, v := range st.Tables.visits {
				day := "-"
				if v.day > 0 {
					day = strconv.Itoa(v.day)
				}
				days = append(days, day)
			}
			return strings.Join(days, " ")
		})
	case "slots":
		return read(func(st *State[library]) string {
			var at []string
			for slot, r := range st.Tables.authors.All() {
				at = append(at, fmt.Sprintf("%d@%d", r.id, slot))
			}
			return strings.Join(at, " ")
		})
	case "books":
		return read(s.booksOf)
	case "all":
		return read(func(st *State[library]) string {
			return st.Tables.print("authors", "books", "copies", "reviews", "visits")
		})
	case "gone":
		return read(func(st *State[library]) string { return st.Tables.printGone() })
	}
	panic("no statement " + what)
}

type statement struct{ words []string }

// number returns a word as a number, or 0.
func (s statement) number(i int) int {
	if i >= len(s.words) {
		return 0
	}
	n, _ := strconv.Atoi(s.words[i])
	return n
}

// parentSlot returns the slot of a parent, also of one that the statement does not see. 0 is NULL.
func parentSlot(st *State[library], find func(*State[library], int) uint32, id int) uint32 {
	if id == 0 {
		return NoSlot
	}
	slot := find(st, id)
	for _, other := range st.Elsewhere() {
		if slot == MissingSlot {
			slot = find(other, id)
		}
	}
	return slot
}

// withKey names the unique index for which a statement waits.
func withKey(err error, keys ...string) error {
	if c, waits := err.(*ConflictError[library]); waits && c.IsKey { //nolint:errorlint // never wrapped
		c.Key = keys[c.Nth]
	}
	return err
}

func (s statement) insert(st *State[library]) error {
	id := s.number(2)
	switch s.words[1] {
	case "author":
		return withKey(authorsDef.Insert(st, &author{id: id, name: s.words[3]}), "id", "name")
	case "book":
		return withKey(booksDef.Insert(st, &book{
			id: id, title: "x", author: parentSlot(st, authorSlot, s.number(3)), translator: parentSlot(st, authorSlot, s.number(4)),
		}), "id")
	case "copy":
		return withKey(copiesDef.Insert(st, &bookCopy{
			id: id, book: parentSlot(st, bookSlot, s.number(3)), number: int32(s.number(4)),
		}), "id", "number")
	case "review":
		return withKey(reviewsDef.Insert(st, &review{id: id, of: parentSlot(st, copySlot, s.number(3))}), "of", "id")
	case "visit":
		return withKey(visitsDef.Insert(st, &visit{day: id, author: parentSlot(st, authorSlot, s.number(3))}), "day")
	}
	panic("no table " + s.words[1])
}

// target returns the newest version of a row that was there when the statement began.
func target[R any](st *State[library], d *TableDef[library, R], key *R) (slot uint32, r *R) {
	if slot = slotOf(st.Snapshot(), d, key); slot == MissingSlot {
		return slot, nil
	}
	d.Read(st, slot)
	return slot, d.Table(&st.Tables).Row(slot)
}

func (s statement) updateAuthor(st *State[library], at int, change func(*author)) error {
	slot, old := target(st, &authorsDef, &author{id: s.number(at)})
	if old == nil {
		return ErrNoRows
	}
	r := *old
	change(&r)
	return withKey(authorsDef.Update(st, slot, old, &r), "id", "name")
}

func (s statement) rename(st *State[library]) error {
	for at := 1; at < len(s.words); at += 2 {
		if err := s.updateAuthor(st, at, func(a *author) { a.name = s.words[at+1] }); err != nil {
			return err
		}
	}
	return nil
}

func (s statement) updateBook(st *State[library], change func(*book)) error {
	slot, old := target(st, &booksDef, &book{id: s.number(1)})
	if old == nil {
		return ErrNoRows
	}
	r := *old
	change(&r)
	return booksDef.Update(st, slot, old, &r)
}

func (s statement) upsert(st *State[library]) error {
	r := &author{id: s.number(1), name: s.words[2]}
	newest := st.Newest()
	slot := slotOf(newest, &authorsDef, r)
	if slot == MissingSlot {
		return withKey(authorsDef.Insert(st, r), "id", "name")
	}
	return withKey(authorsDef.Upsert(st, slot, newest.Tables.authors.Row(slot), r), "id", "name")
}

// both renames or deletes before the word "and" and after it.
func (s statement) both(st *State[library]) error {
	at := slices.Index(s.words, "and")
	for _, part := range []statement{{s.words[:at]}, {s.words[at+1:]}} {
		do := part.delete
		if part.words[0] == "rename" {
			do = part.rename
		}
		if err := do(st); err != nil {
			return err
		}
	}
	return nil
}

func (s statement) delete(st *State[library]) error {
	id := s.number(2)
	switch s.words[1] {
	case "author":
		return deleteRow(st, &authorsDef, &author{id: id})
	case "book":
		return deleteRow(st, &booksDef, &book{id: id})
	case "copy":
		return deleteRow(st, &copiesDef, &bookCopy{id: id})
	case "review":
		slot := slotOf2(st.Snapshot(), id)
		if slot == MissingSlot || st.Tables.reviews.Row(slot) == nil {
			return ErrNoRows
		}
		return reviewsDef.Delete(st, slot)
	}
	panic("no table " + s.words[1])
}

// slotOf2 is slotOf for reviews, whose primary key is the second index.
func slotOf2(st *State[library], id int) uint32 {
	for slot, r := range st.Tables.reviews.All() {
		if r.id == id {
			return slot
		}
	}
	return MissingSlot
}

func deleteRow[R any](st *State[library], d *TableDef[library, R], key *R) error {
	slot, r := target(st, d, key)
	if r == nil {
		return ErrNoRows
	}
	return d.Delete(st, slot)
}

func (s statement) load(st *State[library]) error {
	type pending struct {
		row    book
		author int
	}
	return Load(st, &booksDef, s.words[1:], func(word *string) (pending, error) {
		id, by, _ := strings.Cut(*word, ":")
		n, _ := strconv.Atoi(id)
		a, _ := strconv.Atoi(by)
		return pending{book{id: n, title: "x", translator: NoSlot}, a}, nil
	}, Pending[library, book, pending]{
		Row:         func(p *pending) *book { r := p.row; p.row = r; return &p.row },
		Resolve:     func(st *State[library], p *pending) { p.row.author = parentSlot(st, authorSlot, p.author) },
		Placeholder: func(_ *pending, _ int, reserve func() uint32) uint32 { return reserve() },
		Explain:     func(_ *State[library], _ *pending, violated error) error { return withKey(violated, "id") },
	})
}

func (s statement) lock(st *State[library]) error {
	mode := map[string]LockMode{"share": KeyShare, "nokey": NoKeyUpdate, "update": Update}[s.words[3]]
	if s.words[1] == "book" {
		return booksDef.lock(st.session, bookSlot(st.Snapshot(), s.number(2)), mode)
	}
	return authorsDef.lock(st.session, authorSlot(st.Snapshot(), s.number(2)), mode)
}

func (s statement) readAuthor(st *State[library]) string {
	a := &author{id: s.number(2)}
	slot := slotOf(st, &authorsDef, a)
	if slot == MissingSlot {
		authorsDef.ReadKey(st, 0, hashOf(a.id))
		return "none"
	}
	authorsDef.Read(st, slot)
	return st.Tables.authors.Row(slot).name
}

func (s statement) booksOf(st *State[library]) string {
	slot := authorSlot(st, s.number(1))
	booksDef.ReadChildren(st, 0, authorsDef.keyHashAt(st, slot))
	var ids []int
	list := st.Tables.booksOf.Get(slot)
	for at := range list.All() {
		ids = append(ids, st.Tables.books.Row(at).id)
	}
	slices.Sort(ids)
	return strings.Trim(fmt.Sprint(ids), "[]")
}
