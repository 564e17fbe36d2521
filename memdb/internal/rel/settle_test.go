package rel

import "testing"

// The hook runs at the end of each delete, also in the state of a snapshot.
func TestDeletesSettle(t *testing.T) {
	t.Parallel()
	for what, remove := range map[string]func(*State[library]) error{
		"a delete": func(st *State[library]) error { return authorsDef.Delete(st, authorSlot(st, 1)) },
		"one in a snapshot": func(st *State[library]) error {
			(&Store[library]{schema: &librarySchema}).drop(st, []entry{
				newEntry(deleted, authorsDef.rowID(authorSlot(st, 1))),
				newEntry(deleted, booksDef.rowID(bookSlot(st, 1))),
				newEntry(deleted, copiesDef.rowID(0)), newEntry(deleted, copiesDef.rowID(1)),
			})
			return nil
		},
	} {
		st := newLibrary(t)
		before := st.Tables.derived.settled
		expect(t, what, remove(st), "<nil>")
		if got := st.Tables.derived.settled - before; got != 1 || st.Tables.copies.Len() != 0 {
			t.Errorf("%s has settled %d times, and %d copies are left", what, got, st.Tables.copies.Len())
		}
	}
}

// A schema needs no hooks.
func TestSchemaWithoutHooks(t *testing.T) {
	t.Parallel()
	new(Schema[library]).settle(newLibrary(t))
	if got := new(Schema[library]).sessionName(t.Context()); got != "" {
		t.Errorf("a session without a name is called %q", got)
	}
}

// A slot that stands for a missing parent is one that no row has, and no other parent gets.
func TestReservedSlots(t *testing.T) {
	t.Parallel()
	st := newLibrary(t)
	for _, want := range []uint32{2, 3} {
		if got := booksDef.foreignKeys[0].reserve(st); got != want {
			t.Errorf("slot %d is reserved, want %d", got, want)
		}
	}
	expect(t, "an insert", authorsDef.Insert(st, &author{id: 3, name: "three"}), "<nil>")
	if got := authorSlot(st, 3); got != 4 {
		t.Errorf("the author is at slot %d, want 4", got)
	}
}

// Deletes in a snapshot, of rows that others have changed.
func TestDeletesInSnapshots(t *testing.T) {
	playAll(t, map[string]string{
		"of the first of several children": `
			Z: insert book 3 1
			A: begin snapshot
			A: authors -> 1:one 2:two
			C: translate 1 2
			A: delete author 1 -> 40001
			A: rollback`,
		"that a row forbids, which was only changed": `
			Z: translate 1 2
			B: begin
			B: lock book 1 update
			B: translate 1 2
			A: begin snapshot
			A: delete author 2 -> waits
			B: commit -> ok; A books_translator
			A: rollback`,
	})
}

// A slot that a transaction took from the free list before others came is in use, although the
// list of the committed state still has it.
func TestFreeSlotsThatAreInUse(t *testing.T) {
	playAll(t, map[string]string{
		"are not used again": `
			Z: delete author 2
			A: begin
			A: insert author 3 a
			B: begin
			B: insert author 4 b
			B: insert author 5 c
			B: commit
			A: commit
			D: insert author 6 d
			D: insert author 7 e
			D: slots -> 1@0 3@1 4@2 5@3 6@4 7@5`,
	})
}

// Elsewhere are the newest state, if the statement's is another, and the states of others.
func TestStatesElsewhere(t *testing.T) {
	t.Parallel()
	s := new(Store[library])
	s.Init(&librarySchema, newLibrary(t).Tables)
	ctx := t.Context()
	answers := func(x Executor[library], what string) {
		if answer := run(ctx, x, what); answer != "ok" {
			t.Errorf("%s: %s", what, answer)
		}
	}
	elsewhere := func(what string, tx *Tx[library], want ...*State[library]) {
		if err := Write(ctx, tx, nil, FailsBeforeWriting, func(st *State[library]) error {
			got := st.Elsewhere()
			for i, state := range want {
				if state == nil {
					want[i] = st.Newest()
				}
			}
			if len(got) != len(want) {
				t.Errorf("%s: there are %d states, want %d", what, len(got), len(want))
				return nil
			}
			for i := range got {
				if got[i] != want[i] {
					t.Errorf("%s: state %d is another", what, i)
				}
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
	}
	none := func(what string, err error) { expect(t, what, err, "<nil>") }
	none("a reader", s.InTx(ctx, TxOptions{Snapshot: true}, func(reader *Tx[library]) error {
		if got := run(ctx, reader, "read author 1"); got != "one" {
			t.Errorf("the author is %s", got)
		}
		return s.InTx(ctx, TxOptions{}, func(other *Tx[library]) error {
			answers(other, "insert author 4 x")
			return s.InTx(ctx, TxOptions{Snapshot: true}, func(tx *Tx[library]) error {
				answers(tx, "lock book 1 share")
				elsewhere("before a commit", tx, other.s.pending)
				answers(s, "insert author 3 b")
				elsewhere("after a commit", tx, nil, other.s.pending)
				return nil
			})
		})
	}))
	if got := newLibrary(t).Elsewhere(); got != nil {
		t.Errorf("without a transaction there are %d states", len(got))
	}
}
