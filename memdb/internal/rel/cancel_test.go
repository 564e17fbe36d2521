package rel

import "testing"

// A statement that is cancelled while it waits loses its transaction. Others wait on.
func TestCancelledWaiters(t *testing.T) {
	playAll(t, map[string]string{
		"the first": `
			A: begin
			A: rename 1 a
			B: rename 1 b -> waits
			C: rename 1 c -> waits
			D: rename 1 d -> waits
			B: cancel -> canceled
			?: C for A: authors author 1; D for A: authors author 1
			A: commit -> ok; C ok; D ok
			E: authors -> 1:d 2:two`,
		"the one in the middle": `
			A: begin
			A: rename 1 a
			B: rename 1 b -> waits
			C: rename 1 c -> waits
			D: rename 1 d -> waits
			C: cancel -> canceled
			?: B for A: authors author 1; D for A: authors author 1
			A: commit -> ok; B ok; D ok
			E: authors -> 1:d 2:two`,
		"the last": `
			A: begin
			A: rename 1 a
			B: rename 1 b -> waits
			C: rename 1 c -> waits
			C: cancel -> canceled
			A: commit -> ok; B ok
			E: authors -> 1:b 2:two`,
		"outside of a transaction": `
			A: begin
			A: rename 2 a
			B: rename 1 b 2 c -> waits
			C: rename 1 c -> waits
			B: cancel -> canceled; C ok
			A: commit
			E: authors -> 1:c 2:a`,
		"in a transaction": `
			A: begin
			A: rename 1 a
			B: begin
			B: insert author 3 x
			B: rename 1 b -> waits
			C: insert author 4 x -> waits
			B: cancel -> canceled; C ok
			B: authors -> aborted
			B: commit -> rolled back
			A: commit
			E: authors -> 1:a 2:two 4:x`,
		"in a savepoint": `
			A: begin
			A: rename 1 a
			B: begin
			B: insert author 3 x
			B: savepoint
			B: rename 1 b -> waits
			C: insert author 4 x -> waits
			B: cancel -> canceled; C ok
			B: rollback
			B: authors -> aborted
			B: commit -> rolled back
			A: commit`,
		"in a savepoint beside one that ended": `
			A: begin
			A: rename 1 a
			B: begin
			B: savepoint
			B: insert author 3 x
			B: rollback
			B: savepoint
			B: insert author 4 x
			B: rename 1 b -> waits
			C: insert author 5 x -> waits
			B: cancel -> canceled; C ok
			B: release -> rolled back
			B: rollback
			A: commit`,
		"who waits for a key": `
			A: begin
			A: insert author 3 x
			B: begin
			B: insert author 4 x -> waits
			C: insert author 4 y -> waits
			B: cancel -> canceled; C ok
			A: commit
			B: rollback`,
		"whom a deadlock would need": `
			A: begin
			B: begin
			A: rename 1 a
			B: rename 2 b
			B: rename 1 b -> waits
			B: cancel -> canceled
			A: rename 2 x
			A: commit
			B: rollback`,
		"with a snapshot": `
			A: begin
			A: rename 1 a
			B: begin snapshot
			B: authors -> 1:one 2:two
			B: rename 1 b -> waits
			B: cancel -> canceled
			B: commit -> rolled back
			A: commit`,
		"who is serializable": `
			A: begin
			A: rename 1 a
			B: begin serializable
			B: rename 1 b -> waits
			B: cancel -> canceled
			A: commit
			B: rollback`,
	})
}

// Close ends all waits at once.
func TestCloseEndsWaits(t *testing.T) {
	playAll(t, map[string]string{
		"of statements outside of transactions": `
			A: begin
			A: rename 1 a
			B: rename 1 b -> waits
			C: insert author 3 a -> waits
			Z: close -> ok; B closed; C closed
			A: commit -> closed`,
		"in transactions": `
			A: begin
			A: rename 1 a
			B: begin
			B: rename 2 b
			B: savepoint
			B: rename 1 b -> waits
			Z: close -> ok; B closed
			B: rename 2 c -> closed
			B: release -> rolled back
			B: commit -> closed
			A: rename 1 x -> closed
			A: rollback`,
		"one behind another": `
			A: begin
			B: begin
			A: rename 1 a
			B: rename 2 b
			B: rename 1 b -> waits
			C: rename 2 c -> waits
			Z: close -> ok; B closed; C closed
			B: rollback
			A: rollback`,
		"of a transaction with a snapshot": `
			A: begin
			A: rename 1 a
			B: begin serializable
			B: rename 1 b -> waits
			Z: close -> ok; B closed
			B: rollback
			A: rollback`,
		"of none": `
			A: begin
			A: rename 1 a
			Z: close
			A: rollback`,
	})
}
