package rel

import "testing"

// A transaction that only reads may show that two others have no serial order: it has seen what
// one of them has written, and not what the other, which has not seen that, has written already
// and not committed.
func TestReadOnlyBesideAWriter(t *testing.T) {
	playAll(t, map[string]string{
		"that has not committed": `
			W: begin serializable
			W: read author 1 -> one
			C: begin serializable
			C: rename 1 c
			C: commit
			W: rename 2 w
			T: begin serializable readonly
			T: read author 1 -> c
			T: read author 2 -> two
			T: commit
			W: commit -> 40001`,
	})
}

// Conflicts that complete a structure without a serial order, and some that nearly do. The
// scripts were found by a search for those that tell the rules from others.
func TestDangerousStructures(t *testing.T) {
	playAll(t, map[string]string{
		"a conflict with a version that a third has replaced": `
			B: begin serializable
			A: begin serializable
			B: rename 1 b
			B: insert book 7 2
			D: rename 2 p
			A: rename 2 a
			A: read author 1 -> one
			B: read author 2 -> two
			A: commit
			B: commit`,
		"a reader that is doomed": `
			C: begin serializable
			D: begin serializable
			A: begin serializable
			C: visits -> -
			C: books 1 -> 1
			C: insert author 4 cx
			D: authors -> 1:one 2:two
			D: insert book 8 1
			A: read author 3 -> none
			D: rename 1 d1
			D: commit
			A: insert visit 9 1
			A: commit
			C: commit -> 40001`,
		"the same conflict again": `
			C: begin serializable
			A: begin serializable
			C: insert author 4 cx
			A: rename 2 a
			A: authors -> 1:one 2:a
			C: insert book 5 2
			C: commit
			A: books 2 ->
			A: commit -> 40001`,
		"a pivot in a savepoint": `
			C: begin serializable
			C: visits -> -
			B: begin serializable
			B: visits -> -
			B: insert visit 6 1
			C: savepoint
			C: insert visit 6 1 -> waits
			B: commit -> ok; C 40001
			C: commit -> rolled back
			C: commit -> 40001`,
		"an out side that commits after the reader": `
			A: begin serializable
			B: begin serializable
			C: begin serializable
			A: visits -> -
			B: visits -> -
			A: commit
			C: insert visit 5 1
			C: commit
			B: insert visit 7 1
			B: commit`,
		"a reader only, whose snapshot is older than the out side": `
			Z: insert author 3 c
			C: begin serializable
			C: rename 3 c0
			B: begin serializable readonly
			B: read author 3 -> c
			A: begin serializable
			A: rename 1 a0
			A: commit
			C: authors -> 1:one 2:two 3:c0
			B: commit
			C: commit`,
		"a first that has committed before the out side": `
			Z: insert author 3 c
			A: begin serializable
			C: begin serializable
			C: books 2 ->
			B: begin serializable
			B: read author 3 -> c
			B: commit
			A: rename 1 a0
			C: rename 3 c1
			A: commit
			C: read author 1 -> one
			C: commit`,
		"a first that is doomed": `
			Z: insert author 3 c
			A: begin serializable
			A: rename 1 a0
			A: authors -> 1:a0 2:two 3:c
			C: begin serializable
			C: rename 3 c0
			B: begin serializable
			B: rename 2 b0
			C: commit
			B: read author 1 -> one
			B: read author 3 -> c
			A: commit -> 40001
			B: commit`,
		"a pivot that has committed is not doomed": `
			Z: insert author 3 c
			Z: insert author 4 d
			A: begin serializable
			A: rename 1 a0
			D: begin serializable
			D: rename 4 d0
			C: begin serializable
			C: books 2 ->
			D: authors -> 1:one 2:two 3:c 4:d0
			D: commit
			C: read author 4 -> d
			A: commit
			C: rename 3 c0 -> 40001
			C: commit -> rolled back`,
		"a first that only reads": `
			Z: insert author 3 c
			Z: insert author 4 d
			C: begin serializable
			A: begin serializable readonly
			A: read author 3 -> c
			D: begin serializable
			D: rename 4 d0
			C: read author 4 -> d
			C: rename 3 c0
			D: commit
			A: commit
			C: commit`,
	})
}
