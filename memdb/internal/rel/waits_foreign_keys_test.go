package rel

import "testing"

// A row that refers to another keeps it from being deleted, and waits while it is being
// deleted.
func TestChildrenWaitForParents(t *testing.T) {
	playAll(t, map[string]string{
		"that are deleted": `
			A: begin
			A: delete author 2
			B: insert book 2 2 -> waits
			?: B for A: authors author 2
			A: commit -> ok; B books_author`,
		"that are not deleted in the end": `
			A: begin
			A: delete author 2
			B: insert book 2 2 -> waits
			A: rollback -> ok; B ok
			C: all -> 1:one 2:two, 1/1 2/2, 1/1.1 2/1.2, -, -`,
		"that are only changed": `
			A: begin
			A: rename 2 x
			B: insert book 2 2
			A: commit`,
		"that are deleted by a cascade": `
			A: begin
			A: delete author 1
			B: insert copy 3 1 3 -> waits
			A: commit -> ok; B copies_book`,
		"by an update": `
			A: begin
			A: delete author 2
			B: move 1 2 -> waits
			A: commit -> ok; B books_author`,
		"by an update that goes on": `
			A: begin
			A: delete author 2
			B: move 1 2 -> waits
			C: rename 1 c
			A: rollback -> ok; B ok
			C: books 2 -> 1`,
		"whose row others wait for": `
			A: begin
			A: delete author 2
			B: begin
			B: move 1 2 -> waits
			C: delete book 1 -> waits
			?: B for A: authors author 2; C for B: books
			A: rollback -> ok; B ok
			B: rollback -> ok; C ok`,
		"in the order of the foreign keys": `
			A: begin
			A: delete author 2
			B: insert book 2 1 2 -> waits
			C: rename 1 c
			D: lock author 1 update -> waits
			?: B for A: authors author 2; D for B: authors author 1
			A: commit -> ok; B books_translator; D ok`,
		"by an appended row": `
			A: begin
			A: delete author 2
			B: insert visit 1 2 -> waits
			A: commit -> ok; B visits_author`,
		"by a row of a load": `
			A: begin
			A: delete author 2
			B: load 2:1 3:2 4:1 -> waits
			A: commit -> ok; B books_author
			C: books 1 -> 1`,
		"by a row of a load that goes on": `
			A: begin
			A: delete author 2
			B: load 2:1 3:2 4:1 -> waits
			A: rollback -> ok; B ok
			C: all -> 1:one 2:two, 1/1 2/1 3/2 4/1, 1/1.1 2/1.2, -, -`,
	})
}

// A row cannot be deleted before the transaction ends that refers to it.
func TestParentsWaitForChildren(t *testing.T) {
	playAll(t, map[string]string{
		"that are inserted": `
			A: begin
			A: insert book 2 2
			B: delete author 2 -> waits
			?: B for A: authors author 2
			A: commit -> ok; B ok
			C: all -> 1:one, 1/1, 1/1.1 2/1.2, -, -`,
		"that are inserted and rolled back": `
			A: begin
			A: insert book 2 2
			B: delete author 2 -> waits
			A: rollback -> ok; B ok`,
		"that RESTRICT keeps": `
			A: begin
			A: insert book 2 1 2
			B: delete author 2 -> waits
			A: commit -> ok; B books_translator`,
		"that NO ACTION keeps": `
			A: begin
			A: insert review 1 1
			B: delete copy 1 -> waits
			A: commit -> ok; B reviews_of`,
		"that are gone": `
			A: begin
			A: insert book 2 2
			A: delete book 2
			B: delete author 2 -> waits
			A: commit -> ok; B ok`,
		"that moved away": `
			A: begin
			A: move 1 2
			B: delete author 1 -> waits
			C: delete author 2 -> waits
			A: commit -> ok; B ok; C ok
			C: authors -> -`,
		"that are being deleted": `
			Z: insert review 1 1
			A: begin
			A: delete review 1
			B: delete copy 1 -> waits
			?: B for A: reviews
			A: commit -> ok; B ok
			C: all -> 1:one 2:two, 1/1, 2/1.2, -, -`,
		"that are not deleted in the end": `
			Z: insert review 1 1
			A: begin
			A: delete review 1
			B: delete copy 1 -> waits
			A: rollback -> ok; B reviews_of`,
		"that RESTRICT keeps until they are deleted": `
			Z: insert book 2 1 2
			A: begin
			A: delete book 2
			B: delete author 2 -> waits
			A: commit -> ok; B ok`,
		"that others change": `
			Z: insert book 2 1 2
			A: begin
			A: translate 2 0
			B: delete author 2 -> books_translator
			A: commit
			B: delete author 2`,
		"that others cascade": `
			A: begin
			A: delete book 1
			B: delete author 1 -> waits
			A: commit -> ok; B ok
			C: all -> 2:two, -, -, -, -`,
		"that are appended": `
			A: begin
			A: insert visit 1 2
			B: delete author 2 -> waits
			A: commit -> ok; B visits_author`,
		"which others do not have yet": `
			A: begin
			A: insert copy 3 1 3
			B: delete author 1 -> waits
			?: B for A: books
			A: commit -> ok; B ok
			C: all -> 2:two, -, -, -, -`,
	})
}
