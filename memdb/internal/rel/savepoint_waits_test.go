package rel

import "testing"

// Who waits for something that was done in a savepoint goes on when the savepoint is rolled
// back. Once the savepoint is released, it waits for the end of the transaction.
func TestSavepointsEndWhileOthersWait(t *testing.T) {
	playAll(t, map[string]string{
		"an update that is released after the wait began": `
			B: begin
			B: savepoint
			B: lock author 1 share
			C: delete author 1 -> waits
			B: savepoint
			B: rename 1 b
			B: release
			B: rollback -> ok; C ok
			B: commit`,
		"rolled back": `
			A: begin
			A: savepoint
			A: rename 1 a
			B: rename 1 b -> waits
			A: rollback -> ok; B ok
			A: commit
			C: authors -> 1:b 2:two`,
		"released": `
			A: begin
			A: savepoint
			A: rename 1 a
			B: rename 1 b -> waits
			A: release
			?: B for A: authors author 1
			A: commit -> ok; B ok`,
		"rolled back, of a row locked before": `
			A: begin
			A: lock author 1 nokey
			A: savepoint
			A: rename 1 a
			B: rename 1 b -> waits
			A: rollback
			?: B for A: authors author 1
			A: commit -> ok; B ok`,
		"rolled back, of a lock that was made stronger": `
			A: begin
			A: lock author 1 share
			A: savepoint
			A: rename 1 a
			B: rename 1 b -> waits
			C: delete author 1 -> waits
			A: rollback -> ok; B ok
			?: C for A: authors author 1
			A: commit -> ok; C ok`,
		"rolled back, of a key": `
			A: begin
			A: savepoint
			A: insert author 3 x
			B: insert author 4 x -> waits
			A: rollback -> ok; B ok
			A: commit`,
		"rolled back, of a key that was given up": `
			A: begin
			A: savepoint
			A: rename 1 x
			B: insert author 4 one -> waits
			A: rollback -> ok; B authors_name
			A: commit`,
		"rolled back, of a row that was deleted": `
			A: begin
			A: insert author 3 x
			A: savepoint
			A: delete author 3
			B: insert author 3 y -> waits
			A: rollback
			?: B for A: authors id
			A: commit -> ok; B authors_pkey`,
		"rolled back, of keys that were given up before and in it": `
			A: begin
			A: rename 1 x
			A: savepoint
			A: rename 1 y
			B: insert author 3 x -> waits
			C: insert author 4 one -> waits
			A: rollback
			A: commit -> ok; B authors_name; C ok`,
		"nested, the inner rolled back": `
			A: begin
			A: savepoint
			A: rename 1 a
			A: savepoint
			A: rename 2 x
			B: rename 2 b -> waits
			C: rename 1 c -> waits
			A: rollback -> ok; B ok
			A: rollback -> ok; C ok
			A: commit`,
		"nested, the outer rolled back after the inner was released": `
			A: begin
			A: savepoint
			A: savepoint
			A: rename 1 a
			B: rename 1 b -> waits
			A: release
			A: rollback
			C: rename 1 c
			?: B for A: authors author 1
			A: commit -> ok; B ok
			D: authors -> 1:b 2:two`,
		"nested, released before others came": `
			A: begin
			A: savepoint
			A: savepoint
			A: rename 1 a
			A: release
			B: rename 1 b -> waits
			A: rollback
			?: B for A: authors author 1
			A: commit -> ok; B ok`,
		"nested, of a row beside that of the released one": `
			A: begin
			A: savepoint
			A: rename 2 x
			A: savepoint
			A: rename 1 a
			A: release
			A: lock book 1 update
			B: rename 2 b -> waits
			C: delete book 1 -> waits
			A: rollback -> ok; B ok; C ok
			A: commit`,
		"nested, the inner only shares": `
			A: begin
			A: savepoint
			A: lock author 1 share
			A: savepoint
			A: lock author 1 share
			A: release
			B: lock author 1 update -> waits
			A: rollback -> ok; B ok
			A: commit`,
		"nested, the inner is stronger": `
			A: begin
			A: savepoint
			A: lock author 1 share
			A: savepoint
			A: lock author 1 nokey
			A: release
			B: lock author 1 update -> waits
			A: rollback -> ok; B ok
			A: commit`,
		"released and rolled back by turns": `
			A: begin
			A: savepoint
			A: savepoint
			A: rename 1 a
			A: release
			A: rollback
			A: savepoint
			A: rename 1 x
			B: rename 1 b -> waits
			A: rollback -> ok; B ok
			A: commit`,
		"released without a change": `
			A: begin
			A: savepoint
			A: rename 1 a
			A: savepoint
			A: authors -> 1:a 2:two
			A: release
			B: rename 1 b -> waits
			A: rollback -> ok; B ok
			A: commit`,
		"rolled back before the first write": `
			A: begin
			A: savepoint
			A: rollback
			B: rename 1 b
			A: rename 1 a
			A: commit
			C: authors -> 1:a 2:two`,
		"beside the released savepoint of another": `
			A: begin
			D: begin
			A: lock author 1 share
			D: savepoint
			D: lock author 1 share
			B: delete author 1 -> waits
			D: release
			A: commit
			?: B for D: authors author 1
			D: commit -> ok; B ok`,
	})
}

// A statement that fails releases the locks taken since the savepoint began.
func TestFailuresReleaseLocks(t *testing.T) {
	playAll(t, map[string]string{
		"of a transaction": `
			A: begin
			A: rename 1 a
			B: rename 1 b -> waits
			A: insert author 2 x -> authors_pkey; B ok
			A: authors -> aborted
			A: commit -> rolled back`,
		"of a savepoint": `
			A: begin
			A: rename 1 a
			A: savepoint
			A: rename 2 x
			B: rename 2 b -> waits
			C: rename 1 c -> waits
			A: insert author 2 y -> authors_pkey; B ok
			A: rollback
			A: authors -> 1:a 2:b
			A: commit -> ok; C ok`,
		"after a savepoint that was rolled back": `
			A: begin
			A: rename 1 a
			A: savepoint
			A: insert author 3 x
			A: rollback
			A: rename 2 x
			B: rename 2 b -> waits
			C: rename 1 c -> waits
			A: insert author 2 y -> authors_pkey; B ok
			?: C for A: authors author 1
			A: commit -> rolled back; C ok`,
		"after two savepoints that were rolled back": `
			A: begin
			A: rename 1 a
			A: savepoint
			A: rollback
			A: rename 2 x
			A: savepoint
			A: rollback
			A: lock book 1 nokey
			B: rename 2 b -> waits
			C: rename 1 c -> waits
			D: lock book 1 nokey -> waits
			A: insert author 2 y -> authors_pkey; D ok
			A: rollback -> ok; B ok; C ok`,
		"after a savepoint that was rolled back in one that was released": `
			A: begin
			A: rename 1 a
			A: savepoint
			A: savepoint
			A: rollback
			A: release
			A: rename 2 x
			B: rename 2 b -> waits
			C: rename 1 c -> waits
			A: insert author 2 y -> authors_pkey; B ok; C ok
			A: rollback`,
		"after a savepoint that was rolled back before one that was released": `
			A: begin
			A: rename 1 a
			A: savepoint
			A: rollback
			A: rename 2 x
			A: savepoint
			A: lock book 1 nokey
			A: release
			B: rename 2 b -> waits
			C: rename 1 c -> waits
			A: insert author 2 y -> authors_pkey; B ok
			A: rollback -> ok; C ok`,
		"in a savepoint after one that was rolled back": `
			A: begin
			A: rename 1 a
			A: savepoint
			A: rollback
			A: savepoint
			A: rename 2 x
			B: rename 2 b -> waits
			C: rename 1 c -> waits
			A: insert author 2 y -> authors_pkey; B ok
			A: rollback
			A: commit -> ok; C ok`,
		"in a savepoint with one in it that was rolled back": `
			A: begin
			A: savepoint
			A: rename 1 a
			A: savepoint
			A: rollback
			A: rename 2 x
			B: rename 2 b -> waits
			C: rename 1 c -> waits
			A: insert author 2 y -> authors_pkey; B ok
			A: rollback -> ok; C ok
			A: commit`,
		"before the first write": `
			A: begin
			A: savepoint
			A: insert author 1 x -> authors_pkey
			A: rollback
			A: insert author 1 x -> authors_pkey
			A: rollback`,
		"after a wait": `
			A: begin
			A: insert author 3 x
			B: begin
			B: rename 1 b
			B: savepoint
			B: rename 2 b2
			B: insert author 4 x -> waits
			C: rename 2 c -> waits
			D: rename 1 d -> waits
			A: commit -> ok; B authors_name; C ok
			B: rollback
			B: commit -> ok; D ok`,
	})
}

// A rollback to a savepoint restores what the transaction sees.
func TestRollbackToASavepointRestoresWhatIsSeen(t *testing.T) {
	playAll(t, map[string]string{
		"what others have committed since": `
			A: begin
			A: rename 1 a
			A: savepoint
			B: rename 2 b
			A: authors -> 1:a 2:b
			A: rename 1 x
			A: rollback
			A: authors -> 1:a 2:b
			A: commit
			C: authors -> 1:a 2:b`,
		"its first write": `
			A: begin
			A: savepoint
			A: rename 1 a
			B: rename 2 b
			A: authors -> 1:a 2:b
			A: rollback
			A: authors -> 1:one 2:b
			C: insert author 3 c
			A: rename 1 z
			A: authors -> 1:z 2:b 3:c
			A: commit`,
		"a snapshot": `
			A: begin snapshot
			A: rename 1 a
			B: rename 2 b
			A: savepoint
			A: insert author 3 x
			C: insert author 4 c
			A: rename 1 z
			A: rollback
			A: authors -> 1:a 2:two
			A: insert author 5 y
			A: authors -> 1:a 2:two 5:y
			A: commit
			C: authors -> 1:a 2:b 4:c 5:y`,
		"a snapshot that was taken in it": `
			A: begin snapshot
			A: savepoint
			A: authors -> 1:one 2:two
			B: rename 2 b
			A: rollback
			A: authors -> 1:one 2:two
			A: savepoint
			A: rename 2 a -> 40001
			A: rollback
			A: rename 1 a
			A: commit
			C: authors -> 1:a 2:b`,
		"a snapshot that was taken by a write in it": `
			A: begin snapshot
			A: savepoint
			A: rename 1 x
			B: rename 2 b
			A: rollback
			A: savepoint
			A: rename 2 a -> 40001
			A: rollback
			A: rename 1 a
			A: authors -> 1:a 2:two
			A: commit
			C: authors -> 1:a 2:b`,
		"the newest state of a snapshot": `
			A: begin snapshot
			A: rename 1 a
			B: insert author 3 b
			A: savepoint
			A: insert author 4 x
			A: release
			A: savepoint
			A: delete author 4
			A: rollback
			A: insert author 5 x -> authors_name
			A: commit -> rolled back`,
		"and rows that were inserted in it": `
			A: begin
			A: insert author 3 x
			A: savepoint
			A: insert author 4 y
			B: insert author 5 z
			A: rollback
			A: insert author 6 y
			A: commit
			C: authors -> 1:one 2:two 3:x 5:z 6:y`,
	})
}
