package rel

import (
	"strings"
	"testing"
)

// Changes of concurrent transactions come together, whether those of others are carried over
// to the own state, or the own changes to the newest state. The shorter log is carried over:
// each script is played with a long log of the transaction A, and with long logs of others.
func TestChangesComeTogether(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"inserts": `
			A: begin
			A: insert author 3 a
			pad
			B: insert author 4 b
			A: insert book 3 2
			B: insert book 4 2
			A: all -> 1:one 2:two 3:a 4:b 9:z, 1/1 3/2 4/2, 1/1.1 2/1.2, -, -
			A: insert author 5 b -> authors_name
			A: rollback`,
		"inserts, committed": `
			A: begin
			A: insert author 3 a
			pad
			B: insert author 4 b
			A: commit
			C: all -> 1:one 2:two 3:a 4:b 9:z, 1/1, 1/1.1 2/1.2, -, -
			C: insert author 3 x -> authors_pkey
			C: insert author 5 b -> authors_name`,
		"updates": `
			A: begin
			A: rename 1 a
			pad
			B: rename 2 b
			B: insert author 3 two
			A: all -> 1:a 2:b 3:two 9:z, 1/1, 1/1.1 2/1.2, -, -
			A: commit
			C: all -> 1:a 2:b 3:two 9:z, 1/1, 1/1.1 2/1.2, -, -
			C: insert author 4 one
			C: insert author 5 a -> authors_name`,
		"updates of one row": `
			A: begin
			A: rename 1 a
			A: rename 1 aa
			pad
			B: rename 2 b
			B: rename 2 bb
			A: commit
			C: authors -> 1:aa 2:bb 9:z`,
		"updates that give and take a key": `
			A: begin
			A: rename 1 a
			pad
			B: rename 2 b
			A: insert author 3 two
			A: commit
			C: all -> 1:a 2:b 3:two 9:z, 1/1, 1/1.1 2/1.2, -, -`,
		"rows that leave an index and come back": `
			A: begin
			A: retire 1
			pad
			B: retire 2
			A: authors -> 1:one 2:two 9:z
			A: insert author 3 two
			A: commit
			C: insert author 4 one
			C: insert author 5 two -> authors_name`,
		"keys that change": `
			A: begin
			A: rekey 1 11
			pad
			B: rekey 2 12
			A: commit
			C: all -> 11:one 12:two 9:z, 1/11, 1/1.1 2/1.2, -, -
			C: insert author 2 x
			C: insert author 1 y
			C: insert author 11 z -> authors_pkey`,
		"deletes": `
			Z: insert author 3 three
			A: begin
			A: delete author 3
			pad
			B: delete author 2
			A: all -> 1:one 9:z, 1/1, 1/1.1 2/1.2, -, -
			A: commit
			C: all -> 1:one 9:z, 1/1, 1/1.1 2/1.2, -, -
			C: insert author 2 two
			C: insert author 3 three`,
		"cascades of the own": `
			A: begin
			A: delete author 1
			pad
			B: insert book 2 2
			A: commit
			C: all -> 2:two 9:z, 2/2, -, -, -`,
		"cascades of others": `
			A: begin
			A: insert book 2 2
			pad
			B: delete author 1
			A: all -> 2:two 9:z, 2/2, -, -, -
			A: commit
			C: all -> 2:two 9:z, 2/2, -, -, -`,
		"cascades whose children others have deleted": `
			A: begin
			A: rename 2 a
			pad
			B: delete copy 1
			A: delete author 1
			A: commit
			C: all -> 2:a 9:z, -, -, -, -`,
		"rows that are inserted and deleted": `
			A: begin
			A: insert author 3 a
			A: delete author 3
			pad
			B: begin
			B: insert author 4 b
			B: delete author 4
			B: commit
			A: authors -> 1:one 2:two 9:z
			A: commit
			C: authors -> 1:one 2:two 9:z
			C: insert author 5 a`,
		"rows that are changed and deleted": `
			A: begin
			A: rename 1 a
			A: delete author 1
			pad
			B: begin
			B: rename 2 b
			B: delete author 2
			B: commit
			A: authors -> 9:z
			A: commit
			C: all -> 9:z, -, -, -, -`,
		"rows that are inserted and changed": `
			A: begin
			A: insert author 3 a
			A: rename 3 x
			pad
			B: begin
			B: insert author 4 b
			B: rename 4 y
			B: commit
			A: authors -> 1:one 2:two 3:x 4:y 9:z
			A: commit
			C: insert author 5 a
			C: insert author 6 y -> authors_name`,
		"parents and children": `
			A: begin
			A: insert author 3 a
			A: insert book 3 3 2
			A: insert copy 3 3 1
			A: insert review 3 3
			pad
			B: begin
			B: insert author 4 b
			B: insert book 4 4 1
			B: insert copy 4 4 1
			B: insert review 4 4
			B: commit
			A: all -> 1:one 2:two 3:a 4:b 9:z, 1/1 3/3 4/4, 1/1.1 2/1.2 3/3.1 4/4.1, 3/3 4/4, -
			A: commit
			C: all -> 1:one 2:two 3:a 4:b 9:z, 1/1 3/3 4/4, 1/1.1 2/1.2 3/3.1 4/4.1, 3/3 4/4, -`,
		"children that move": `
			Z: insert book 2 2
			A: begin
			A: move 1 2
			pad
			B: move 2 1
			A: all -> 1:one 2:two 9:z, 1/2 2/1, 1/1.1 2/1.2, -, -
			A: commit
			C: all -> 1:one 2:two 9:z, 1/2 2/1, 1/1.1 2/1.2, -, -`,
		"children that leave a deleted parent": `
			Z: insert author 3 three
			A: begin
			A: insert author 4 four
			pad
			B: begin
			B: move 1 2
			B: delete author 1
			B: commit
			A: all -> 2:two 3:three 4:four 9:z, 1/2, 1/1.1 2/1.2, -, -
			A: commit
			C: all -> 2:two 3:three 4:four 9:z, 1/2, 1/1.1 2/1.2, -, -`,
		"children that leave the own deleted parent": `
			A: begin
			A: move 1 2
			A: delete author 1
			pad
			B: insert author 3 b
			A: commit
			C: all -> 2:two 3:b 9:z, 1/2, 1/1.1 2/1.2, -, -`,
		"a key of a deleted row and a new one": `
			A: begin
			A: delete copy 2
			A: insert copy 3 1 2
			pad
			B: insert author 3 b
			A: commit
			C: all -> 1:one 2:two 3:b 9:z, 1/1, 1/1.1 3/1.2, -, -`,
		"an only child that is replaced": `
			Z: insert review 1 1
			A: begin
			A: rename 1 a
			pad
			B: begin
			B: delete review 1
			B: insert review 2 1
			B: commit
			A: all -> 1:a 2:two 9:z, 1/1, 1/1.1 2/1.2, 2/1, -
			A: commit
			C: all -> 1:a 2:two 9:z, 1/1, 1/1.1 2/1.2, 2/1, -`,
		"appended rows": `
			A: begin
			A: insert visit 1 1
			pad
			B: insert visit 2 2
			A: insert visit 3 1
			B: insert visit 4 2
			A: visits -> 1/1 2/2 3/1 4/2
			A: commit
			C: visits -> 1/1 2/2 3/1 4/2
			C: insert visit 4 1 -> visits_pkey
			C: insert visit 5 1`,
		"appended rows and others": `
			A: begin
			A: insert author 3 a
			A: insert visit 1 3
			pad
			B: insert visit 2 2
			A: commit
			C: all -> 1:one 2:two 3:a 9:z, 1/1, 1/1.1 2/1.2, -, 1/3 2/2`,
		"only locks": `
			A: begin
			A: lock author 1 nokey
			pad
			B: rename 2 b
			A: authors -> 1:one 2:b 9:z
			A: commit
			C: authors -> 1:one 2:b 9:z`,
		"several commits": `
			A: begin
			A: insert author 3 a
			pad
			B: rename 2 b
			B: insert author 4 c
			B: rename 4 d
			B: delete author 2
			A: authors -> 1:one 3:a 4:d 9:z
			B: insert author 2 e
			A: authors -> 1:one 2:e 3:a 4:d 9:z
			A: commit`,
		"a savepoint": `
			A: begin
			A: insert author 3 a
			A: savepoint
			A: insert author 4 x
			pad
			B: insert author 5 b
			A: authors -> 1:one 2:two 3:a 4:x 5:b 9:z
			A: rollback
			A: authors -> 1:one 2:two 3:a 5:b 9:z
			A: commit
			C: authors -> 1:one 2:two 3:a 5:b 9:z`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			script = "Z: insert author 9 z\n" + script
			for _, pad := range []string{"A: lock author 9 share\n", "Z: rename 9 z\n"} {
				play(t, strings.Replace(script, "pad\n", strings.Repeat(pad, 16), 1))
				snapshot := strings.Replace(script, "A: begin", "A: begin snapshot", 1)
				if !strings.Contains(snapshot, "A: all") && !strings.Contains(snapshot, "A: authors") && !strings.Contains(snapshot, "A: visits") {
					play(t, strings.Replace(snapshot, "pad\n", strings.Repeat("Z: rename 9 z\n", 16), 1))
				}
			}
		})
	}
}
