package rel

import "testing"

// A transaction with a snapshot cannot change what others have changed since.
func TestFirstUpdaterWins(t *testing.T) {
	playAll(t, map[string]string{
		"a row that was changed": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: rename 1 b
			A: rename 1 a -> 40001
			A: commit -> rolled back`,
		"a row that was deleted": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: delete author 2
			A: rename 2 a -> 40001
			A: commit -> rolled back`,
		"a row that was changed and deleted": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: rename 2 b
			B: delete author 2
			A: insert book 2 2 -> 40001
			A: commit -> rolled back`,
		"a row to delete": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: rename 2 b
			A: delete author 2 -> 40001
			A: commit -> rolled back`,
		"a row to lock": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: rename 2 b
			A: savepoint
			A: lock author 2 nokey -> 40001
			A: rollback
			A: lock author 2 share
			A: commit`,
		"a row that was only locked": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: begin
			B: rename 2 b
			B: lock author 1 update
			B: commit
			A: rename 1 a
			A: commit
			C: authors -> 1:a 2:b`,
		"after a wait": `
			B: begin
			B: rename 1 b
			A: begin snapshot
			A: rename 1 a -> waits
			B: commit -> ok; A 40001
			A: commit -> rolled back`,
		"after a wait for a rollback": `
			B: begin
			B: rename 1 b
			A: begin snapshot
			A: rename 1 a -> waits
			B: rollback -> ok; A ok
			A: commit
			C: authors -> 1:a 2:two`,
		"after a wait for a lock": `
			B: begin
			B: lock author 1 nokey
			B: rename 2 b
			A: begin snapshot
			A: rename 1 a -> waits
			B: commit -> ok; A ok
			A: authors -> 1:a 2:two
			A: commit
			C: authors -> 1:a 2:b`,
		"after a wait, the next waits no more": `
			B: begin
			B: rename 1 b
			A: begin snapshot
			A: rename 2 a
			A: rename 1 x -> waits
			C: rename 2 c -> waits
			B: commit -> ok; A 40001; C ok
			A: commit -> rolled back`,
		"a wait for one of several rows": `
			B: begin
			B: rename 2 b
			A: begin snapshot
			A: rename 1 x 2 y -> waits
			C: insert author 3 c
			B: rollback -> ok; A ok
			A: authors -> 1:x 2:y
			A: commit
			C: authors -> 1:x 2:y 3:c`,
		"an own earlier change": `
			A: begin snapshot
			A: rename 1 a
			B: rename 2 b
			A: rename 1 x
			A: delete author 1
			A: authors -> 2:two
			A: commit
			C: authors -> 2:b`,
		"a child that has come since, once others let it": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: insert book 2 1
			B: begin
			B: move 2 2
			A: delete author 1 -> waits
			B: rollback -> ok; A 40001
			A: rollback`,
		"a child that has come since": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: insert book 2 1
			A: delete author 1 -> 40001
			A: rollback`,
		"others in turn": `
			A: begin snapshot
			A: rename 1 a
			B: insert author 3 b
			A: insert author 4 c
			C: insert author 5 d
			A: insert author 6 e
			A: authors -> 1:a 2:two 4:c 6:e
			A: commit
			D: authors -> 1:a 2:two 3:b 4:c 5:d 6:e`,
		"in a savepoint": `
			A: begin snapshot
			A: rename 1 a
			B: rename 2 b
			A: savepoint
			A: rename 2 x -> 40001
			A: rollback
			A: commit
			C: authors -> 1:a 2:b`,
	})
}

// Keys and references are looked for in the newest state, rows in the snapshot.
func TestSnapshotsAndTheNewestState(t *testing.T) {
	playAll(t, map[string]string{
		"a key committed since": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: insert author 3 b
			A: insert author 4 b -> authors_name
			A: commit -> rolled back`,
		"a key committed since, by an update": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: insert author 3 b
			A: rename 1 b -> authors_name
			A: commit -> rolled back`,
		"a key given up since": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: rename 2 b
			A: insert author 3 two
			A: authors -> 1:one 2:two 3:two
			A: commit
			C: authors -> 1:one 2:b 3:two`,
		"a key given up since, taken by an update": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: rename 2 b
			A: rename 1 two
			A: commit
			C: authors -> 1:two 2:b`,
		"a key of a deleted row": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: delete author 2
			A: insert author 2 a
			A: commit
			C: authors -> 1:one 2:a`,
		"a row that came since": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: insert author 3 b
			A: rename 3 x -> no rows
			A: delete author 3 -> no rows
			A: savepoint
			A: upsert 3 y -> 40001
			A: rollback
			A: authors -> 1:one 2:two
			A: commit`,
		"a row to upsert": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: insert author 3 b
			A: upsert 2 y
			A: upsert 4 z
			A: commit
			C: authors -> 1:one 2:y 3:b 4:z`,
		"a row to upsert after a wait": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: begin
			B: insert author 3 b
			A: upsert 3 y -> waits
			B: commit -> ok; A 40001
			A: rollback`,
		"a parent that came since": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: insert author 3 b
			A: insert book 2 3 -> books_author
			A: commit -> rolled back`,
		"a parent that was changed since": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: rename 2 b
			A: insert book 2 2
			A: commit
			C: all -> 1:one 2:b, 1/1 2/2, 1/1.1 2/1.2, -, -`,
		"a parent that was deleted since": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: delete author 2
			A: insert book 2 2 -> 40001
			A: rollback`,
		"a parent that is being deleted": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: begin
			B: delete author 2
			A: insert book 2 2 -> waits
			B: commit -> ok; A 40001
			A: rollback`,
		"a child that came since, of RESTRICT": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: insert book 2 1 2
			A: delete author 2 -> books_translator
			A: rollback`,
		"a child that came since, of NO ACTION": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: insert review 1 1
			A: delete copy 1 -> reviews_of
			A: rollback`,
		"a child that came since, of CASCADE": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: insert book 2 2
			A: delete author 2 -> 40001
			A: rollback`,
		"a child that was changed since": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: translate 1 2
			A: delete author 1 -> 40001
			A: rollback`,
		"a child that is gone, of a cascade": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: delete copy 1
			A: delete author 1
			A: all -> 2:two, -, 1/1.1, -, -
			A: savepoint
			A: delete author 2
			A: all -> -, -, 1/1.1, -, -
			A: rollback
			A: insert copy 3 1 3 -> copies_book
			A: rollback
			C: all -> 1:one 2:two, 1/1, 2/1.2, -, -`,
		"a child that has moved": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: move 1 2
			A: delete author 1
			A: all -> 2:two, 1/1, 1/1.1 2/1.2, -, -
			A: move 1 1 -> 40001
			A: rollback
			C: all -> 1:one 2:two, 1/2, 1/1.1 2/1.2, -, -`,
		"a child that is gone": `
			Z: insert review 1 1
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: delete review 1
			A: delete copy 1
			A: all -> 1:one 2:two, 1/1, 2/1.2, 1/1, -
			A: commit
			C: all -> 1:one 2:two, 1/1, 2/1.2, -, -`,
		"a cascade": `
			A: begin snapshot
			A: insert copy 3 1 3
			A: insert visit 1 2
			B: insert author 3 b
			A: delete author 1
			A: all -> 2:two, -, -, -, 1/2
			A: commit
			C: all -> 2:two 3:b, -, -, -, 1/2`,
		"a cascade of a savepoint": `
			A: begin snapshot
			A: insert copy 3 1 3
			B: insert author 3 b
			A: savepoint
			A: delete author 1
			A: rollback
			A: all -> 1:one 2:two, 1/1, 1/1.1 2/1.2 3/1.3, -, -
			A: commit
			C: all -> 1:one 2:two 3:b, 1/1, 1/1.1 2/1.2 3/1.3, -, -`,
		"a row of its own that it updates": `
			A: begin snapshot
			A: insert book 2 1
			B: rename 1 b
			A: translate 2 2
			A: commit
			C: delete author 2 -> books_translator`,
		"appended rows": `
			A: begin snapshot
			A: insert visit 1 1
			B: insert visit 2 2
			A: savepoint
			A: insert visit 2 1 -> visits_pkey
			A: rollback
			A: insert visit 3 1
			A: visits -> 1/1 3/1
			A: commit
			C: visits -> 1/1 2/2 3/1`,
		"a load": `
			A: begin snapshot
			A: rename 2 a
			B: insert book 5 1
			A: load 2:1 3:2
			A: all -> 1:one 2:a, 1/1 2/1 3/2, 1/1.1 2/1.2, -, -
			A: savepoint
			A: load 4:1 5:1 -> books_pkey
			A: rollback
			A: all -> 1:one 2:a, 1/1 2/1 3/2, 1/1.1 2/1.2, -, -
			A: commit
			C: all -> 1:one 2:a, 1/1 2/1 3/2 5/1, 1/1.1 2/1.2, -, -`,
		"a load that waits": `
			A: begin snapshot
			A: rename 2 a
			B: begin
			B: insert book 5 1
			C: insert author 3 c
			A: load 2:1 5:2 -> waits
			B: rollback -> ok; A ok
			A: all -> 1:one 2:a, 1/1 2/1 5/2, 1/1.1 2/1.2, -, -
			A: commit
			C: all -> 1:one 2:a 3:c, 1/1 2/1 5/2, 1/1.1 2/1.2, -, -`,
		"nothing to write": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: rename 1 b
			A: authors -> 1:one 2:two
			A: commit`,
		"read only": `
			A: begin snapshot readonly
			A: authors -> 1:one 2:two
			B: delete author 2
			A: authors -> 1:one 2:two
			A: rename 1 x -> read only
			A: commit -> rolled back`,
	})
}
