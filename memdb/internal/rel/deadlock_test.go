package rel

import "testing"

// Of those who hold a row, a transaction waits first for the one that has written first, even if
// another has begun before. So there is no cycle yet while it waits for that one.
func TestWaitsInTheOrderOfTheFirstWrites(t *testing.T) {
	playAll(t, map[string]string{
		"beside a snapshot that is older": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: begin
			B: lock author 2 share
			C: begin
			C: rename 1 c
			A: lock author 2 share
			A: rename 1 a -> waits
			C: delete author 2 -> waits
			B: commit -> ok; A ok; C 40P01
			A: commit
			C: rollback`,
		"and not for one that has ended, although the waiting statement has not gone on yet": `
			Z: insert author 3 z
			H: begin
			H: rename 3 h
			H: savepoint
			H: lock author 2 share
			H: release
			A: begin
			A: lock author 2 share
			B: begin
			B: rename 1 b
			A: rename 3 a 1 x -> waits
			B: delete author 2 -> waits
			H: commit -> ok; A 40P01; B ok
			A: rollback
			B: rollback`,
	})
}

// The statement that would close a cycle fails, and the others go on at once.
func TestDeadlocks(t *testing.T) {
	playAll(t, map[string]string{
		"of two": `
			A: begin
			B: begin
			A: rename 1 a
			B: rename 2 b
			A: rename 2 x -> waits
			B: rename 1 y -> 40P01; A ok
			B: authors -> aborted
			B: commit -> rolled back
			A: commit
			C: authors -> 1:a 2:x`,
		"of three": `
			Z: insert author 3 three
			A: begin
			B: begin
			C: begin
			A: rename 1 a
			B: rename 2 b
			C: rename 3 c
			A: rename 2 x -> waits
			B: rename 3 y -> waits
			C: rename 1 z -> 40P01; B ok
			B: commit -> ok; A ok
			C: rollback
			A: commit
			C: authors -> 1:a 2:x 3:y`,
		"of three, not in their order": `
			Z: insert author 3 three
			A: begin
			B: begin
			C: begin
			A: rename 1 a
			B: rename 2 b
			C: rename 3 c
			C: rename 2 x -> waits
			B: rename 1 y -> waits
			A: rename 3 z -> 40P01; B ok
			A: rollback
			B: rollback -> ok; C ok
			C: commit`,
		"of locks that both share": `
			A: begin
			B: begin
			A: lock author 1 share
			B: lock author 1 share
			A: delete author 1 -> waits
			B: delete author 1 -> 40P01; A ok
			B: rollback
			A: commit`,
		"of the first of several holders": `
			A: begin
			B: begin
			C: begin
			A: lock author 1 share
			B: lock author 1 share
			C: rename 2 c
			C: lock author 1 update -> waits
			?: C for A B: authors author 1
			A: rename 2 a -> 40P01
			A: rollback
			B: commit -> ok; C ok
			C: commit`,
		"of a later holder, once it is the first": `
			A: begin
			B: begin
			C: begin
			A: lock author 1 share
			B: lock author 1 share
			C: rename 2 c
			C: lock author 1 update -> waits
			B: rename 2 b -> waits
			A: commit -> ok; B ok; C 40P01
			B: commit
			C: rollback`,
		"of holders in the order of their first writes": `
			A: begin
			B: begin
			C: begin
			B: insert author 4 b
			A: lock author 1 share
			B: lock author 1 share
			C: rename 2 c
			C: lock author 1 update -> waits
			A: rename 2 a -> waits
			B: commit -> ok; A ok; C 40P01
			A: commit
			C: rollback`,
		"of keys": `
			A: begin
			B: begin
			A: insert author 3 x
			B: insert author 4 y
			A: insert author 5 y -> waits
			B: insert author 6 x -> 40P01; A ok
			B: rollback
			A: commit`,
		"of a key that a waiting statement has stored": `
			A: begin
			B: begin
			A: insert author 3 x
			B: insert author 4 x -> waits
			A: insert author 4 y -> 40P01; B ok
			A: rollback
			B: commit
			C: authors -> 1:one 2:two 4:x`,
		"of a key and a row": `
			A: begin
			B: begin
			A: insert author 3 x
			B: rename 1 b
			B: insert author 3 y -> waits
			A: rename 1 a -> 40P01; B ok
			A: rollback
			B: commit`,
		"of foreign keys": `
			A: begin
			B: begin
			A: insert book 2 1
			B: insert book 3 2
			A: delete author 2 -> waits
			B: delete author 1 -> 40P01; A ok
			B: rollback
			A: commit
			C: all -> 1:one, 1/1 2/1, 1/1.1 2/1.2, -, -`,
		"of a parent and a child": `
			A: begin
			B: begin
			A: delete author 2
			B: rename 1 b
			B: insert book 2 2 -> waits
			A: rename 1 a -> 40P01; B ok
			A: rollback
			B: commit`,
		"of a cascade": `
			A: begin
			B: begin
			A: lock book 1 nokey
			B: delete author 1 -> waits
			A: rename 1 a -> 40P01; B ok
			A: rollback
			B: commit
			C: all -> 2:two, -, -, -, -`,
		"of a statement in its middle": `
			A: begin
			B: begin
			A: rename 2 a
			B: rename 1 b 2 x -> waits
			A: rename 1 a -> 40P01; B ok
			A: rollback
			B: commit`,
		"in a savepoint, which others do not need": `
			A: begin
			B: begin
			A: rename 1 a
			B: rename 2 b
			A: rename 2 x -> waits
			B: savepoint
			B: rename 1 y -> 40P01
			B: rename 1 y -> aborted
			B: rollback
			B: commit -> ok; A ok
			A: commit
			C: authors -> 1:a 2:x`,
		"in a savepoint, which others need": `
			A: begin
			B: begin
			A: rename 1 a
			B: savepoint
			B: rename 2 b
			A: rename 2 x -> waits
			B: rename 1 y -> 40P01; A ok
			B: rollback
			B: authors -> 1:one 2:two
			A: commit
			B: authors -> 1:a 2:x
			B: commit`,
		"of a transaction and a statement outside of one": `
			A: begin
			B: begin
			A: rename 1 a
			B: rename 2 b
			C: rename 1 c 2 x -> waits
			B: rename 1 d -> waits
			A: commit -> ok; B 40P01; C ok
			B: rollback
			D: authors -> 1:c 2:x`,
		"of one that waits for the next holder": `
			D: begin
			D: insert book 5 1
			A: begin
			A: insert book 6 1
			C: begin
			C: insert book 7 1
			C: delete author 1 -> waits
			D: delete author 1 -> waits
			?: C for A D: authors author 1; D for A C: authors author 1
			A: commit -> ok; C ok; D 40P01
			C: commit
			D: rollback`,
		"with snapshots": `
			A: begin snapshot
			B: begin snapshot
			A: rename 1 a
			B: rename 2 b
			A: rename 2 x -> waits
			B: rename 1 y -> 40P01; A ok
			B: rollback
			A: commit`,
	})
}

// Waits that close no cycle are no deadlock.
func TestWaitsWithoutACycle(t *testing.T) {
	playAll(t, map[string]string{
		"a chain": `
			A: begin
			B: begin
			C: begin
			A: rename 1 a
			B: rename 2 b
			B: rename 1 x -> waits
			C: rename 2 c -> waits
			A: commit -> ok; B ok
			B: commit -> ok; C ok
			C: commit`,
		"two for one": `
			A: begin
			B: begin
			C: begin
			A: rename 1 a
			B: rename 1 b -> waits
			C: insert author 3 a -> waits
			A: rollback -> ok; B ok; C ok
			B: commit
			C: commit`,
		"two that both wait for two": `
			A: begin
			B: begin
			A: lock author 1 share
			B: lock author 1 share
			C: delete author 1 -> waits
			D: lock author 1 update -> waits
			A: commit
			B: commit -> ok; C ok; D ok`,
	})
}
