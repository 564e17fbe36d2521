package rel

import "testing"

// A transaction that reads its own version of a row has not read what others change. What it has
// not found, and the rows that refer to one, it has looked for in any case.
func TestReadsOfOnesOwnVersions(t *testing.T) {
	playAll(t, map[string]string{
		"of a row whose change is rolled back": `
			A: begin serializable
			B: begin serializable
			A: savepoint
			A: upsert 1 a
			A: read author 1 -> a
			A: rollback
			B: read author 2 -> two
			B: rename 1 b
			A: rename 2 a
			A: commit
			B: commit`,
		"of a list that others read, which a row of its own was in until a rollback": `
			A: begin serializable
			B: begin serializable
			A: read author 1 -> one
			A: insert book 2 1
			A: lock author 2 share
			A: savepoint
			A: move 2 2
			A: rollback
			B: books 2 ->
			B: rename 1 b
			A: commit
			B: commit`,
		"of the version of another after that": `
			A: begin serializable
			B: begin serializable
			A: savepoint
			A: upsert 1 a
			A: rollback
			A: read author 1 -> one
			B: read author 2 -> two
			B: rename 1 b
			A: rename 2 a
			A: commit
			B: commit -> 40001`,
		"of a key that it has given up": `
			A: begin serializable
			B: begin serializable
			B: read author 1 -> one
			A: rename 1 a
			A: insert author 3 x
			A: delete author 3
			A: read author 3 -> none
			A: commit
			B: insert author 3 y -> 40001
			B: rollback`,
		"of a key that it has given up, and not looked for": `
			A: begin serializable
			B: begin serializable
			B: read author 1 -> one
			A: rename 1 a
			A: insert author 3 x
			A: delete author 3
			A: commit
			B: insert author 3 y
			B: commit`,
		"beside a cascade in the newest state": `
			A: begin serializable
			B: begin serializable
			A: read author 1 -> one
			B: read author 2 -> two
			C: insert author 5 c
			A: delete author 2
			B: rename 1 b
			A: commit
			B: commit -> 40001`,
	})
}
