package rel

import "testing"

// What a transaction knows of the commits of others stays with it.
func TestChangesSinceASnapshotAddUp(t *testing.T) {
	playAll(t, map[string]string{
		"of several commits": `
			A: begin snapshot
			A: lock book 1 share
			B: rename 1 b
			A: insert author 3 x
			C: rename 2 c
			A: insert author 4 y
			A: rename 1 a -> 40001
			A: rollback`,
		"and a savepoint takes back only what is its own": `
			A: begin snapshot
			A: rename 2 a
			B: insert author 3 b
			A: lock book 1 share
			A: savepoint
			A: insert author 4 x
			A: rollback
			A: insert author 5 x
			A: authors -> 1:one 2:a 5:x
			A: commit
			C: authors -> 1:one 2:a 3:b 5:x`,
	})
}

// PostgreSQL's driver does not release savepoints that were rolled back. They end with the
// savepoint that they are in.
func TestSavepointsThatWereRolledBackEnd(t *testing.T) {
	playAll(t, map[string]string{
		"with the release of the one around": `
			A: begin
			A: savepoint
			A: savepoint
			A: rollback
			A: rename 1 a
			A: release
			A: savepoint
			B: rename 1 b -> waits
			A: insert author 1 y -> authors_pkey
			?: B for A: authors author 1
			A: rollback
			A: rollback -> ok; B ok`,
		"and who waits for one that was released in it waits for the end": `
			A: begin
			A: savepoint
			A: rollback
			A: savepoint
			A: rename 1 a
			A: release
			B: rename 1 b -> waits
			A: insert author 1 y -> authors_pkey
			?: B for A: authors author 1
			A: rollback -> ok; B ok`,
	})
}

// Slots that others have freed are free with the commit of who has brought that into its own
// state.
func TestSlotsFreedByOthers(t *testing.T) {
	playAll(t, map[string]string{
		"are used again": `
			A: begin
			A: insert author 3 a
			A: insert author 4 b
			A: insert author 5 c
			B: delete author 2
			A: commit
			C: insert author 6 d
			C: slots -> 1@0 6@1 3@2 4@3 5@4`,
	})
}
