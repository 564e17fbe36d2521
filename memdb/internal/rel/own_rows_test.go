package rel

import "testing"

// A transaction does not lock the rows that it has inserted itself.
func TestOwnRows(t *testing.T) {
	playAll(t, map[string]string{
		"a key given up before a savepoint that is rolled back": `
			A: begin
			A: insert author 3 x
			A: rename 3 y
			A: savepoint
			A: rollback
			B: insert author 4 x -> waits
			A: commit -> ok; B ok`,
		"a key given up in a savepoint that is rolled back": `
			A: begin
			A: insert author 3 x
			A: savepoint
			A: rename 3 y
			A: rollback
			B: insert author 4 y
			B: insert author 5 x -> waits
			A: commit -> ok; B authors_name`,
		"inserted in a savepoint that is rolled back, and again": `
			A: begin
			A: savepoint
			A: insert author 3 x
			A: rollback
			B: insert author 3 b
			A: rename 3 y
			C: rename 3 c -> waits
			A: commit -> ok; C ok`,
		"read committed, beside others": `
			A: begin
			A: insert author 3 x
			A: rename 3 y
			B: insert author 4 b
			A: authors -> 1:one 2:two 3:y 4:b
			A: rename 3 z
			A: commit
			B: authors -> 1:one 2:two 3:z 4:b`,
		"repeatable read, beside others": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			A: insert author 3 x
			A: rename 3 y
			B: insert author 4 b
			A: rename 1 a
			A: rename 3 z
			A: authors -> 1:a 2:two 3:z
			A: commit
			B: authors -> 1:a 2:two 3:z 4:b`,
		"a parent": `
			A: begin
			A: insert author 3 x
			A: insert book 2 3
			A: delete author 3
			A: authors -> 1:one 2:two
			A: commit`,
	})
}
