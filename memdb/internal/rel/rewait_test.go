package rel

import "testing"

// What a statement has locked before it had to wait stays locked, also if it does not need
// the row any more.
func TestLocksThatAreNotNeededAnyMore(t *testing.T) {
	playAll(t, map[string]string{
		"of a child that has moved away": `
			A: begin
			A: move 1 2
			B: begin
			B: delete author 1 -> waits
			A: commit -> ok; B ok
			C: delete book 1 -> waits
			?: C for B: books
			B: commit -> ok; C ok`,
		"after a second wait": `
			Z: insert book 3 1
			A: begin
			D: begin
			A: move 1 2
			D: lock book 3 share
			B: begin
			B: delete author 1 -> waits
			A: commit
			?: B for D: books
			D: commit -> ok; B ok
			C: lock book 1 share -> waits
			?: C for B: books
			B: commit -> ok; C ok
			E: all -> 2:two, 1/2, 1/1.1 2/1.2, -, -`,
		"of a snapshot, which takes no lock after a wait": `
			A: begin
			A: lock book 1 share
			B: begin snapshot
			B: rename 2 b
			C: insert author 3 c
			B: delete author 1 -> waits
			A: commit -> ok; B ok
			B: all -> 2:b, -, -, -, -
			B: commit
			E: all -> 2:b 3:c, -, -, -, -`,
		"of a parent whose id is used again": `
			A: begin
			A: delete author 2
			A: insert author 2 x
			B: insert book 2 2 -> waits
			A: commit -> ok; B books_author`,
		"of all who hold a row": `
			A: begin
			B: begin
			C: begin snapshot
			C: authors -> 1:one 2:two
			A: rename 1 a
			B: lock author 1 share
			C: lock author 1 update -> waits
			A: commit
			?: C for B: authors author 1
			B: commit -> ok; C 40001
			C: rollback`,
		"of the state in which the statement began": `
			A: begin
			A: rename 1 a
			B: begin
			B: insert author 5 e
			B: insert author 6 f
			B: insert author 7 g
			B: insert author 8 h
			B: rename 1 b 3 c -> waits
			C: insert author 3 x
			A: commit -> ok; B no rows
			B: rollback`,
	})
}

// A row that a transaction updates twice refers to its parents as a new row does.
func TestReferencesOfRowsUpdatedTwice(t *testing.T) {
	playAll(t, map[string]string{
		"are checked again": `
			A: begin
			B: begin
			A: translate 1 2
			C: lock author 1 update
			A: translate 1 0
			B: lock author 1 update -> waits
			?: B for A: authors author 1
			A: commit -> ok; B ok
			B: commit`,
		"and are not if the first update is rolled back": `
			A: begin
			A: savepoint
			A: translate 1 2
			A: rollback
			A: translate 1 0
			C: lock author 1 update
			A: commit`,
		"and are if another is rolled back": `
			A: begin
			A: translate 1 2
			A: savepoint
			A: insert author 3 x
			A: rollback
			A: translate 1 0
			B: lock author 1 update -> waits
			A: commit -> ok; B ok`,
		"and are not of a row that was only locked": `
			Z: insert book 2 2
			A: begin
			A: lock book 1 nokey
			A: translate 2 0
			A: savepoint
			A: rollback
			A: translate 1 0
			C: lock author 1 update
			A: commit`,
		"and are not of another row": `
			Z: insert book 2 2
			A: begin
			A: translate 2 0
			A: translate 1 0
			C: lock author 1 update
			A: commit`,
	})
}

// Savepoints beside each other.
func TestSavepointsBesideEachOther(t *testing.T) {
	playAll(t, map[string]string{
		"who waits for the released one waits for the end": `
			A: begin
			A: savepoint
			A: rename 2 x
			A: savepoint
			A: rename 1 a
			A: release
			B: rename 1 b -> waits
			C: rename 2 c -> waits
			A: rollback -> ok; C ok
			?: B for A: authors author 1
			A: commit -> ok; B ok`,
		"who waits for a share in the released one waits for the end": `
			A: begin
			A: rename 2 x
			A: savepoint
			A: savepoint
			A: lock author 1 share
			A: release
			B: lock author 1 update -> waits
			A: rollback
			?: B for A: authors author 1
			A: commit -> ok; B ok`,
		"a failure keeps what was locked before a savepoint": `
			A: begin
			A: rename 1 a
			A: savepoint
			A: rollback
			A: lock book 1 nokey
			A: savepoint
			A: rename 2 x
			B: lock book 1 nokey -> waits
			C: rename 2 c -> waits
			A: insert author 1 y -> authors_pkey; C ok
			?: B for A: books
			A: rollback
			A: commit -> ok; B ok`,
		"a rollback forgets the savepoints in it": `
			A: begin
			A: savepoint
			A: rename 1 a
			A: savepoint
			A: rollback
			A: rename 2 x
			A: rollback
			A: rename 2 y
			A: savepoint
			A: insert author 3 z
			A: release
			B: rename 2 b -> waits
			A: insert author 1 y -> authors_pkey; B ok
			A: rollback`,
	})
}

// The locks that entries of a log imply.
func TestLocksOfEntries(t *testing.T) {
	t.Parallel()
	row := newRowID(3, 1<<31+7)
	if row.table() != 3 || row.slot() != 1<<31+7 {
		t.Errorf("the row is of table %d at slot %d", row.table(), row.slot())
	}
	for kind, want := range map[entryKind]entryKind{
		lockedKeyShare: lockedKeyShare, lockedNoKeyUpdate: lockedNoKeyUpdate, lockedUpdate: lockedUpdate,
		updated: lockedNoKeyUpdate, deleted: lockedUpdate, inserted: 0,
	} {
		e, ok := newEntry(kind, row).asLock()
		if ok != (want != 0) || ok && (e.kind() != want || e.row() != row) || !ok && e != 0 {
			t.Errorf("kind %d has the lock %d, %t, want %d", kind, e.kind(), ok, want)
		}
	}
	for _, mode := range []LockMode{noLock, KeyShare, NoKeyUpdate, Update} {
		if mode.conflicts(noLock) || noLock.conflicts(mode) {
			t.Errorf("mode %d conflicts with no lock", mode)
		}
	}
}

// Upsert checks the row before it looks at the old one. It needs no session.
func TestUpsertAlone(t *testing.T) {
	t.Parallel()
	st := newLibrary(t)
	slot := bookSlot(st, 1)
	old := st.Tables.books.Row(slot)
	expect(t, "a row without a title", booksDef.Upsert(st, slot, old, &book{id: 1}), errNoTitle.Error())
	expect(t, "a row", booksDef.Upsert(st, slot, old, &book{id: 1, title: "new", author: old.author, translator: NoSlot}), "<nil>")
	if got := st.Tables.books.Row(slot).title; got != "new" {
		t.Errorf("the title is %q", got)
	}
}
