package rel

import "testing"

// A statement that had to wait runs again. It looks for rows in the state in which it began,
// and takes their newest versions.
func TestStatementsRunAgain(t *testing.T) {
	playAll(t, map[string]string{
		"and lose what they changed before": `
			A: begin
			A: rename 2 a
			B: begin
			B: rename 1 b 2 c -> waits
			?: B for A: authors author 2
			C: authors -> 1:one 2:two
			A: rollback -> ok; B ok
			B: authors -> 1:b 2:c
			B: commit
			C: authors -> 1:b 2:c`,
		"and keep the locks that they had": `
			A: begin
			A: rename 2 a
			B: begin
			B: rename 1 b 2 c -> waits
			C: rename 1 d -> waits
			?: B for A: authors author 2; C for B: authors author 1
			A: commit -> ok; B ok
			B: commit -> ok; C ok
			E: authors -> 1:d 2:c`,
		"and keep the locks of what they deleted": `
			A: begin
			A: lock book 1 share
			B: begin
			B: delete author 1 -> waits
			C: insert visit 1 1 -> waits
			D: lock author 1 share -> waits
			?: B for A: books; C for B: authors author 1; D for B: authors author 1
			A: commit -> ok; B ok
			B: rollback -> ok; C ok; D ok
			E: all -> 1:one 2:two, 1/1, 1/1.1 2/1.2, -, 1/1`,
		"and keep their share locks": `
			A: begin
			A: delete author 2
			B: begin
			B: insert book 2 1 2 -> waits
			C: rename 1 c
			D: delete author 1 -> waits
			A: rollback -> ok; B ok
			B: rollback -> ok; D ok`,
		"and drop the keys that they had not": `
			A: begin
			A: rename 2 a
			B: begin
			B: rename 1 x 2 y -> waits
			A: commit -> ok; B ok
			C: insert author 3 x -> waits
			B: commit -> ok; C authors_name`,
		"and do not see rows that are new": `
			A: begin
			A: rename 1 a
			B: rename 1 b 3 c -> waits
			C: insert author 3 x
			A: commit -> ok; B no rows
			C: authors -> 1:b 2:two 3:x`,
		"and see new rows in the next statement": `
			A: begin
			A: rename 1 a
			B: begin
			B: rename 1 b -> waits
			C: insert author 3 x
			A: commit -> ok; B ok
			B: rename 3 c
			B: commit
			C: authors -> 1:b 2:two 3:c`,
		"and see what the transaction has done": `
			A: begin
			A: rename 1 a
			B: begin
			B: insert author 3 x
			B: insert book 2 3
			B: rename 3 y 1 b -> waits
			C: rename 2 c
			A: commit -> ok; B ok
			B: all -> 1:b 2:c 3:y, 1/1 2/3, 1/1.1 2/1.2, -, -
			B: commit`,
		"and lock the row although they find it no more": `
			A: begin
			A: lock author 1 nokey
			B: begin
			B: delete author 1 -> waits
			C: rename 1 c -> waits
			A: commit -> ok; B ok
			B: commit -> ok; C no rows`,
		"and check keys again": `
			A: begin
			A: rename 1 a
			B: rename 1 x -> waits
			C: insert author 3 x
			A: commit -> ok; B authors_name
			C: authors -> 1:a 2:two 3:x`,
		"and wait for something else": `
			A: begin
			B: begin
			A: rename 1 a
			B: insert author 3 x
			C: rename 1 x -> waits
			A: commit
			?: C for B: authors name
			B: commit -> ok; C authors_name`,
		"several times": `
			A: begin
			B: begin
			A: rename 1 a
			B: rename 2 b
			C: begin
			C: insert author 3 x
			C: rename 1 c 2 d -> waits
			A: commit
			?: C for B: authors author 2
			B: commit -> ok; C ok
			C: commit
			D: authors -> 1:c 2:d 3:x`,
		"of a load": `
			A: begin
			A: insert book 3 1
			B: begin
			B: load 2:1 3:2 4:2 -> waits
			C: insert book 2 1 -> waits
			?: B for A: books id; C for B: books id
			A: rollback -> ok; B ok
			B: rollback -> ok; C ok`,
		"and find what others deleted meanwhile": `
			A: begin
			A: rename 1 a
			B: begin
			B: insert author 3 x
			B: rename 1 b 2 y -> waits
			C: delete author 2
			A: commit -> ok; B no rows
			B: authors -> 1:b 3:x
			B: rollback`,
	})
}

// A statement that panics releases the locks of its transaction, and those who wait go on.
func TestPanicsLetWaitersGoOn(t *testing.T) {
	playAll(t, map[string]string{
		"in a transaction": `
			A: begin
			A: rename 1 a
			B: rename 1 b -> waits
			A: panic 3 -> panic: a bug; B ok
			A: commit -> rolled back
			C: authors -> 1:b 2:two`,
		"outside of one": `
			A: begin
			A: rename 1 a
			B: panic 3 -> panic: a bug
			A: commit
			C: authors -> 1:a 2:two`,
	})
}
