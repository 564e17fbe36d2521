package rel

import "testing"

// Concurrent transactions take different slots. Slots that a transaction has freed are used
// again when it has committed and no other is open.
func TestSlotsOfConcurrentTransactions(t *testing.T) {
	playAll(t, map[string]string{
		"are different": `
			A: begin
			A: insert author 3 a
			B: insert author 4 b
			A: insert author 5 c
			A: slots -> 1@0 2@1 3@2 4@3 5@4
			A: commit
			C: slots -> 1@0 2@1 3@2 4@3 5@4
			C: insert author 6 d
			C: slots -> 1@0 2@1 3@2 4@3 5@4 6@5`,
		"are different from the first statement on": `
			A: begin
			B: begin
			A: lock author 1 share
			B: lock author 2 share
			A: insert author 3 a
			B: insert author 4 b
			A: commit
			B: commit
			C: slots -> 1@0 2@1 3@2 4@3`,
		"are used again": `
			A: begin
			A: delete author 2
			A: insert author 3 a
			B: insert author 4 b
			A: insert author 5 c
			A: commit
			C: slots -> 1@0 3@2 4@3 5@4
			C: insert author 6 d
			C: slots -> 1@0 6@1 3@2 4@3 5@4`,
		"are used again after the delete of another": `
			A: begin
			A: lock author 1 share
			B: delete author 2
			A: insert author 3 a
			A: commit
			C: insert author 4 b
			C: slots -> 1@0 4@1 3@2`,
		"of rows that others do not have": `
			A: begin
			A: insert author 3 a
			B: begin
			B: insert author 4 b
			A: rollback
			B: slots -> 1@0 2@1 4@3
			B: commit
			C: insert author 5 c
			D: insert author 6 d
			D: slots -> 1@0 2@1 4@3 5@4 6@5`,
		"that were freed before": `
			Z: delete author 2
			A: begin
			A: insert author 3 a
			B: insert author 4 b
			A: insert author 5 c
			A: commit
			C: slots -> 1@0 3@1 4@2 5@3`,
		"of children": `
			A: begin
			A: delete book 1
			A: insert book 2 2
			B: insert author 3 b
			A: insert book 3 2
			A: commit
			C: insert book 4 3
			C: insert copy 4 4 1
			C: all -> 1:one 2:two 3:b, 2/2 3/2 4/3, 4/4.1, -, -`,
		"of appended rows are in blocks": `
			A: begin
			A: insert visit 1 1
			B: begin
			B: insert visit 2 2
			A: insert visit 3 1
			C: insert visit 4 2
			B: insert visit 5 2
			C: insert visit 6 2
			C: insert visit 7 2
			A: days -> 1 - - - - - - - 3 - - - 4 6 7
			B: commit
			A: commit
			D: days -> 1 - - - 2 5 - - 3 - - - 4 6 7
			D: insert visit 8 1
			D: days -> 1 - - - 2 5 - - 3 - - - 4 6 7 8
			D: insert visit 9 1
			D: days -> 1 - - - 2 5 - - 3 - - - 4 6 7 8 9`,
		"of appended rows fill their blocks": `
			A: begin
			B: begin
			A: lock author 1 share
			B: lock author 1 share
			A: insert visit 1 1
			A: insert visit 2 1
			A: insert visit 3 1
			B: insert visit 4 1
			A: insert visit 5 1
			A: insert visit 6 1
			B: commit
			A: commit
			D: days -> 1 2 3 5 4 - - - 6`,
		"of appended rows are not those of a transaction alone": `
			A: begin
			A: insert visit 1 1
			A: insert visit 2 1
			B: insert visit 3 1
			A: insert visit 4 1
			A: commit
			D: days -> 1 2 - - 3 - - - 4`,
	})
}

// Settle runs once for each merge.
func TestMergesAreSettled(t *testing.T) {
	t.Parallel()
	s, ctx := newStore(), t.Context()
	err := s.InTx(ctx, TxOptions{}, func(tx *Tx[library]) error {
		if err := insertAuthor(ctx, tx, 1, "a"); err != nil {
			return err
		}
		return insertAuthor(ctx, s, 2, "b")
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Peek().Tables.derived.settled; got != 1 {
		t.Errorf("the state was settled %d times, want once", got)
	}
}
