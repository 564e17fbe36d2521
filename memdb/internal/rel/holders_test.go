package rel

import "testing"

// What a transaction has done to a row counts, whatever it has done before and after.
func TestHoldersOfRows(t *testing.T) {
	playAll(t, map[string]string{
		"who have inserted a row before": `
			A: begin
			A: insert author 3 x
			A: rename 1 a
			B: rename 1 b -> waits
			A: commit -> ok; B ok`,
		"who have changed the row and locked it since": `
			A: begin
			A: rename 1 a
			A: lock author 1 share
			B: insert author 1 z -> waits
			?: B for A: authors id
			A: commit -> ok; B authors_pkey`,
		"by their keys, for an upsert": `
			A: begin
			A: rename 1 one
			B: upsert 1 b -> waits
			?: B for A: authors id
			A: commit -> ok; B ok`,
		"who have released a savepoint with the key": `
			A: begin
			A: savepoint
			A: savepoint
			A: insert author 3 x
			B: insert author 4 x -> waits
			A: release
			A: rollback
			?: B for A: authors name
			A: commit -> ok; B ok`,
		"and not who have given up a key that was in no index": `
			Z: retire 1
			A: begin
			A: rekey 1 9
			B: insert author 5 one
			A: commit`,
		"of a key that a snapshot has twice": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: rename 2 b
			A: insert author 3 two
			C: insert author 4 two -> waits
			A: commit -> ok; C authors_name`,
		"who have waited, and wait no more": `
			B: begin
			B: savepoint
			B: rename 1 b
			A: begin
			A: rename 1 a -> waits
			B: rollback -> ok; A ok
			B: rename 1 c -> waits
			A: commit -> ok; B ok
			B: commit`,
		"and not who have waited in a savepoint that failed": `
			B: begin
			B: insert author 3 x
			A: begin
			A: savepoint
			A: insert author 5 x -> waits
			B: commit -> ok; A authors_name
			A: rollback
			C: insert author 5 y
			A: commit`,
	})
}

// A statement that waits looks again at who is in the way only when one of those that it waits
// for has released something.
func TestHoldersAreThoseOfTheBeginning(t *testing.T) {
	playAll(t, map[string]string{
		"beside the end of another wait": `
			A: begin
			A: lock author 1 share
			B: lock author 1 update -> waits
			C: begin
			C: lock author 1 share
			D: begin
			D: rename 2 d
			A: rename 2 a -> waits
			D: commit -> ok; A ok
			?: B for A: authors author 1
			A: commit
			?: B for C: authors author 1
			C: commit -> ok; B ok`,
		"beside the commit of a newer version": `
			A: begin
			A: lock author 2 share
			B: begin snapshot
			B: delete author 2 -> waits
			C: rename 2 c
			?: B for A: authors author 2
			A: commit -> ok; B 40001
			B: rollback`,
	})
}

// A cycle of waits that a commit has closed ends when one of them goes on. Until then, others
// may begin to wait.
func TestCycleThatACommitCloses(t *testing.T) {
	playAll(t, map[string]string{
		"of a snapshot and one that refers to the older version": `
			A: begin
			A: lock author 2 share
			B: begin snapshot
			B: rename 1 b
			B: delete author 2 -> waits
			D: begin
			D: lock author 2 share
			C: begin
			C: rename 2 c
			D: rename 1 d -> waits
			C: commit
			?: B for A D: authors author 2; D for B: authors author 1
			E: rename 1 e -> waits
			A: commit -> ok; B 40P01; D ok
			D: commit -> ok; E ok
			B: rollback`,
	})
}

// A conflict names the table. A row that is not there has no key.
func TestConflictsNameWhatIsInTheWay(t *testing.T) {
	t.Parallel()
	if got := (&ConflictError[library]{Table: "books"}).Error(); got != "rel: another transaction is in the way, table books" {
		t.Errorf("the error is %q", got)
	}
	st := newLibrary(t)
	if got := authorsDef.keyOfSlot(st, 7); got != "" {
		t.Errorf("the key of no author is %q", got)
	}
}
