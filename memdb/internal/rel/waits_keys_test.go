package rel

import "testing"

// A statement waits for the transaction that has stored its key to a unique index. If that
// commits, the key is taken.
func TestStatementsWaitForKeys(t *testing.T) {
	playAll(t, map[string]string{
		"of a row that is committed": `
			A: begin
			A: insert author 3 x
			B: insert author 3 y -> waits
			?: B for A: authors id
			A: commit -> ok; B authors_pkey`,
		"of a row that is rolled back": `
			A: begin
			A: insert author 3 x
			B: insert author 4 x -> waits
			?: B for A: authors name
			A: rollback -> ok; B ok
			C: authors -> 1:one 2:two 4:x`,
		"of an update": `
			A: begin
			A: rename 1 x
			B: rename 2 x -> waits
			?: B for A: authors name
			A: commit -> ok; B authors_name`,
		"of an update that is rolled back": `
			A: begin
			A: rename 1 x
			B: rename 2 x -> waits
			A: rollback -> ok; B ok`,
		"given up by an update": `
			A: begin
			A: rename 1 x
			B: insert author 3 one -> waits
			A: commit -> ok; B ok
			C: authors -> 1:x 2:two 3:one`,
		"given up by an update that is rolled back": `
			A: begin
			A: rename 1 x
			B: insert author 3 one -> waits
			A: rollback -> ok; B authors_name`,
		"given up by a row that leaves the index": `
			A: begin
			A: retire 1
			B: insert author 3 one -> waits
			A: commit -> ok; B ok`,
		"of a deleted row": `
			A: begin
			A: delete author 2
			B: insert author 2 x -> waits
			A: commit -> ok; B ok
			C: authors -> 1:one 2:x`,
		"of a row that is not deleted in the end": `
			A: begin
			A: delete author 2
			B: insert author 2 x -> waits
			A: rollback -> ok; B authors_pkey`,
		"of a row that has changed and kept its key": `
			A: begin
			A: rename 1 x
			B: insert author 1 y -> waits
			A: commit -> ok; B authors_pkey`,
		"of a row that is only locked": `
			A: begin
			A: lock author 1 update
			B: insert author 1 y -> authors_pkey
			A: commit`,
		"of a row that was inserted and deleted": `
			A: begin
			A: insert author 3 x
			A: delete author 3
			B: insert author 3 y -> waits
			A: commit -> ok; B ok`,
		"of an inserted row that was given another key": `
			A: begin
			A: insert author 3 x
			A: rename 3 y
			B: insert author 4 x -> waits
			A: commit -> ok; B ok
			C: authors -> 1:one 2:two 3:y 4:x`,
		"given up twice": `
			A: begin
			A: rename 1 x
			A: rename 1 y
			B: insert author 3 x -> waits
			C: insert author 4 one -> waits
			D: insert author 5 y -> waits
			A: commit -> ok; B ok; C ok; D authors_name`,
		"of a list": `
			A: begin
			A: insert copy 3 1 3
			B: insert copy 4 1 3 -> waits
			?: B for A: copies number
			A: commit -> ok; B copies_number`,
		"of a list, of another number": `
			A: begin
			A: insert copy 3 1 3
			B: insert copy 4 1 4
			A: commit`,
		"of a list, given up": `
			A: begin
			A: delete copy 2
			B: insert copy 4 1 2 -> waits
			A: commit -> ok; B ok`,
		"of an only child": `
			A: begin
			A: insert review 1 1
			B: insert review 2 1 -> waits
			?: B for A: reviews of
			A: commit -> ok; B reviews_of`,
		"of an only child that is deleted": `
			C: insert review 1 1
			A: begin
			A: delete review 1
			B: insert review 2 1 -> waits
			A: commit -> ok; B ok
			C: all -> 1:one 2:two, 1/1, 1/1.1 2/1.2, 2/1, -`,
		"of an appended row": `
			A: begin
			A: insert visit 1 1
			B: insert visit 1 2 -> waits
			?: B for A: visits day
			A: commit -> ok; B visits_pkey`,
		"of an appended row that is rolled back": `
			A: begin
			A: insert visit 1 1
			B: insert visit 1 2 -> waits
			A: rollback -> ok; B ok
			C: visits -> 1/2`,
		"of a row that has a parent which others do not see": `
			A: begin
			A: insert book 2 1
			A: insert copy 3 2 1
			B: insert copy 3 2 1 -> waits
			A: commit -> ok; B copies_pkey`,
		"of a row that has a parent which others do not see, with the number only": `
			A: begin
			A: insert book 2 1
			A: insert copy 3 2 1
			B: insert copy 4 2 1 -> waits
			A: rollback -> ok; B copies_book`,
		"of an upsert": `
			A: begin
			A: upsert 3 x
			B: upsert 3 y -> waits
			A: commit -> ok; B ok
			C: authors -> 1:one 2:two 3:y`,
		"of an upsert that is rolled back": `
			A: begin
			A: upsert 3 x
			B: upsert 3 y -> waits
			A: rollback -> ok; B ok
			C: authors -> 1:one 2:two 3:y`,
		"of an upsert of a row that is deleted": `
			A: begin
			A: delete author 2
			B: upsert 2 y -> waits
			?: B for A: authors id
			A: commit -> ok; B ok
			C: authors -> 1:one 2:y`,
		"of an upsert of a row that is locked": `
			A: begin
			A: lock author 2 nokey
			B: upsert 2 y -> waits
			?: B for A: authors author 2
			A: commit -> ok; B ok`,
		"that two give up": `
			A: begin
			B: begin
			A: rename 1 x
			B: rename 2 y
			C: insert author 3 one -> waits
			D: insert author 4 two -> waits
			B: commit -> ok; D ok
			A: commit -> ok; C ok`,
		"of a row that waits itself": `
			A: begin
			A: insert author 3 x
			B: begin
			B: insert author 4 x -> waits
			C: insert author 4 y -> waits
			?: B for A: authors name; C for B: authors id
			A: rollback -> ok; B ok
			B: commit -> ok; C authors_pkey`,
		"of a row that waits, whose statement fails": `
			A: begin
			A: insert author 3 x
			B: insert author 4 x -> waits
			C: insert author 4 y -> waits
			A: commit -> ok; B authors_name; C ok`,
		"that a waiting row does not have yet": `
			A: begin
			A: insert author 3 x
			B: insert author 3 y -> waits
			C: insert author 4 y
			A: rollback -> ok; B authors_name`,
		"of a row that waits for its parent": `
			A: begin
			A: delete author 2
			B: insert book 2 2 -> waits
			C: insert book 2 1 -> waits
			?: B for A: authors author 2; C for B: books id
			A: commit -> ok; B books_author; C ok`,
		"of a row of another table": `
			A: begin
			A: insert author 3 x
			B: begin
			B: insert author 4 x -> waits
			C: insert book 4 1
			D: insert copy 4 1 4
			A: commit -> ok; B authors_name
			B: rollback`,
		"of a row that is not in the index": `
			A: begin
			A: insert author 3 x
			A: retire 3
			A: rename 3 y
			B: insert author 4 y
			A: commit`,
		"which stays taken although the row has moved": `
			A: begin
			A: rekey 1 9
			B: insert author 9 x -> waits
			C: insert author 1 y -> waits
			A: commit -> ok; B authors_pkey; C ok`,
		"free since the wait": `
			A: begin
			A: rename 1 x
			B: begin
			B: insert author 3 one -> waits
			A: commit -> ok; B ok
			A: insert author 4 one -> waits
			B: rollback -> ok; A ok`,
	})
}

// A key that is committed is taken at once, whatever others do.
func TestCommittedKeysAreTakenAtOnce(t *testing.T) {
	playAll(t, map[string]string{
		"another row changes": `
			A: begin
			A: rename 1 x
			B: insert author 3 two -> authors_name
			A: commit`,
		"committed since the transaction began": `
			A: begin
			A: rename 1 x
			B: insert author 3 y
			A: insert author 4 y -> authors_name
			A: commit -> rolled back`,
	})
}
