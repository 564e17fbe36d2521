package rel

import "testing"

// Who changes a row has not changed what another has read, if that was an older version.
func TestReplacedVersions(t *testing.T) {
	playAll(t, map[string]string{
		"before it was read, and other rows since": `
			A: begin serializable
			A: books 2 ->
			C: rename 1 c
			D: insert author 3 d
			A: read author 1 -> one
			B: begin serializable
			B: read author 2 -> two
			B: rename 1 b
			B: commit
			A: rename 2 a
			A: commit`,
		"before it was read, and another has ended since": `
			A: begin serializable
			A: books 2 ->
			Z: begin serializable
			Z: books 2 ->
			C: rename 1 c
			Z: rollback
			A: read author 1 -> one
			B: begin serializable
			B: read author 2 -> two
			B: rename 1 b
			B: commit
			A: rename 2 a
			A: commit`,
		"of a row of another table": `
			A: begin serializable
			A: books 2 ->
			A: insert copy 3 1 3
			C: translate 1 2
			B: begin serializable
			B: read author 1 -> one
			B: translate 1 0
			B: commit
			A: rename 1 a
			A: commit`,
		"not by a lock": `
			A: begin serializable
			B: begin serializable
			A: read author 1 -> one
			B: read author 2 -> two
			C: begin
			C: lock author 1 nokey
			C: insert author 3 c
			C: commit
			A: rename 2 a
			B: rename 1 b
			A: commit
			B: commit -> 40001`,
	})
}

// Who has rolled back has no conflicts.
func TestConflictsEndWithRollbacks(t *testing.T) {
	playAll(t, map[string]string{
		"of a reader": `
			A: begin serializable
			B: begin serializable
			C: begin serializable
			A: read author 1 -> one
			B: read author 2 -> two
			B: rename 1 b
			A: rollback
			C: rename 2 c
			C: commit
			B: insert visit 1 1
			B: commit`,
	})
}
