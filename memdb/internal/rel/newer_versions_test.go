package rel

import "testing"

// A delete waits for those that refer to the version of the row that it waits for. In a snapshot
// it does not wait for those that refer to a newer one, which it cannot change.
func TestReferencesToVersions(t *testing.T) {
	playAll(t, map[string]string{
		"to an older one": `
			C: begin
			C: rename 2 c
			A: begin snapshot
			A: delete author 2 -> waits
			B: begin
			B: lock author 2 share
			C: commit
			?: A for B: authors author 2
			B: rollback -> ok; A 40001
			A: rollback`,
		"to an older one, by a transaction that commits": `
			C: begin
			C: rename 2 c
			A: begin snapshot
			A: delete author 2 -> waits
			B: begin
			B: insert book 2 2
			C: commit
			B: commit -> ok; A 40001
			A: rollback`,
		"to a newer one": `
			A: begin
			A: lock author 2 share
			C: begin
			C: rename 2 c
			B: begin snapshot
			B: delete author 2 -> waits
			C: commit
			D: begin
			D: lock author 2 share
			A: commit -> ok; B 40001
			D: commit
			B: rollback`,
		"to a newer one, after a commit that leaves the row": `
			A: begin
			A: lock author 2 share
			C: begin
			C: rename 1 c
			B: begin snapshot
			B: delete author 2 -> waits
			C: commit
			D: begin
			D: lock author 2 share
			A: commit
			?: B for D: authors author 2
			D: commit -> ok; B ok
			B: commit`,
		"to a newer one, after a commit that only locks the row": `
			A: begin
			A: lock author 2 share
			C: begin
			C: lock author 2 nokey
			C: rename 1 c
			B: begin snapshot
			B: delete author 2 -> waits
			C: commit
			D: begin
			D: lock author 2 share
			A: commit
			?: B for D: authors author 2
			D: commit -> ok; B ok
			B: commit`,
		"to the same one": `
			A: begin
			A: insert visit 1 2
			B: begin snapshot
			B: delete author 2 -> waits
			D: begin
			D: insert visit 2 2
			A: commit
			?: B for D: authors author 2
			D: commit -> ok; B visits_author
			B: rollback`,
		"to a newer one, outside of a snapshot": `
			A: begin
			A: insert visit 1 2
			C: begin
			C: rename 2 c
			B: begin
			B: delete author 2 -> waits
			C: commit
			D: begin
			D: insert visit 2 2
			A: commit
			?: B for D: authors author 2
			D: commit -> ok; B visits_author
			B: rollback`,
		"to the one between, outside of a snapshot": `
			A: begin
			A: lock author 2 share
			B: begin
			B: delete author 2 -> waits
			D: begin
			D: lock author 2 share
			C: rename 2 c
			?: B for A: authors author 2
			A: commit
			?: B for D: authors author 2
			D: commit -> ok; B ok
			B: rollback`,
		"to the old one, by a transaction that is ahead": `
			E: begin
			E: lock author 2 share
			C: begin
			C: rename 2 c
			E: rename 2 e -> waits
			B: begin snapshot
			B: rename 2 b -> waits
			C: commit -> ok; B 40001; E ok
			E: commit
			B: rollback`,
		"to older ones, of several": `
			A: begin
			A: lock author 2 share
			D: begin
			D: lock author 2 share
			C: begin
			C: rename 2 c
			B: begin snapshot
			B: delete author 2 -> waits
			?: B for A C D: authors author 2
			C: commit
			A: commit
			?: B for D: authors author 2
			D: commit -> ok; B 40001
			B: rollback`,
		"to an older one, by a transaction that came between": `
			A: begin
			A: lock author 2 share
			C: begin
			C: rename 2 c
			B: begin snapshot
			B: delete author 2 -> waits
			D: begin
			D: lock author 2 share
			C: commit
			E: begin
			E: lock author 2 share
			A: commit
			?: B for D: authors author 2
			D: commit -> ok; B 40001
			E: commit
			B: rollback`,
		"to two newer ones": `
			A: begin
			A: lock author 2 share
			B: begin snapshot
			B: delete author 2 -> waits
			C: rename 2 c
			D: begin
			D: lock author 2 share
			E: rename 2 e
			A: commit -> ok; B 40001
			D: commit
			B: rollback`,
		"to an older one, which is replaced already": `
			A: begin
			A: lock author 2 share
			B: begin snapshot
			B: authors -> 1:one 2:two
			C: rename 2 c
			B: delete author 2 -> waits
			?: B for A: authors author 2
			A: commit -> ok; B 40001
			B: rollback`,
		"to an older one, which an update does not wait for": `
			A: begin
			A: lock author 2 share
			B: begin snapshot
			B: authors -> 1:one 2:two
			C: rename 2 c
			B: rename 2 b -> 40001
			A: commit
			B: rollback`,
		"to an older one, by a transaction that changes the newer one": `
			A: begin
			A: lock author 2 share
			B: begin snapshot
			B: authors -> 1:one 2:two
			C: rename 2 c
			A: lock author 2 nokey
			B: rename 2 b -> 40001
			A: commit
			B: rollback`,
		"to none, by a transaction that changes the newer one": `
			B: begin snapshot
			B: authors -> 1:one 2:two
			C: rename 2 c
			A: begin
			A: rename 2 a
			B: delete author 2 -> 40001
			A: commit
			B: rollback`,
		"to a newer one, which nobody waits for": `
			B: begin snapshot
			B: authors -> 1:one 2:two
			C: rename 2 c
			A: begin
			A: lock author 2 share
			B: delete author 2 -> 40001
			A: commit
			B: rollback`,
		"of a snapshot, to all versions since": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: begin snapshot
			B: authors -> 1:one 2:two
			C: rename 2 c
			A: lock author 2 share
			B: delete author 2 -> waits
			A: commit -> ok; B 40001
			B: rollback`,
		"of a snapshot that is newer": `
			B: begin snapshot
			B: authors -> 1:one 2:two
			C: rename 2 c
			A: begin snapshot
			A: authors -> 1:one 2:c
			C: rename 2 d
			A: lock author 2 share
			B: delete author 2 -> 40001
			A: commit
			B: rollback`,
		"of a snapshot, while another is waited for": `
			D: begin snapshot
			D: authors -> 1:one 2:two
			A: begin
			A: lock author 2 share
			B: begin snapshot
			B: authors -> 1:one 2:two
			C: rename 2 c
			B: delete author 2 -> waits
			D: lock author 2 share
			E: begin
			E: lock author 2 share
			A: commit
			?: B for D: authors author 2
			D: commit -> ok; B 40001
			E: commit
			B: rollback`,
		"from before and after a commit": `
			B: begin snapshot
			B: authors -> 1:one 2:two
			A: begin
			A: lock author 1 share
			C: rename 2 c
			A: lock author 2 share
			C: rename 1 d
			D: begin snapshot
			D: authors -> 1:d 2:c
			B: savepoint
			B: delete author 2 -> 40001
			B: rollback
			B: delete author 1 -> waits
			A: commit -> ok; B 40001
			B: rollback
			D: commit`,
		"that was rolled back, and came again": `
			A: begin
			B: begin snapshot
			B: authors -> 1:one 2:two
			A: savepoint
			A: lock author 2 share
			A: rollback
			C: rename 2 c
			A: lock author 2 share
			B: delete author 2 -> 40001
			A: commit
			B: rollback`,
		"that was rolled back after a commit": `
			B: begin snapshot
			B: authors -> 1:one 2:two
			A: begin
			A: savepoint
			C: rename 2 c
			A: lock author 2 share
			A: rollback
			C: rename 2 d
			A: lock author 1 share
			C: rename 1 e
			B: delete author 1 -> waits
			A: commit -> ok; B 40001
			B: rollback`,
		"that stays when a later savepoint is rolled back": `
			B: begin snapshot
			B: authors -> 1:one 2:two
			C: rename 2 c
			A: begin
			A: lock author 2 share
			A: savepoint
			A: lock author 1 share
			A: rollback
			B: delete author 2 -> 40001
			A: commit
			B: rollback`,
		"after a savepoint in which the newer one came": `
			B: begin snapshot
			B: authors -> 1:one 2:two
			A: begin
			A: lock book 1 share
			A: savepoint
			A: lock author 1 share
			C: rename 2 c
			A: insert author 3 a
			A: rollback
			A: lock author 2 share
			B: delete author 2 -> 40001
			A: commit
			B: rollback`,
		"to a newer one, by a statement that has waited": `
			B: begin snapshot
			B: authors -> 1:one 2:two
			X: begin
			X: lock author 1 update
			A: begin
			A: insert book 3 1 2 -> waits
			C: rename 2 c
			X: rollback -> ok; A ok
			B: delete author 2 -> 40001
			A: commit
			B: rollback`,
		"to a newer one, by a statement that waits for another row then": `
			B: begin snapshot
			B: authors -> 1:one 2:two
			C: rename 1 c
			X: begin
			X: lock author 2 update
			A: begin
			A: insert book 3 1 2 -> waits
			X: rollback -> ok; A ok
			B: delete author 1 -> 40001
			A: commit
			B: rollback`,
		"by a statement that waits": `
			B: begin snapshot
			B: authors -> 1:one 2:two
			X: begin
			X: delete author 2
			A: begin
			A: insert book 3 1 2 -> waits
			C: rename 1 c
			X: rollback -> ok; A ok
			B: delete author 1 -> waits
			A: rollback -> ok; B 40001
			B: rollback`,
		"by a transaction that has a stronger lock": `
			A: begin
			A: lock author 2 share
			B: begin snapshot
			B: delete author 2 -> waits
			C: begin
			C: lock author 2 nokey
			A: commit
			?: B for C: authors author 2
			C: rollback -> ok; B ok
			B: rollback`,
	})
}
