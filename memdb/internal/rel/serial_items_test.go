package rel

import "testing"

// Each thing that a transaction may read or write is another item.
func TestItems(t *testing.T) {
	t.Parallel()
	seen := map[item]bool{}
	for _, kind := range []itemKind{rowItem, keyItem, childrenItem, tableItem} {
		for table := range 4 {
			for nth := range 4 {
				for _, value := range []uint32{0, 1, 1 << 31, ^uint32(0)} {
					i := newItem(kind, table, nth, value)
					if seen[i] {
						t.Fatalf("item %x comes twice", i)
					}
					seen[i] = true
					if itemKind(i>>56) != kind || int(i>>32&0xff) != nth {
						t.Errorf("item %x is of kind %d, and of index %d", i, kind, nth)
					}
				}
			}
		}
	}
}

// Only what a transaction has not seen, and who is still in its way, counts.
func TestConflictsThatDoNotCount(t *testing.T) {
	playAll(t, map[string]string{
		"with a version that was replaced before it was read": `
			A: begin serializable
			A: books 2 ->
			C: rename 1 c
			A: read author 1 -> one
			B: begin serializable
			B: read author 2 -> two
			B: rename 1 b
			B: commit
			A: rename 2 a
			A: commit`,
		"with oneself": `
			A: begin serializable
			B: begin serializable
			B: books 2 ->
			A: insert author 3 a
			A: authors -> 1:one 2:two 3:a
			A: commit
			B: authors -> 1:one 2:two
			B: commit`,
		"with what was committed before the snapshot": `
			Z: begin serializable
			Z: books 2 ->
			B: begin serializable
			B: read author 1 -> one
			C: begin serializable
			C: rename 1 c
			C: commit
			B: rename 2 b
			B: commit
			A: begin serializable
			A: read author 2 -> b
			A: commit
			Z: commit`,
	})
}

// What was replaced before a snapshot does not hide what is changed since.
func TestConflictsThatCount(t *testing.T) {
	playAll(t, map[string]string{
		"with versions that have replaced others before the snapshot": `
			Z: begin serializable
			Z: books 2 ->
			C: rename 1 c
			D: rename 2 d
			A: begin serializable
			B: begin serializable
			A: read author 1 -> c
			B: read author 2 -> d
			A: rename 2 a
			B: rename 1 b
			A: commit
			B: commit -> 40001
			Z: commit`,
		"for who is doomed, but only after the error of a wait": `
			Z: insert author 3 z
			D: begin
			D: rename 3 d
			A: begin serializable
			B: begin serializable
			A: read author 1 -> one
			B: read author 2 -> two
			B: rename 1 b
			A: rename 2 a
			B: rename 3 x -> waits
			A: commit
			B: cancel -> canceled
			D: rollback
			B: rollback`,
		"for who is doomed and reads a row": `
			Z: insert author 3 z
			A: begin serializable
			B: begin serializable
			A: read author 1 -> one
			B: read author 2 -> two
			A: rename 2 a
			B: rename 1 b
			A: commit
			B: read author 3 -> 40001
			B: rollback`,
	})
}
