package rel

import "testing"

// A statement that had to wait runs again, as if it had done nothing but lock rows.
func TestStatementsThatWaitedRunAgain(t *testing.T) {
	playAll(t, map[string]string{
		"on the rows that were there when it began, also after a second wait": `
			A: begin
			A: rename 1 a
			D: begin
			D: rename 2 d
			B: begin
			B: rename 1 x 2 y 3 z -> waits
			C: insert author 3 c
			A: commit
			?: B for D: authors author 2
			D: commit -> ok; B no rows
			B: commit
			E: authors -> 1:x 2:y 3:c`,
		"and check a reference that did not change only if an earlier statement has updated the row": `
			D: begin
			D: lock author 2 update
			A: begin
			A: translate 1 2 -> waits
			D: rollback -> ok; A ok
			B: lock author 1 update
			C: lock author 2 update -> waits
			A: commit -> ok; C ok`,
		"and give up keys as they did before": `
			D: begin
			D: rename 2 d
			A: begin
			A: rename 1 p
			A: rename 1 x 2 y -> waits
			D: rollback -> ok; A ok
			C: insert author 5 p -> waits
			?: C for A: authors name
			A: rollback -> ok; C ok`,
		"and have stored the row by then, if they wait for what it refers to": `
			D: begin
			D: lock author 2 update
			A: begin
			A: translate 1 2 -> waits
			B: insert book 1 1 -> waits
			E: lock book 1 share
			?: A for D: authors author 2; B for A: books id
			D: rollback -> ok; A ok
			A: commit -> ok; B books_pkey`,
		"and abort the transaction if they panic then": `
			B: begin
			B: insert author 3 b
			A: begin
			A: panic 3 -> waits
			B: rollback -> ok; A panic: a bug
			A: authors -> aborted
			A: commit -> rolled back
			C: insert author 3 c`,
		"and look at no later row before": `
			D: begin
			D: lock author 1 update
			A: load 5:1 1:1 -> waits
			D: rollback -> ok; A books_pkey`,
		"and what it has stored is of no savepoint": `
			A: begin
			A: savepoint
			A: lock author 1 share
			D: begin
			D: lock author 2 update
			A: savepoint
			A: load 5:1 6:2 -> waits
			D: rollback -> ok; A ok
			A: release
			B: lock author 1 update -> waits
			A: rollback -> ok; B ok
			A: commit`,
		"in a snapshot, with the keys that others have committed": `
			A: begin snapshot
			A: lock book 1 share
			B: insert author 3 b
			A: insert author 4 x
			D: begin
			D: insert author 5 d
			A: insert author 6 d -> waits
			D: rollback -> ok; A ok
			A: insert author 7 b -> authors_name
			A: rollback`,
	})
}

// Nothing of a statement that could have had to wait is left when it is over.
func TestStatementsThatDidNotWait(t *testing.T) {
	playAll(t, map[string]string{
		"and keys that are stored in a savepoint since": `
			B: begin
			B: lock author 1 share
			A: begin
			A: rename 2 a
			A: savepoint
			A: insert author 3 x
			B: insert author 4 x -> waits
			A: release
			A: commit -> ok; B authors_name
			B: rollback`,
		"and rows that a snapshot has stored since": `
			A: begin snapshot
			A: lock book 1 share
			B: insert author 3 b
			A: rename 2 a
			A: insert author 4 q
			D: begin
			D: insert author 5 d
			A: insert author 6 d -> waits
			D: rollback -> ok; A ok
			A: commit
			E: authors -> 1:one 2:a 3:b 4:q 6:d`,
	})
}

// After a wait for a row, a transaction with a snapshot fails if the row has changed, also if
// the statement would not need it any more.
func TestRowsThatChangedWhileASnapshotWaits(t *testing.T) {
	playAll(t, map[string]string{
		"a child that has moved away": `
			B: begin
			B: move 1 2
			A: begin snapshot
			A: delete author 1 -> waits
			B: commit -> ok; A 40001
			A: rollback`,
		"a child that is next": `
			Z: insert book 3 1
			B: begin
			B: lock book 1 share
			A: begin snapshot
			A: delete author 1 -> waits
			C: move 3 2
			B: commit -> ok; A 40001
			A: rollback`,
		"a child that is next, but only after others that refer to the first since": `
			Z: insert book 3 1
			A: begin
			A: lock book 1 share
			B: begin snapshot
			B: delete author 1 -> waits
			C: move 3 2
			D: begin
			D: lock book 1 share
			A: commit
			?: B for D: books
			D: commit -> ok; B 40001
			B: rollback`,
		"a child that is next, after a commit that has locked the first": `
			Z: insert book 3 1
			A: begin
			A: lock book 1 share
			B: begin snapshot
			B: delete author 1 -> waits
			C: begin
			C: lock book 1 nokey
			C: move 3 2
			C: commit
			D: begin
			D: lock book 1 share
			A: commit
			?: B for D: books
			D: commit -> ok; B 40001
			B: rollback`,
		"not a row, for who waits for a key": `
			B: begin
			B: insert author 3 x
			A: begin snapshot
			A: insert author 4 x -> waits
			C: rename 1 c
			B: rollback -> ok; A ok
			A: commit
			E: authors -> 1:c 2:two 4:x`,
	})
}

// Who waits for several transactions waits for the end of those that have released the
// savepoint, and only for these.
func TestSavepointsOfSeveralHolders(t *testing.T) {
	playAll(t, map[string]string{
		"one is released and the other rolled back": `
			A: begin
			A: savepoint
			A: lock author 1 share
			D: begin
			D: savepoint
			D: lock author 1 share
			B: lock author 1 update -> waits
			A: release
			D: rollback
			?: B for A: authors author 1
			A: commit -> ok; B ok
			D: commit`,
	})
}
