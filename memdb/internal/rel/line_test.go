package rel

import "testing"

// A key share passes a delete that waits for key shares, but not once one of these has deleted
// the row, too, in a savepoint that was rolled back.
func TestKeySharesStandInLine(t *testing.T) {
	playAll(t, map[string]string{
		"behind a delete that fails": `
			A: begin
			A: insert visit 1 2
			A: savepoint
			A: delete author 2 -> visits_author
			A: rollback
			D: delete author 2 -> waits
			B: begin
			B: insert visit 2 2 -> waits
			?: D for A: authors author 2; B for A: authors author 2
			A: commit -> ok; B ok; D visits_author
			B: commit`,
		"behind a delete that succeeds": `
			A: begin
			A: lock author 2 share
			A: savepoint
			A: delete author 2
			A: rollback
			D: begin
			D: delete author 2 -> waits
			B: insert book 2 2 -> waits
			A: commit -> ok; D ok
			?: B for D: authors author 2
			D: commit -> ok; B books_author`,
		"of two": `
			A: begin
			A: lock author 2 share
			A: savepoint
			A: delete author 2
			A: rollback
			D: delete author 2 -> waits
			B: insert book 2 2 -> waits
			C: insert book 3 2 -> waits
			?: D for A: authors author 2; B for A: authors author 2; C for A: authors author 2
			A: commit -> ok; B books_author; C books_author; D ok`,
		"of a snapshot": `
			A: begin
			A: insert visit 1 2
			A: savepoint
			A: delete author 2 -> visits_author
			A: rollback
			D: begin
			D: delete author 2 -> waits
			B: begin snapshot
			B: insert visit 2 2 -> waits
			A: commit -> ok; B ok; D visits_author
			D: rollback
			B: commit`,
		"behind a delete that waited already": `
			A: begin
			A: insert visit 1 2
			A: savepoint
			D: delete author 2 -> waits
			A: delete author 2 -> visits_author
			B: insert visit 2 2 -> waits
			A: release -> rolled back
			A: commit -> ok; B ok; D visits_author`,
		"for a row whose reference a delete meets": `
			A: begin
			A: lock book 1 share
			A: savepoint
			A: delete book 1
			A: rollback
			Z: translate 1 2
			B: begin
			B: delete book 1 -> waits
			C: delete author 2 -> books_translator
			A: commit -> ok; B ok
			B: rollback`,
		"that is a deadlock": `
			A: begin
			A: lock author 2 share
			A: savepoint
			A: delete author 2
			A: rollback
			B: begin
			B: rename 1 b
			D: begin
			D: delete author 2 -> waits
			B: insert visit 1 2 -> waits
			A: rename 1 a -> 40P01
			A: rollback -> ok; D ok
			?: B for D: authors author 2
			D: rollback -> ok; B ok
			B: commit`,
		"for several rows": `
			A: begin
			A: lock author 1 share
			A: lock author 2 share
			A: savepoint
			A: lock book 1 share
			A: lock author 1 update
			A: lock author 2 update
			A: rollback
			C: lock author 1 update -> waits
			D: lock author 2 update -> waits
			B: begin
			B: lock author 1 share -> waits
			E: lock author 2 share -> waits
			A: commit -> ok; B ok; C ok; D ok; E ok
			B: commit`,
	})
}

// Key shares pass where the row says that key shares are all that a delete waits for.
func TestKeySharesDoNotStandInLine(t *testing.T) {
	playAll(t, map[string]string{
		"if nobody waits": `
			A: begin
			A: lock author 2 share
			A: savepoint
			A: delete author 2
			A: rollback
			B: lock author 2 share
			A: commit`,
		"after a key share was rolled back": `
			A: begin
			A: lock author 2 share
			A: savepoint
			A: lock author 2 share
			A: rollback
			D: lock author 2 update -> waits
			B: lock author 2 share
			A: commit -> ok; D ok`,
		"after an update was rolled back": `
			A: begin
			A: lock author 2 share
			A: savepoint
			A: rename 2 a
			A: rollback
			D: lock author 2 update -> waits
			B: lock author 2 share
			A: commit -> ok; D ok`,
		"of the transaction that has deleted the row, whose reference its own delete meets": `
			Z: insert book 2 1 2
			A: begin
			A: lock book 2 share
			A: savepoint
			A: delete book 2
			A: rollback
			D: delete book 2 -> waits
			A: delete author 2 -> books_translator
			A: rollback -> ok; D ok`,
		"after a delete of a row that the transaction has updated": `
			A: begin
			A: rename 2 a
			A: savepoint
			A: delete author 2
			A: rollback
			D: delete author 2 -> waits
			B: lock author 2 share
			A: commit -> ok; D ok`,
		"for another row than the deleted one": `
			A: begin
			A: lock author 1 share
			A: lock author 2 share
			A: savepoint
			A: delete author 2
			A: rollback
			D: lock author 1 update -> waits
			B: lock author 1 share
			C: lock author 2 share
			A: commit -> ok; D ok`,
		"for the deleted row, if the delete that waits is of another": `
			A: begin
			A: lock author 1 share
			A: lock author 2 share
			A: savepoint
			A: delete author 2
			A: rollback
			D: lock author 1 update -> waits
			C: lock author 2 share
			A: commit -> ok; D ok`,
		"of the transaction that has deleted the row, and the line stays": `
			A: begin
			A: lock author 2 share
			A: savepoint
			A: delete author 2
			A: rollback
			D: lock author 2 update -> waits
			A: lock author 2 share
			B: lock author 2 share -> waits
			A: commit -> ok; B ok; D ok`,
		"behind updates and key shares that wait for a savepoint that was released": `
			A: begin
			A: lock author 2 share
			A: savepoint
			A: savepoint
			A: delete author 2
			A: release
			B: lock author 2 share -> waits
			C: lock author 2 nokey -> waits
			A: rollback
			D: lock author 2 share
			?: B for A: authors author 2; C for A: authors author 2
			A: commit -> ok; B ok; C ok`,
	})
}

// The line ends with the transaction that has deleted the row, with a lock of another or a
// stronger one of its own, and for who is behind a delete as soon as that is over.
func TestLinesEnd(t *testing.T) {
	playAll(t, map[string]string{
		"by a lock of another transaction": `
			A: begin
			A: lock author 2 share
			A: savepoint
			A: delete author 2
			A: rollback
			D: lock author 2 update -> waits
			B: begin
			B: rename 2 b
			C: lock author 2 share
			A: commit
			?: D for B: authors author 2
			B: commit -> ok; D ok`,
		"by a key share of another transaction": `
			A: begin
			A: lock author 2 share
			A: savepoint
			A: delete author 2
			A: rollback
			B: lock author 2 share
			D: lock author 2 update -> waits
			C: lock author 2 share
			A: commit -> ok; D ok`,
		"by an update of the transaction itself": `
			A: begin
			A: lock author 2 share
			A: savepoint
			A: delete author 2
			A: rollback
			A: rename 2 a
			D: lock author 2 update -> waits
			C: lock author 2 share
			A: commit -> ok; D ok`,
		"with the transaction, while others go on": `
			Z: begin
			Z: rename 1 z
			A: begin
			A: lock author 2 share
			A: savepoint
			A: delete author 2
			A: rollback
			A: commit
			Z: rollback`,
		"not with another transaction": `
			Z: begin
			Z: rename 1 z
			A: begin
			A: lock author 2 share
			A: savepoint
			A: delete author 2
			A: rollback
			Z: commit
			D: lock author 2 update -> waits
			C: lock author 2 share -> waits
			A: commit -> ok; C ok; D ok`,
		"by a lock of one row and not of others": `
			A: begin
			A: lock author 1 share
			A: lock author 2 share
			A: savepoint
			A: delete author 1
			A: delete author 2
			A: rollback
			B: lock author 1 share
			C: lock author 1 update -> waits
			D: lock author 2 update -> waits
			B: lock author 1 share
			E: lock author 2 share -> waits
			A: commit -> ok; C ok; D ok; E ok`,
		"not by a wait for a key": `
			A: begin
			A: lock author 1 share
			A: savepoint
			A: delete author 1
			A: rollback
			D: lock author 1 update -> waits
			B: begin
			B: insert author 3 x
			E: insert author 4 x -> waits
			B: rollback -> ok; E ok
			C: lock author 1 share -> waits
			A: commit -> ok; C ok; D ok`,
		"by a cancel": `
			A: begin
			A: lock author 2 share
			A: savepoint
			A: delete author 2
			A: rollback
			D: begin
			D: delete author 2 -> waits
			B: lock author 2 share -> waits
			D: cancel -> canceled; B ok
			A: commit
			D: rollback`,
		"by a cancel, in front of another delete": `
			A: begin
			A: lock author 2 share
			A: savepoint
			A: delete author 2
			A: rollback
			D: delete author 2 -> waits
			B: begin
			B: lock author 2 share -> waits
			C: lock author 2 update -> waits
			D: cancel -> canceled; B ok
			A: commit
			?: C for B: authors author 2
			B: commit -> ok; C ok`,
		"not by a cancel, behind another delete": `
			A: begin
			A: lock author 2 share
			A: savepoint
			A: delete author 2
			A: rollback
			D: delete author 2 -> waits
			C: lock author 2 update -> waits
			B: lock author 2 share -> waits
			D: cancel -> canceled
			?: C for A: authors author 2; B for A: authors author 2
			A: commit -> ok; B ok; C ok`,
		"by a delete that finds no row": `
			A: begin
			A: lock author 2 share
			A: savepoint
			A: delete author 2
			A: rollback
			D: begin
			D: delete author 2 -> waits
			B: insert book 2 2 -> waits
			A: delete author 2
			A: commit -> ok; B books_author; D no rows
			D: authors -> 1:one
			D: commit`,
	})
}
