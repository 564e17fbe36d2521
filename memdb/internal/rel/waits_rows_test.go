package rel

import "testing"

// playAll plays scripts as subtests.
func playAll(t *testing.T, scripts map[string]string) {
	t.Helper()
	t.Parallel()
	for name, script := range scripts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			play(t, script)
		})
	}
}

// A statement waits for the transaction that has changed, deleted or locked its row. It goes
// on with the newest version of the row.
func TestStatementsWaitForRows(t *testing.T) {
	playAll(t, map[string]string{
		"an update beside an update": `
			A: begin
			A: rename 1 a
			B: rename 1 b -> waits
			?: B for A: authors author 1
			A: commit -> ok; B ok
			C: authors -> 1:b 2:two`,
		"an update beside an update that is rolled back": `
			A: begin
			A: rename 1 a
			B: retire 1 -> waits
			A: rollback -> ok; B ok
			C: authors -> 1:one 2:two`,
		"the second change is made to the newest version": `
			A: begin
			A: rename 1 a
			B: rekey 1 9 -> waits
			A: commit -> ok; B ok
			C: authors -> 2:two 9:a`,
		"an update of a row that is deleted": `
			A: begin
			A: delete author 2
			B: rename 2 b -> waits
			A: commit -> ok; B no rows`,
		"an update of a row that is not deleted in the end": `
			A: begin
			A: delete author 2
			B: rename 2 b -> waits
			A: rollback -> ok; B ok
			C: authors -> 1:one 2:b`,
		"a delete beside an update": `
			A: begin
			A: rename 2 a
			B: delete author 2 -> waits
			A: commit -> ok; B ok
			C: authors -> 1:one`,
		"a delete beside a delete": `
			A: begin
			A: delete author 2
			B: delete author 2 -> waits
			A: commit -> ok; B no rows`,
		"a delete beside a lock": `
			A: begin
			A: lock author 2 share
			B: delete author 2 -> waits
			A: commit -> ok; B ok
			C: authors -> 1:one`,
		"a cascade beside a lock of a child": `
			A: begin
			A: lock book 1 share
			B: delete author 1 -> waits
			?: B for A: books
			A: commit -> ok; B ok
			C: all -> 2:two, -, -, -, -`,
		"rows that nobody else has": `
			A: begin
			B: begin
			A: rename 1 a
			B: rename 2 b
			A: insert author 3 c
			B: insert author 4 d
			A: commit
			B: commit
			C: authors -> 1:a 2:b 3:c 4:d`,
		"a lock that is taken twice is as strong as the stronger": `
			A: begin
			A: lock author 1 update
			A: lock author 1 share
			B: rename 1 b -> waits
			A: commit -> ok; B ok`,
		"a lock that is made stronger": `
			A: begin
			A: lock author 1 share
			B: lock author 1 share
			A: lock author 1 nokey
			B: rename 1 b -> waits
			A: commit -> ok; B ok`,
		"the own locks are in nobody's own way": `
			A: begin
			B: begin
			B: rename 2 b
			A: rename 1 a
			A: rename 1 c
			A: delete author 1
			A: commit
			B: commit`,
		"readers wait for nothing": `
			A: begin
			A: rename 1 a
			A: delete author 2
			B: begin
			B: authors -> 1:one 2:two
			C: authors -> 1:one 2:two
			B: rename 3 x -> no rows
			B: authors -> 1:one 2:two
			A: commit
			B: authors -> 1:a
			B: commit`,
		"one row of several holders": `
			A: begin
			B: begin
			A: lock author 1 share
			B: lock author 1 share
			C: delete author 1 -> waits
			?: C for A B: authors author 1
			A: commit
			?: C for B: authors author 1
			B: commit -> ok; C ok`,
		"a row that is gone before others can lock it": `
			A: begin
			A: delete author 2
			B: begin
			B: lock author 2 nokey -> waits
			A: commit -> ok; B ok
			B: rename 2 b -> no rows
			B: commit`,
		"a row of a slot that others use by then": `
			A: begin
			A: delete author 2
			B: rename 2 b -> waits
			C: insert author 3 c
			A: commit -> ok; B no rows
			C: authors -> 1:one 3:c`,
	})
}

// An uncommitted row is not there for others.
func TestUncommittedRowsAreNotThere(t *testing.T) {
	playAll(t, map[string]string{
		"for an update": `
			A: begin
			A: insert author 3 x
			B: rename 3 y -> no rows
			A: commit`,
		"for a delete": `
			A: begin
			A: insert author 3 x
			B: begin
			B: delete author 3 -> no rows
			A: commit
			B: delete author 3
			B: commit
			C: authors -> 1:one 2:two`,
		"for a child": `
			A: begin
			A: insert author 3 x
			B: insert book 2 3 -> books_author
			A: commit
			B: insert book 2 3`,
	})
}
