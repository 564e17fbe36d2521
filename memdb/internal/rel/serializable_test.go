package rel

import "testing"

// Serializable transactions whose reads and writes have no serial order fail.
func TestSerialOrder(t *testing.T) {
	playAll(t, map[string]string{
		"write skew": `
			A: begin serializable
			B: begin serializable
			A: read author 1 -> one
			B: read author 2 -> two
			A: rename 2 a
			B: rename 1 b
			A: commit
			B: commit -> 40001
			C: authors -> 1:one 2:a`,
		"write skew, found by a statement": `
			A: begin serializable
			B: begin serializable
			A: read author 1 -> one
			B: read author 2 -> two
			A: rename 2 a
			A: commit
			B: rename 1 b -> 40001
			B: commit -> rolled back`,
		"write skew, found by a read": `
			A: begin serializable
			B: begin serializable
			B: rename 1 b
			A: read author 1 -> one
			A: rename 2 a
			A: commit
			B: read author 2 -> 40001
			B: commit -> rolled back`,
		"write skew of tables": `
			A: begin serializable
			B: begin serializable
			A: authors -> 1:one 2:two
			B: authors -> 1:one 2:two
			A: insert author 3 a
			B: insert author 4 b
			B: commit
			A: commit -> 40001`,
		"write skew of lists": `
			A: begin serializable
			B: begin serializable
			A: books 1 -> 1
			B: books 2 ->
			A: insert book 2 2
			B: insert book 3 1
			A: commit
			B: commit -> 40001`,
		"write skew of a list that rows move to": `
			A: begin serializable
			B: begin serializable
			A: books 2 ->
			B: read author 1 -> one
			A: rename 1 a
			B: move 1 2
			A: commit
			B: commit -> 40001`,
		"write skew of keys": `
			A: begin serializable
			B: begin serializable
			A: read author 3 -> none
			B: read author 4 -> none
			A: insert author 4 a
			B: insert author 3 b
			A: commit
			B: commit -> 40001`,
		"write skew of keys that rows change to": `
			A: begin serializable
			B: begin serializable
			A: read author 3 -> none
			B: read author 4 -> none
			A: rekey 1 4
			B: rekey 2 3
			A: commit
			B: commit -> 40001`,
		"write skew of deletes": `
			A: begin serializable
			B: begin serializable
			A: read author 1 -> one
			B: authors -> 1:one 2:two
			A: delete author 2
			B: delete author 1
			A: commit
			B: commit -> 40001`,
		"write skew of appended rows": `
			A: begin serializable
			B: begin serializable
			A: visits -> -
			B: read author 1 -> one
			A: rename 1 a
			B: insert visit 1 2
			A: commit
			B: commit -> 40001`,
		"other rows": `
			A: begin serializable
			B: begin serializable
			A: read author 1 -> one
			B: read author 2 -> two
			A: rename 1 a
			B: rename 2 b
			A: commit
			B: commit`,
		"other lists": `
			A: begin serializable
			B: begin serializable
			A: books 1 -> 1
			B: books 2 ->
			A: insert book 2 1
			B: insert book 3 2
			A: commit
			B: commit`,
		"one after the other": `
			A: begin serializable
			A: read author 1 -> one
			A: rename 2 a
			A: commit
			B: begin serializable
			B: read author 2 -> a
			B: rename 1 b
			B: commit`,
		"beside a repeatable read": `
			A: begin serializable
			B: begin snapshot
			A: read author 1 -> one
			B: read author 2 -> two
			A: rename 2 a
			B: rename 1 b
			A: commit
			B: commit`,
		"one conflict only": `
			A: begin serializable
			B: begin serializable
			A: read author 1 -> one
			B: rename 1 b
			B: commit
			A: rename 2 a
			A: commit
			C: authors -> 1:b 2:a`,
		"a pivot that commits last": `
			A: begin serializable
			B: begin serializable
			C: begin serializable
			A: read author 1 -> one
			B: read author 2 -> two
			C: rename 2 c
			C: commit
			B: rename 1 b -> 40001
			B: rollback
			A: insert author 3 a
			A: commit`,
		"a pivot that commits before the out side": `
			A: begin serializable
			B: begin serializable
			C: begin serializable
			A: read author 1 -> one
			B: read author 2 -> two
			B: rename 1 b
			B: commit
			C: rename 2 c
			A: insert author 3 a
			C: commit
			A: commit`,
		"a pivot that has committed": `
			A: begin serializable
			B: begin serializable
			C: begin serializable
			A: read author 2 -> two
			B: read author 2 -> two
			C: rename 2 c
			B: rename 1 b
			C: commit
			B: commit
			A: read author 1 -> 40001
			A: commit -> rolled back`,
		"a pivot that is doomed by a commit": `
			A: begin serializable
			B: begin serializable
			C: begin serializable
			A: read author 1 -> one
			B: read author 2 -> two
			B: rename 1 b
			C: rename 2 c
			C: commit
			A: rename 3 x -> no rows
			A: commit
			B: commit -> 40001`,
		"a pivot that is doomed by a reader": `
			A: begin serializable
			B: begin serializable
			C: begin serializable
			A: authors -> 1:one 2:two
			B: read author 2 -> two
			C: rename 2 c
			B: insert book 3 1
			C: commit
			A: books 1 -> 1
			B: insert book 4 2 -> 40001
			B: rollback
			A: insert author 3 a
			A: commit`,
		"the out side that commits after the reader": `
			A: begin serializable
			B: begin serializable
			C: begin serializable
			A: read author 1 -> one
			B: read author 2 -> two
			A: insert author 3 a
			B: rename 1 b
			C: rename 2 c
			A: commit
			C: commit
			B: commit`,
		"the read-only anomaly": `
			A: begin serializable
			B: begin serializable
			A: authors -> 1:one 2:two
			B: read author 2 -> two
			B: rename 2 b
			B: commit
			C: begin serializable readonly
			C: authors -> 1:one 2:b
			C: commit
			A: rename 1 a -> 40001
			A: rollback`,
		"the same without the reader": `
			A: begin serializable
			B: begin serializable
			A: authors -> 1:one 2:two
			B: read author 2 -> two
			B: rename 2 b
			B: commit
			A: rename 1 a
			A: commit`,
		"a reader whose snapshot is safe": `
			A: begin serializable
			B: begin serializable
			C: begin serializable readonly
			A: authors -> 1:one 2:two
			C: authors -> 1:one 2:two
			B: rename 2 b
			B: commit
			A: rename 1 a
			C: read author 1 -> one
			A: commit
			C: commit`,
		"a reader of what has committed": `
			A: begin serializable
			B: begin serializable
			A: authors -> 1:one 2:two
			B: rename 2 b
			B: commit
			C: begin serializable readonly
			C: read author 2 -> b
			A: rename 1 a
			A: commit
			C: read author 1 -> 40001
			C: rollback`,
		"what is read after a savepoint began": `
			A: begin serializable
			B: begin serializable
			A: insert author 3 a
			A: savepoint
			A: read author 1 -> one
			A: release
			B: read author 2 -> two
			B: rename 1 b
			A: rename 2 x
			B: commit
			A: commit -> 40001`,
		"a reader that comes first": `
			A: begin serializable
			B: begin serializable
			C: begin serializable readonly
			A: authors -> 1:one 2:two
			C: books 1 -> 1
			B: rename 2 b
			B: commit
			A: rename 1 a
			A: commit
			C: read author 1 -> one
			C: commit`,
		"foreign keys are read": `
			A: begin serializable
			B: begin serializable
			A: insert book 2 1
			B: books 1 -> 1
			B: rename 1 b
			B: commit
			A: commit -> 40001`,
		"foreign keys are read by a delete": `
			A: begin serializable
			B: begin serializable
			A: delete author 2
			B: read author 2 -> two
			B: insert author 3 b
			B: commit
			A: read author 3 -> 40001
			A: rollback`,
		"what was deleted is looked for": `
			A: begin serializable
			B: begin serializable
			B: read author 2 -> two
			A: delete author 2
			B: insert author 3 b
			A: authors -> 1:one
			B: commit
			A: commit -> 40001`,
	})
}

// A transaction that cannot commit any more fails its statements, and no savepoint helps.
func TestDoomedTransactions(t *testing.T) {
	playAll(t, map[string]string{
		"a read": `
			A: begin serializable
			B: begin serializable
			A: read author 1 -> one
			B: read author 2 -> two
			A: rename 2 a
			B: rename 1 b
			A: commit
			B: authors -> 40001
			B: commit -> rolled back`,
		"a write": `
			A: begin serializable
			B: begin serializable
			A: read author 1 -> one
			B: read author 2 -> two
			A: rename 2 a
			B: rename 1 b
			A: commit
			B: insert author 3 x -> 40001
			B: commit -> rolled back`,
		"a statement that touches no row": `
			A: begin serializable
			B: begin serializable
			A: read author 1 -> one
			B: read author 2 -> two
			A: rename 2 a
			B: rename 1 b
			A: commit
			B: read author 7 -> none
			B: commit -> 40001`,
		"a savepoint": `
			A: begin serializable
			B: begin serializable
			A: read author 1 -> one
			B: read author 2 -> two
			A: rename 2 a
			B: rename 1 b
			A: commit
			B: savepoint
			B: authors -> 40001
			B: rollback
			B: authors -> 40001
			B: commit -> rolled back`,
		"a duplicate": `
			A: begin serializable
			B: begin serializable
			A: read author 1 -> one
			B: read author 2 -> two
			A: rename 2 a
			B: rename 1 b
			A: commit
			B: insert author 1 x -> 40001
			B: rollback`,
		"a duplicate that others have looked for": `
			A: begin serializable
			B: begin serializable
			A: read author 3 -> none
			B: authors -> 1:one 2:two
			A: rename 2 a
			C: insert author 3 x
			A: commit
			B: insert author 3 y -> 40001
			B: rollback`,
		"a duplicate that nobody has looked for": `
			A: begin serializable
			B: begin serializable
			A: read author 1 -> one
			B: authors -> 1:one 2:two
			C: insert author 3 x
			B: insert author 3 y -> authors_pkey
			B: rollback
			A: commit`,
	})
}

// What is rolled back has no conflicts.
func TestConflictsThatEnd(t *testing.T) {
	playAll(t, map[string]string{
		"the other is rolled back": `
			A: begin serializable
			B: begin serializable
			A: read author 1 -> one
			B: read author 2 -> two
			A: rename 2 a
			B: rename 1 b
			A: rollback
			B: commit`,
		"the write is rolled back": `
			A: begin serializable
			B: begin serializable
			B: savepoint
			B: rename 1 b
			B: rollback
			A: read author 1 -> one
			B: read author 2 -> two
			A: rename 2 a
			A: commit
			B: insert author 3 b
			B: commit`,
		"only a later write is rolled back": `
			A: begin serializable
			B: begin serializable
			B: rename 1 b
			B: savepoint
			B: rename 1 c
			B: rollback
			A: read author 1 -> one
			B: read author 2 -> two
			A: rename 2 a
			A: commit
			B: commit -> 40001`,
		"the row that was read is replaced": `
			A: begin serializable
			A: read author 1 -> one
			C: rename 1 c
			B: begin serializable
			B: read author 2 -> two
			B: rename 1 b
			A: rename 2 a
			A: commit
			B: commit`,
		"another row is replaced": `
			A: begin serializable
			A: read author 1 -> one
			B: begin serializable
			B: read author 2 -> two
			C: insert author 3 c
			B: rename 1 b
			A: rename 2 a
			A: commit
			B: commit -> 40001`,
		"the other is doomed": `
			A: begin serializable
			B: begin serializable
			C: begin serializable
			A: read author 1 -> one
			B: read author 2 -> two
			A: rename 2 a
			B: rename 1 b
			A: commit
			C: read author 1 -> one
			C: insert author 3 c
			C: commit
			B: commit -> 40001`,
	})
}

// Nothing is remembered of transactions that no other overlaps.
func TestSerializablesAreForgotten(t *testing.T) {
	t.Parallel()
	s := newStore()
	known := func(want int) {
		t.Helper()
		if got := len(s.serializables.known); got != want {
			t.Errorf("%d transactions are known, want %d", got, want)
		}
	}
	ctx, opts := t.Context(), TxOptions{Snapshot: true, Serializable: true}
	write := func(id int, name string) {
		t.Helper()
		err := s.InTx(ctx, opts, func(tx *Tx[library]) error {
			countAuthors(t, tx)
			return insertAuthor(ctx, tx, id, name)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	write(1, "a")
	known(0)
	err := s.InTx(ctx, opts, func(first *Tx[library]) error {
		countAuthors(t, first)
		known(1)
		write(2, "b")
		known(2)
		err := s.InTx(ctx, opts, func(second *Tx[library]) error {
			countAuthors(t, second)
			write(3, "c")
			known(4)
			return nil
		})
		known(4)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	known(0)
	err = s.InTx(ctx, opts, func(old *Tx[library]) error {
		countAuthors(t, old)
		write(4, "d")
		return s.InTx(ctx, opts, func(last *Tx[library]) error {
			countAuthors(t, last)
			write(5, "e")
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	known(0)
}

// A statement that has only waited for its last parent has nothing more to read or to write: it
// succeeds, and its transaction fails at the commit.
func TestDoomedInTheLastWait(t *testing.T) {
	playAll(t, map[string]string{
		"for the last parent": `
			B: begin serializable
			B: rename 1 b
			C: begin serializable
			C: read author 2 -> two
			B: savepoint
			B: savepoint
			B: delete author 1
			B: release
			C: insert book 2 1 -> waits
			B: rollback
			B: commit -> ok; C ok
			C: commit -> 40001`,
		"for the last parent, before another statement": `
			B: begin serializable
			B: rename 1 b
			C: begin serializable
			C: read author 2 -> two
			B: savepoint
			B: savepoint
			B: delete author 1
			B: release
			C: insert book 2 1 -> waits
			B: rollback
			B: commit -> ok; C ok
			C: rename 2 c -> 40001
			C: rollback`,
		"for one of two parents": `
			B: begin serializable
			B: rename 1 b
			C: begin serializable
			C: read author 2 -> two
			B: savepoint
			B: savepoint
			B: delete author 1
			B: release
			C: insert book 2 1 2 -> waits
			B: rollback
			B: commit -> ok; C 40001
			C: rollback`,
		"for the last parent of one of two rows": `
			B: begin serializable
			B: rename 1 b
			C: begin serializable
			C: read author 2 -> two
			B: savepoint
			B: savepoint
			B: delete author 1
			B: release
			C: load 2:1 3:1 -> waits
			B: rollback
			B: commit -> ok; C 40001
			C: rollback`,
	})
}
