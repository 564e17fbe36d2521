package rel

import (
	"slices"
	"testing"
)

// A delete of a transaction with a snapshot looks at the newest references. The snapshot may have
// others, of rows that are deleted since, or refer to other rows. These stay, and the statements
// of the transaction find what they refer to.
func TestOrphansInASnapshot(t *testing.T) {
	playAll(t, map[string]string{
		"none of a row that nobody refers to": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: rename 1 b
			A: delete author 2
			A: gone -> -
			A: commit`,
		"none of a cascade that deletes all children": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: rename 2 b
			A: delete author 1
			A: gone -> -
			A: all -> 2:two, -, -, -, -
			A: commit`,
		"none of rows that are deleted one by one": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: rename 2 b
			A: delete copy 1
			A: delete copy 2
			A: delete book 1
			A: delete author 1
			A: gone -> -
			A: commit`,
		"of a row whose child is gone": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: delete book 1
			A: delete author 1
			A: gone -> author 1
			A: all -> 2:two, 1/1, 1/1.1 2/1.2, -, -
			A: commit
			C: all -> 2:two, -, -, -, -`,
		"of a row whose child has moved": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: move 1 2
			A: delete author 1
			A: gone -> author 1
			A: commit
			C: all -> 2:two, 1/2, 1/1.1 2/1.2, -, -`,
		"of the rows of a cascade": `
			Z: insert review 1 1
			Z: insert book 2 1
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: delete review 1
			B: move 2 2
			A: delete author 1
			A: gone -> author 1 copy 1
			A: all -> 2:two, 2/1, -, 1/1, -
			A: commit`,
		"of one of several rows of a cascade": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: delete copy 2
			A: delete author 1
			A: gone -> book 1
			A: all -> 2:two, -, 2/1.2, -, -
			A: commit`,
		"of several deletes": `
			Z: insert book 2 2
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: delete book 1
			B: delete book 2
			A: delete author 2
			A: gone -> author 2
			A: delete author 1
			A: gone -> author 1 author 2
			A: commit`,
		"of several deletes of one statement": `
			Z: insert book 2 2
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: delete book 2
			A: delete author 2 and delete author 1
			A: gone -> author 2
			A: all -> -, 2/2, -, -, -
			A: commit
			C: all -> -, -, -, -, -`,
		"beside a row that the same statement updates": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: move 1 2
			A: rename 2 x and delete author 1
			A: gone -> author 1
			A: authors -> 2:x
			A: commit
			C: all -> 2:x, 1/2, 1/1.1 2/1.2, -, -`,
		"not after the rollback of a savepoint": `
			A: begin snapshot
			A: authors -> 1:one 2:two
			B: move 1 2
			A: savepoint
			A: delete author 1
			A: gone -> author 1
			A: rollback
			A: gone -> -
			A: all -> 1:one 2:two, 1/1, 1/1.1 2/1.2, -, -
			A: commit`,
	})
}

// Parents iterates over the rows and then over those that are gone, and can be stopped at each.
func TestParents(t *testing.T) {
	t.Parallel()
	st := newLibrary(t)
	table := &st.Tables.authors
	three, four := &author{id: 3}, &author{id: 4}
	table.gone = &goneRow[author]{8, four, &goneRow[author]{7, three, nil}}
	var ids []int
	for slot, r := range table.Parents() {
		if table.Parent(slot) != r {
			t.Errorf("the parent at slot %d is not author %d", slot, r.id)
		}
		ids = append(ids, r.id)
	}
	if want := []int{1, 2, 4, 3}; !slices.Equal(ids, want) {
		t.Errorf("the parents are authors %v, want %v", ids, want)
	}
	for n := range ids {
		seen := 0
		for range table.Parents() {
			if seen++; seen > n {
				break
			}
		}
		if seen != n+1 {
			t.Errorf("the iteration went on to parent %d after a stop at %d", seen, n+1)
		}
	}
	if r := table.Parent(9); r != nil {
		t.Errorf("there is a parent where there was no row: %v", *r)
	}
	for id, want := range map[int]uint32{3: 7, 4: 8} {
		if slot, ok := table.FindGone(func(r *author) bool { return r.id == id }); !ok || slot != want {
			t.Errorf("author %d is gone from slot %d, %t, want %d", id, slot, ok, want)
		}
	}
	if _, ok := table.FindGone(func(r *author) bool { return r.id == 1 }); ok {
		t.Error("a row that is there is gone")
	}
}
