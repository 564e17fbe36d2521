package rel

import "testing"

// Key shares stand in line behind a delete that waits, once a transaction with a key share has
// deleted the row in a savepoint that was rolled back.
func TestKeySharesStandInLine(t *testing.T) {
	const deletedBefore = `
			A: begin
			A: insert book 2 2
			A: savepoint
			A: delete author 2
			A: rollback`
	playAll(t, map[string]string{
		"behind a delete": deletedBefore + `
			D: delete author 2 -> waits
			B: insert book 3 2 -> waits
			?: D for A: authors author 2; B for A: authors author 2
			A: commit -> ok; B books_author; D ok`,
		"behind nobody": deletedBefore + `
			B: insert book 3 2
			A: commit`,
		"not the transaction itself": deletedBefore + `
			D: delete author 2 -> waits
			A: insert book 3 2
			A: commit -> ok; D ok`,
		"until somebody locks the row": deletedBefore + `
			D: delete author 2 -> waits
			B: begin
			B: rename 2 b
			C: insert book 3 2
			B: commit
			A: commit -> ok; D ok`,
		"until the transaction ends": deletedBefore + `
			A: commit
			C: begin
			C: insert book 3 2
			D: delete author 2 -> waits
			B: insert book 4 2
			C: commit -> ok; D ok`,
		"until the delete is canceled": deletedBefore + `
			D: begin
			D: delete author 2 -> waits
			B: insert book 3 2 -> waits
			D: cancel -> canceled; B ok
			A: commit
			D: rollback`,
		"not if the delete was not rolled back by a savepoint around a key share": `
			A: begin
			A: savepoint
			A: insert book 2 2
			A: delete author 2
			A: rollback
			D: begin
			D: delete author 2
			B: insert book 3 2 -> waits
			D: rollback -> ok; B ok
			A: commit`,
	})
}
